// Outgoing HTTP on libcurl: webhooks, and the command line's questions to its server. No
// redirects, no proxies from the environment, nothing but http and https, bounded in time and size.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "seam/http_client.h"

namespace filrouge::os {

struct HttpClientOptions {
    // Otherwise an address of this machine or of a private network is refused at the moment of
    // connecting, whatever its name resolved to before ("http_client.private_address").
    bool private_addresses = false;
    std::size_t reply_bytes_max = 64 * 1024;
    // A reply that is longer: cut there, or an Error ("http_client.reply_too_large").
    bool cut_long_replies = true;
};

// Thread-safe; one connection cache a thread.
std::unique_ptr<HttpClient> make_http_client(const HttpClientOptions& options);

// A reply without end: hands on each piece of the body as it comes, until it answers false or the
// other side ends. Answers the status; with another than 200 the body is handed on too.
Result<int> read_stream(const std::string& url,
                        const std::vector<std::pair<std::string, std::string>>& headers,
                        const std::function<bool(std::string_view)>& each);

}  // namespace filrouge::os
