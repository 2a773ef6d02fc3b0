// The real listener over an echoing handler, and a client that sends it any bytes.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "os/http_listener.h"

namespace filrouge::os {

// As a part of the program is: it stays.
inline std::string_view large_file() {
    static const std::string file = [] {
        std::string text;
        while (text.size() < 3'000'000) text.append(std::to_string(text.size())).push_back(' ');
        return text;
    }();
    return file;
}

// Answers POST with what it was sent; keeps "/hold" for the test, streams on "/stream".
struct Echo : HttpHandler {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Responder> held;
    std::atomic<int> handled = 0;
    std::function<void(const HttpRequest&)> before_handling;
    std::int64_t turn_wait_ms_max = 60'000;

    std::unique_ptr<HttpResponse> refuse(const HttpRequest& head, const Arrival& arrival) override {
        if (head.path != "/busy" && arrival.turn_wait_ms <= turn_wait_ms_max) return nullptr;
        auto response = std::make_unique<HttpResponse>();
        response->status = 503;
        response->headers = {{"Retry-After", "1"}};
        return response;
    }
    std::uint64_t body_bytes_max(const HttpRequest& head) override {
        return head.path == "/small" ? 1'000 : 1u << 30;
    }
    bool goes_first(const HttpRequest& head) override { return head.path == "/first"; }
    void handle(HttpRequest request, Responder responder) override {
        if (before_handling) before_handling(request);
        ++handled;
        if (request.path == "/drop") return;
        if (request.path == "/hold" || request.path == "/stream") {
            const std::lock_guard lock(mutex);
            held.push_back(std::move(responder));
            changed.notify_all();
            return;
        }
        HttpResponse response;
        response.body = request.method + " " + request.path + " " + request.body;
        if (request.path == "/file") response.file = large_file();
        responder->reply(std::move(response));
    }
    std::vector<Responder> wait_for(std::size_t n) {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::seconds(10), [&] { return held.size() >= n; });
        return std::move(held);
    }
};

class Client {
  public:
    // With `holds_bytes` its system keeps about so many that were not read, and more wait at the
    // server; they come in packets of a network, not of this machine.
    explicit Client(std::uint16_t port, int holds_bytes = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        if (holds_bytes != 0) {
            const int packet = 1'460;
            ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &holds_bytes, sizeof holds_bytes);
            ::setsockopt(fd_, IPPROTO_TCP, TCP_MAXSEG, &packet, sizeof packet);
        }
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    }
    ~Client() { ::close(fd_); }
    bool connected() const { return connected_; }
    int fd() const { return fd_; }
    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    // Reads until `text` was seen, the other side closed, or 5 s have gone.
    std::string read_until(std::string_view text) {
        while (text.empty() || got_.find(text) == std::string::npos) {
            pollfd wait{fd_, POLLIN, 0};
            if (::poll(&wait, 1, 5'000) <= 0) break;
            char buffer[65536];
            const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
            if (n <= 0) {
                closed_ = true;
                break;
            }
            got_.append(buffer, static_cast<std::size_t>(n));
        }
        return std::exchange(got_, {});
    }
    std::string read_all() { return read_until({}); }
    bool closed() const { return closed_; }

  private:
    int fd_;
    bool connected_ = false;
    bool closed_ = false;
    std::string got_;
};

struct World {
    explicit World(ListenerLimits limits = {}, unsigned threads = 1) {
        auto made = make_http_listener(echo, "127.0.0.1", 0, threads, limits);
        EXPECT_TRUE(made.ok());
        listener = std::move(made).value();
    }
    std::string once(std::string_view bytes) const {
        Client client(listener->port());
        client.send(bytes);
        std::string got = client.read_all();
        EXPECT_TRUE(client.closed()) << got;
        return got;
    }
    Echo echo;
    std::unique_ptr<Listener> listener;
};

inline std::string post(std::string_view path, std::string_view body, std::string_view more = "") {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(more) + "\r\n" + std::string(body);
}

}  // namespace filrouge::os
