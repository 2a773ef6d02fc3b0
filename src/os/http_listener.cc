#include "os/http_listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>
#include <vector>

#include "os/connection_seats.h"
#include "os/http_socket.h"
#include "os/http_worker.h"

namespace filrouge::os {

namespace {

using Tcp = boost::asio::ip::tcp;

constexpr auto kAcceptRetryAfter = std::chrono::milliseconds(100);
constexpr int kAcceptsAtOnceMax = 64;
constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

IpAddress bytes_of(const boost::asio::ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    return mapped_ipv4(address.to_v4().to_bytes().data());
}

class HttpListener : public Listener {
  public:
    HttpListener(HttpHandler& handler, int fd, unsigned threads, const ListenerLimits& limits,
                 const std::shared_ptr<TlsContext>& tls)
        : limits_(limits),
          tls_(tls != nullptr),
          port_(port_of(fd)),
          seats_(limits.connections_per_address_max, limits.connections_per_private_address_max) {
        for (unsigned i = 0; i < threads; ++i) {
            workers_.push_back(std::make_unique<Worker>(handler, limits, tls, totals_,
                                                        [this] { connection_ended(); }));
        }
        acceptor_ = std::make_unique<Tcp::acceptor>(workers_[0]->io());
        sockaddr_storage bound{};
        socklen_t size = sizeof bound;
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
        acceptor_->assign(bound.ss_family == AF_INET6 ? Tcp::v6() : Tcp::v4(), fd);
        acceptor_->non_blocking(true);
        retry_ = std::make_unique<boost::asio::steady_timer>(workers_[0]->io());
        boost::asio::post(workers_[0]->io(), [this] { accept(); });
        for (auto& worker : workers_) threads_.emplace_back([&w = *worker] { w.run(); });
    }
    ~HttpListener() override { stop(0); }

    std::uint16_t port() const override { return port_; }

    void stop(int grace_ms) override {
        if (threads_.empty()) return;
        boost::asio::post(workers_[0]->io(), [this] {
            boost::system::error_code ignored;
            acceptor_->close(ignored);
            retry_->cancel();
        });
        for (auto& worker : workers_) {
            boost::asio::post(worker->io(), [&w = *worker] { w.drain(); });
        }
        {
            std::unique_lock lock(mutex_);
            ended_.wait_for(lock, std::chrono::milliseconds(grace_ms),
                            [this] { return totals_.open == 0; });
        }
        for (auto& worker : workers_) {
            boost::asio::post(worker->io(), [&w = *worker] { w.stop(); });
        }
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
    }

  private:
    void accept() {
        acceptor_->async_wait(Tcp::acceptor::wait_read,
                              [this](const boost::system::error_code& error) {
                                  if (!error && acceptor_->is_open()) accept_waiting();
                              });
    }

    // All that knock, since this thread may be busy for some milliseconds before it is back.
    void accept_waiting() {
        for (int n = 0; n < kAcceptsAtOnceMax; ++n) {
            Worker& worker = *workers_[next_++ % workers_.size()];
            boost::system::error_code error;
            Connection::Socket socket = acceptor_->accept(worker.io(), error);
            if (error == boost::asio::error::would_block) break;
            if (error) return retry_later();
            hand_out(worker, std::move(socket));
        }
        accept();
    }

    // Out of descriptors: those who wait in the backlog are served when one is free.
    void retry_later() {
        retry_->expires_after(kAcceptRetryAfter);
        retry_->async_wait([this](const boost::system::error_code& cancelled) {
            if (!cancelled && acceptor_->is_open()) accept();
        });
    }

    void hand_out(Worker& worker, Connection::Socket socket) {
        boost::system::error_code error;
        const Tcp::endpoint endpoint = socket.remote_endpoint(error);
        if (!error) socket.non_blocking(true, error);
        if (error) return;
        Peer peer{endpoint.address().to_string(), seats_.take(bytes_of(endpoint.address()))};
        if (peer.seat == nullptr || totals_.open >= limits_.connections_max) {
            if (!tls_) {
                socket.send(
                    boost::asio::buffer(kTooManyConnections.data(), kTooManyConnections.size()),
                    MSG_NOSIGNAL, error);
            }
            return;
        }
        ++totals_.open;
        boost::asio::post(worker.io(),
                          [&worker, socket = std::move(socket), peer = std::move(peer)]() mutable {
                              worker.adopt(std::move(socket), std::move(peer));
                          });
    }

    void connection_ended() {
        if (totals_.open != 0) return;
        const std::lock_guard lock(mutex_);
        ended_.notify_all();
    }

    const ListenerLimits limits_;
    const bool tls_;
    const std::uint16_t port_;
    ConnectionSeats seats_;
    ListenerTotals totals_;
    std::mutex mutex_;
    std::condition_variable ended_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<Tcp::acceptor> acceptor_;  // on the first worker's loop, like retry_
    std::unique_ptr<boost::asio::steady_timer> retry_;
    std::size_t next_ = 0;
    std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Listener>> make_http_listener_on(HttpHandler& handler, int listening_fd,
                                                        unsigned threads,
                                                        const ListenerLimits& limits,
                                                        const std::optional<TlsFiles>& tls) {
    ASSERT(threads >= 1);
    std::shared_ptr<TlsContext> context;
    if (tls) {
        Result<std::shared_ptr<TlsContext>> opened = TlsContext::open(tls->certificate, tls->key);
        if (!opened.ok()) {
            ::close(listening_fd);
            return std::move(opened).error();
        }
        context = std::move(opened).value();
    }
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    raise_open_files_limit(limits.connections_max);
    return std::unique_ptr<Listener>(
        std::make_unique<HttpListener>(handler, listening_fd, threads, limits, context));
}

Result<std::unique_ptr<Listener>> make_http_listener(HttpHandler& handler,
                                                     const std::string& address, std::uint16_t port,
                                                     unsigned threads, const ListenerLimits& limits,
                                                     const std::optional<TlsFiles>& tls) {
    const int fd = TRY(listening_socket(address, port));
    return make_http_listener_on(handler, fd, threads, limits, tls);
}

}  // namespace filrouge::os
