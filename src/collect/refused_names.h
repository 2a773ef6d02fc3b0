// Members that no source keeps, whatever it declares: what a camera or a radio tells of a body or
// of a telephone that nobody showed (faces, expressions, hardware addresses), and addresses of the
// Internet, which are kept cut, as context.ip is. docs/tracking.md lists them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "collect/json.h"

namespace filrouge::collect {

// By its name and what it holds no source keeps it. Capitals, spaces and signs of a name do not
// count: "faceEmbedding" is "face_embedding".
bool is_refused(const JsonBody& body, std::string_view name, JsonAt value);
// Of a member that holds an address of the Internet by its name: the address cut; empty where it
// cannot be, and is not kept. Nothing of any other member.
std::optional<std::string> cut_address(const JsonBody& body, std::string_view name, JsonAt value);

// The same of a text by itself, such as a cell of a file; of a name whatever it holds.
bool is_refused_name(std::string_view name);
bool is_refused(std::string_view name, std::string_view text);
std::optional<std::string> cut_address(std::string_view name, std::string_view text);

}  // namespace filrouge::collect
