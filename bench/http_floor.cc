// Answers every POST at once: what the listener itself costs. Used by bench/ with wrk.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "os/http_listener.h"

namespace {

struct Immediate : filrouge::HttpHandler {
    std::unique_ptr<filrouge::HttpResponse> refuse(const filrouge::HttpRequest&,
                                                   const filrouge::Arrival&) override {
        return nullptr;
    }
    bool goes_first(const filrouge::HttpRequest&) override { return false; }
    void handle(filrouge::HttpRequest, filrouge::Responder responder) override {
        filrouge::HttpResponse response;
        response.headers.emplace_back("Content-Type", "application/json");
        response.body = R"({"success":true})";
        responder->reply(std::move(response));
    }
};

}  // namespace

int main(int argc, char** argv) {
    Immediate handler;
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8199);
    const auto threads = static_cast<unsigned>(argc > 2 ? std::atoi(argv[2]) : 1);
    auto listener = filrouge::os::make_http_listener(handler, "127.0.0.1", port, threads, {});
    if (!listener.ok()) {
        std::fprintf(stderr, "%s\n", listener.error().message.c_str());
        return 1;
    }
    ::pause();
}
