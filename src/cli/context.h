// What every command has: where the server is, how to answer, and the way to it. A command asks
// the same questions of a running server and of a folder that no server has open.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/command.h"
#include "cli/transport.h"

namespace boost::json {
class value;
}

namespace filrouge::cli {

struct CommonOptions {
    std::string url;    // of a running server
    std::string token;  // for it
    std::string data;   // a data folder
    bool json = false;  // answers as they come, for programs
};

class Context {
  public:
    explicit Context(CommonOptions options) : options_(std::move(options)) {}
    const CommonOptions& options() const { return options_; }
    std::string data() const { return options_.data.empty() ? "data" : options_.data; }

    using Print = void (*)(const boost::json::value& answer);
    // Asks and prints: the answer as it is with --json, else with `print` (null: "done"). The exit
    // code: refusals are told on stderr.
    int ask(const Request& request, Print print);
    // The same without printing; an error has been told and the exit code set.
    std::optional<std::string> answer(const Request& request, int& exit_code);
    Result<Transport*> transport();

    // Writes it to standard output, whole; on a terminal without what would steer it. kExitOk, or
    // what fail() gives where it could not be written (a full disk).
    static int put(std::string_view text);
    static int fail(const Error& error);  // tells it; kExitRefused, or what its code asks for

  private:
    static int finish();  // that all that was printed is written

    const CommonOptions options_;
    std::unique_ptr<Transport> transport_;
};

}  // namespace filrouge::cli
