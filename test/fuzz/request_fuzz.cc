// Any bytes as what a request carries beside its events: cookies, credentials, percent-encoding,
// the small JSON bodies of the API. Built by -DFILROUGE_FUZZ=ON with clang.
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/text.h"
#include "http/body_json.h"
#include "http/credentials.h"

namespace {

using namespace filrouge;
using namespace filrouge::http;

void read_headers(const std::string& text) {
    HttpRequest request;
    request.headers = {{"cookie", text}, {"authorization", text}, {"origin", text}};
    if (const auto value = cookie(request, "filrouge_session")) {
        ASSERT(value->find(';') == value->npos);
        ASSERT(text.find("filrouge_session=") != text.npos);
    }
    if (const auto user = basic_user(request)) ASSERT(!user->empty());
    if (const auto token = bearer_token(request)) ASSERT(text.find(*token) != text.npos);
    static_cast<void>(comes_from_own_page(request));
}

void read_encodings(const std::string& text) {
    ASSERT(base64_decode(base64_encode(text)) == text);
    static_cast<void>(base64_decode(text));
    if (const auto plain = percent_decode(text, true)) ASSERT(plain->size() <= text.size());
}

void read_body(const std::string& text) {
    const auto object = read_object(text);
    if (!object.ok()) return;
    // Not compared: Boost reads a number of many digits to the last bit but one.
    ASSERT(read_object(boost::json::serialize(object.value())).ok());
    static_cast<void>(text_or_json(object.value(), "rule"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_headers(text);
    read_encodings(text);
    read_body(text);
    return 0;
}
