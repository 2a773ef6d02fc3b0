// One spelling for what people type in many ways. Two events name the same person exactly when
// these functions give the same text, so a change here is a change of identity: it needs a page
// in docs/decisions. All are pure; "nothing" means that the text is no identifier of that kind.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/identifier.h"

namespace filrouge::collect {

// Without white space at its ends (no-break and zero-width ones too), in Unicode form C.
std::string normalise_text(std::string_view text);

// The domain in lower case and in ASCII (UTS 46), the local part in lower case: providers that
// tell "A@x" from "a@x" are rarer than people who type both. Dots and "+tags" are kept: they name
// different mailboxes at most providers.
std::optional<std::string> normalise_email(std::string_view text);

// "+33612345678", by the world's numbering plans (collect/phone.h); nothing for what cannot be a
// number. A national number is one of `calling_code` ("33"), and nothing without one.
std::optional<std::string> normalise_phone(std::string_view text, std::string_view calling_code);

// Upper case, without spaces, dots and dashes: as printed, as scanned and as typed are the same.
std::optional<std::string> normalise_card(std::string_view text);

// By type; user ids and anonymous ids keep their exact spelling.
std::optional<std::string> normalise(IdentifierType type, std::string_view text,
                                     std::string_view calling_code);

// A value that settings say is nobody's. It is one of its type alone: the user id "1000" says
// nothing of the card 1000.
struct Blocked {
    IdentifierType type = IdentifierType::None;
    std::string value;  // as blocked_value() makes it
};

// As events bring it, in lower case: settings are written as people write, and events are compared
// once they are normalised. Of an email "@shop.example" is every address of that domain. Nothing
// for what no identifier of that type can be.
std::optional<std::string> blocked_value(IdentifierType type, std::string_view text,
                                         std::string_view calling_code);

// Values that stand for "nobody" and would glue strangers together: "null", "guest", all zeros,
// one digit repeated as a phone ... `extra` comes from settings.
bool is_blocked(IdentifierType type, std::string_view normalised,
                const std::vector<Blocked>& extra);

}  // namespace filrouge::collect
