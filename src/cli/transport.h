// The way from a command to the engine: over HTTP to a running server, or through the same routes
// in this process, on a folder that nobody else has open.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace filrouge::cli {

struct Request {
    std::string method = "GET";
    std::string path = {};   // "/api/v1/audiences/vip/members"
    std::string query = {};  // "limit=5&purpose=x", encoded
    std::string body = {};
    std::string content_type = "application/json";
    std::string accept = {};    // what the answer should be; empty: JSON
    bool needs_server = false;  // what it makes lives in the server's memory
};

struct Answer {
    int status = 0;
    std::string body;
};

class Transport {
  public:
    virtual ~Transport() = default;
    virtual Result<Answer> send(const Request& request) = 0;
    // A stream's pieces, until `each` answers false or it ends.
    virtual Result<Answer> follow(const Request& request,
                                  const std::function<bool(std::string_view)>& each) = 0;
};

// "cli.unreachable" when nobody answers there.
Result<std::unique_ptr<Transport>> open_http_transport(const std::string& url,
                                                       const std::string& token);
// Opens the folder and waits until it is folded; "disk.locked" when a server has it open.
Result<std::unique_ptr<Transport>> open_local_transport(const std::string& data);

std::string encoded(std::string_view text);  // for a path segment or a query value
// Appends name=value, when the value is not empty.
void add_query(std::string& query, std::string_view name, std::string_view value);

}  // namespace filrouge::cli
