// Routes over a fake engine, as a listener would call them: one request in, one answer out.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "base/text.h"
#include "fake/fake_clock.h"
#include "fake/fake_random.h"
#include "fake/fake_runtime.h"
#include "http/routes.h"

namespace filrouge::http {

struct Answer : ResponderImpl {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<HttpResponse> response;
    bool streaming = false;
    bool client_left = false;
    std::string streamed;

    void reply(HttpResponse r) override {
        const std::lock_guard lock(mutex);
        EXPECT_FALSE(response.has_value()) << "answered twice";
        r.body.append(std::exchange(r.file, {}));
        response = std::move(r);
        changed.notify_all();
    }
    void start_stream(HttpResponse head) override {
        reply(std::move(head));
        streaming = true;
    }
    bool write(std::string_view chunk) override {
        const std::lock_guard lock(mutex);
        if (client_left) return false;
        streamed.append(chunk);
        return true;
    }
    void end_stream() override {}
    std::string text() {
        const std::lock_guard lock(mutex);
        return streamed;
    }
    bool answered() {
        const std::lock_guard lock(mutex);
        return response.has_value();
    }
    HttpResponse wait() {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::seconds(10), [this] { return response.has_value(); });
        EXPECT_TRUE(response.has_value()) << "no answer";
        return response.value_or(HttpResponse{.status = 0, .headers = {}, .body = ""});
    }
};

inline std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (ascii_equal_ignoring_case(key, name)) return value;
    }
    return "";
}

using Headers = std::vector<std::pair<std::string, std::string>>;

inline std::string basic(std::string_view user) {
    return "Basic " + base64_encode(std::string(user) + ":");
}

struct Door {
    explicit Door(engine::RuntimeState state = engine::RuntimeState::Ready,
                  const RoutesOptions& options = {}) {
        runtime.current = state;
        routes = std::make_unique<Routes>(runtime, random, settings, options);
    }
    static HttpRequest request(std::string_view method, std::string_view target,
                               std::string body = "", Headers headers = {}) {
        HttpRequest out;
        out.method = method;
        const std::size_t mark = target.find('?');
        out.path = target.substr(0, mark);
        if (mark != std::string_view::npos) out.query = target.substr(mark + 1);
        out.headers = std::move(headers);
        out.headers.emplace_back("host", "track.shop.test");
        out.body = std::move(body);
        return out;
    }
    std::shared_ptr<Answer> begin(HttpRequest request) {
        auto answer = std::make_shared<Answer>();
        auto refusal = routes->refuse(request, {.content_length = request.body.size()});
        if (refusal != nullptr)
            answer->reply(std::move(*refusal));
        else
            routes->handle(std::move(request), answer);
        return answer;
    }
    HttpResponse ask(std::string_view method, std::string_view target, std::string body = "",
                     Headers headers = {}) {
        return begin(request(method, target, std::move(body), std::move(headers)))->wait();
    }
    HttpResponse as(std::string_view role, std::string_view method, std::string_view target,
                    std::string body = "") {
        return ask(method, target, std::move(body),
                   {{"authorization", "Bearer token-" + std::string(role)}});
    }

    engine::Settings settings;
    fake::FakeRandom random{7};
    fake::FakeRuntime runtime;
    fake::FakeClock& clock = runtime.clock;
    std::unique_ptr<Routes> routes;
};

}  // namespace filrouge::http
