// The pages of /me, in English and French: what is known, switches, downloads, erasure. No script;
// the style comes from /me/style.css.
#pragma once

#include <string>
#include <string_view>

namespace filrouge::http {

// `json` is the person's export (docs/formats/export.md).
std::string me_page(const std::string& json, bool french);
std::string me_sign_in_page(bool french, std::string_view link);
std::string me_signed_out_page(bool french);
std::string me_erased_page(bool french, const std::string& erasure_json);

}  // namespace filrouge::http
