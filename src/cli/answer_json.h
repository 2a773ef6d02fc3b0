// An answer as JSON, for commands that read it before they print.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "cli/context.h"

namespace filrouge::cli {

// The way out where an answer is not one of ours: a proxy's, or another program's.
constexpr std::string_view kNotOurs = "Is it a server of Filrouge that --url names?";

// As Context::answer(): an error has been told and the exit code set, also where it is no JSON.
std::optional<boost::json::value> answer_json(Context& context, const Request& request,
                                              int& exit_code);

}  // namespace filrouge::cli
