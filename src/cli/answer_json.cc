#include "cli/answer_json.h"

#include <boost/json.hpp>

namespace filrouge::cli {

std::optional<boost::json::value> answer_json(Context& context, const Request& request,
                                              int& exit_code) {
    const std::optional<std::string> body = context.answer(request, exit_code);
    if (!body) return std::nullopt;
    boost::system::error_code broken;
    boost::json::value value = boost::json::parse(*body, broken);
    if (!broken) return value;
    exit_code = Context::fail({"cli.refused", "The answer is not JSON.", std::string(kNotOurs)});
    return std::nullopt;
}

}  // namespace filrouge::cli
