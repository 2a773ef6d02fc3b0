// The pages of /me, in English and French: who we think the person is, what is known and why,
// choices, offers, requests, who looked, downloads, erasure. No script; the style comes from
// /me/style.css.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace filrouge::http {

// What a form led to, as the page tells it after the redirect: the value of ?said=.
inline constexpr std::string_view kMeDone = "done";
inline constexpr std::string_view kMeAsked = "asked";
inline constexpr std::string_view kMePartly = "partly";
// How an error is told, by its code.
std::string_view me_said_of(std::string_view error_code);

// An offer's form that was not kept: it is shown again as it was sent.
struct MeTried {
    std::string offer, line;  // the line that could not be read
    std::vector<std::pair<std::string, std::string>> fields;
};

// `overview` as RightsDesk::overview answers; `said` empty, or what the form before led to.
std::string me_page(const std::string& overview, bool french, std::string_view said,
                    const MeTried* tried = nullptr);
// The brands that know the person, of an overview: one without a name where there is only one.
std::vector<std::string> me_brands(const std::string& overview);
// `reads` as RightsDesk::audit answers for the person.
std::string me_looked_page(const std::string& reads, bool french);
std::string me_sign_in_page(bool french, std::string_view link);
std::string me_signed_out_page(bool french);
std::string me_busy_page(bool french);
// While who reads cannot be written down: nothing is shown but what the form before led to.
std::string me_not_now_page(bool french, std::string_view said);
std::string me_erased_page(bool french, const std::string& erasure_json);

}  // namespace filrouge::http
