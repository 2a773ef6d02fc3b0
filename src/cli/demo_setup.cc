#include "cli/demo_setup.h"

#include <boost/json.hpp>

namespace filrouge::cli {
namespace {

namespace json = boost::json;

Result<HttpReply> ask(HttpClient& http, const std::string& method, const std::string& url,
                      const std::string& token, std::string body) {
    HttpCall call;
    call.method = method;
    call.url = url;
    call.headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}};
    call.body = std::move(body);
    call.timeout = seconds(10);
    Result<HttpReply> reply = http.call(call);
    if (!reply.ok() || reply.value().status == 503) {
        return Error{"demo.unreachable", "The server does not answer yet.", ""};
    }
    return reply;
}

// 409: made by an earlier demonstration.
Result<void> make(HttpClient& http, const std::string& url, const std::string& token,
                  std::string body) {
    const HttpReply reply = TRY(ask(http, "POST", url, token, std::move(body)));
    if (reply.status < 300 || reply.status == 409) return {};
    return Error{"demo.refused",
                 "The server answered " + std::to_string(reply.status) + " to POST " + url + ".",
                 reply.body.substr(0, 500)};
}

std::string source_body(const DemoDoorRow& row) {
    return json_object([&](JsonWriter& j) {
        j.field("id", row.source).field("name", row.name).field("channel", row.channel);
        j.field("currency", "EUR").field("purpose", row.purpose).field("basis", row.basis);
    });
}

Result<DemoKeys> read_keys(std::string_view body) {
    const Error unreadable{"demo.refused", "The list of sources cannot be read.", ""};
    json::error_code error;
    const json::value list = json::parse(json::string_view(body.data(), body.size()), error);
    const json::object* object = error ? nullptr : list.if_object();
    const json::value* sources = object == nullptr ? nullptr : object->if_contains("sources");
    if (sources == nullptr || !sources->is_array()) return unreadable;
    DemoKeys keys;
    for (const json::value& source : sources->as_array()) {
        if (!source.is_object()) return unreadable;
        const json::value* id = source.as_object().if_contains("id");
        const json::value* key = source.as_object().if_contains("write_key");
        if (id == nullptr || key == nullptr || !id->is_string() || !key->is_string()) continue;
        for (const DemoDoorRow& row : kDemoDoors) {
            if (std::string_view(id->as_string()) == row.source) {
                keys[row.door] = std::string(key->as_string());
            }
        }
    }
    if (keys.size() != kDemoDoors.size()) {
        return Error{"demo.refused", "The list of sources lacks one of the demonstration's.",
                     "Was one deleted? Start with a new data folder."};
    }
    return keys;
}

}  // namespace

Result<DemoKeys> set_up_demo(HttpClient& http, const std::string& url, const std::string& token) {
    for (const DemoDoorRow& row : kDemoDoors) {
        TRY(make(http, url + "/api/v1/sources", token, source_body(row)));
    }
    for (const DemoAudience& audience : kDemoAudiences) {
        TRY(make(http, url + "/api/v1/audiences", token, json_object([&](JsonWriter& j) {
                     j.field("name", audience.name).field("purpose", audience.purpose);
                     j.field("rule", audience.rule);
                 })));
    }
    for (const DemoWords& words : kDemoWords) {
        std::string address = url + "/api/v1/purposes/";
        address.append(words.purpose).append("/wordings");
        TRY(make(http, address, token, json_object([&](JsonWriter& j) {
                     j.key("texts").open_object();
                     j.field("fr", words.fr).field("en", words.en).close();
                 })));
    }
    const HttpReply list = TRY(ask(http, "GET", url + "/api/v1/sources", token, ""));
    if (list.status != 200) {
        return Error{"demo.refused",
                     "The server answered " + std::to_string(list.status) + " to GET sources.",
                     "The demonstration needs an administrator's token."};
    }
    return read_keys(list.body);
}

}  // namespace filrouge::cli
