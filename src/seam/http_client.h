// One outgoing HTTP request at a time and its answer; webhooks and providers go through here.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace filrouge {

struct HttpCall {
    std::string method = "POST";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    Duration timeout = seconds(5);
};
struct HttpReply {
    int status = 0;
    std::string body;  // at most 64 KiB are kept
};

struct HttpClient {
    virtual ~HttpClient() = default;
    // Blocks. No redirects are followed. An Error means that no status line was received.
    virtual Result<HttpReply> call(const HttpCall& call) = 0;
};

}  // namespace filrouge
