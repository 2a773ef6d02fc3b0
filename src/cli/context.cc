#include "cli/context.h"

#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>

#include "base/terminal.h"
#include "base/text.h"
#include "cli/answer_json.h"
#include "cli/exit_code.h"
#include "cli/table.h"
#include "os/disk.h"
#include "server/server.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

std::string small_file(const std::string& path) {
    const auto disk = os::make_disk();
    if (!disk->exists(path)) return {};
    const Result<Bytes> bytes = read_whole(*disk, path, 4'096);
    return bytes.ok() ? std::string(trim(bytes.value())) : std::string();
}

Error error_of(const Answer& answer) {
    boost::system::error_code broken;
    const json::value body = json::parse(answer.body, broken);
    if (broken || !body.is_object()) {
        return {"cli.refused", "The server answered " + std::to_string(answer.status) + ".",
                std::string(trim(answer.body.substr(0, 200)))};
    }
    return {cell(body, "code"), cell(body, "message"), cell(body, "hint")};
}

}  // namespace

int Context::fail(const Error& error) {
    std::fprintf(stderr, "filrouge: %s\n", for_terminal(error.message).c_str());
    if (!error.hint.empty()) std::fprintf(stderr, "  %s\n", for_terminal(error.hint).c_str());
    return exit_code_of(error.code);
}

int Context::put(std::string_view text) {
    if (::isatty(STDOUT_FILENO) == 0) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        return finish();
    }
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        const bool ends_twice = line.ends_with('\r');  // CSV's lines do
        std::printf("%s\n", for_terminal(line.substr(0, line.size() - ends_twice)).c_str());
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return finish();
}

int Context::finish() {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return kExitOk;
    return fail({"cli.not_written", "The answer could not be written to standard output.",
                 "Free space where it goes, or name another file."});
}

Result<Transport*> Context::transport() {
    if (transport_ != nullptr) return transport_.get();
    const std::string token =
        options_.token.empty() ? small_file(data() + server::kCliTokenFile) : options_.token;
    if (!options_.url.empty()) {
        transport_ = TRY(open_http_transport(options_.url, token));
        return transport_.get();
    }
    Result<std::unique_ptr<Transport>> local = open_local_transport(data());
    if (!local.ok() && local.error().code == "disk.locked") {
        const std::string url = small_file(data() + server::kAddressFile);
        if (!url.empty()) local = open_http_transport(url, token);
    }
    transport_ = TRY(std::move(local));
    return transport_.get();
}

std::optional<std::string> Context::answer(const Request& request, int& exit_code) {
    const Result<Transport*> way = transport();
    if (!way.ok()) {
        exit_code = fail(way.error());
        return std::nullopt;
    }
    Result<Answer> answer = way.value()->send(request);
    if (!answer.ok()) {
        exit_code = fail(answer.error());
        return std::nullopt;
    }
    if (answer.value().status >= 400) {
        exit_code = fail(error_of(answer.value()));
        if (answer.value().status == 503) exit_code = kExitUnreachable;
        return std::nullopt;
    }
    exit_code = kExitOk;
    return std::move(answer.value().body);
}

int Context::ask(const Request& request, Print print) {
    int exit_code = kExitOk;
    const std::optional<std::string> body = answer(request, exit_code);
    if (!body) return exit_code;
    if (options_.json) return put(*body + "\n");
    boost::system::error_code broken;
    const json::value value = json::parse(*body, broken);
    if (broken) return fail({"cli.refused", "The answer is not JSON.", std::string(kNotOurs)});
    print(value);
    return finish();
}

}  // namespace filrouge::cli
