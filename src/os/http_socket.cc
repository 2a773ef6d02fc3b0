#include "os/http_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace filrouge::os {

namespace {

constexpr int kBacklog = 4096;
constexpr int kSystemdFirstFd = 3;
// Of a connection, in the system's hands and not yet on its way: else who asks for much and does
// not read it holds megabytes there.
constexpr int kNotSentBytesMax = 128 * 1024;

std::string openssl_reason() {
    char text[160] = "unknown";
    const unsigned long code = ERR_get_error();
    if (code != 0) ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return text;
}

int select_http11(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                  unsigned in_size, void*) {
    static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* chosen = nullptr;
    const int found =
        SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11, in, in_size);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::open(const std::string& certificate_file,
                                                     const std::string& key_file) {
    std::shared_ptr<TlsContext> tls(new TlsContext);
    tls->context_ = SSL_CTX_new(TLS_server_method());
    if (tls->context_ == nullptr) return Error{"tls.unavailable", openssl_reason(), ""};
    SSL_CTX* context = tls->context_;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, select_http11, nullptr);
    if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
        return Error{"tls.bad_certificate",
                     "The certificate " + certificate_file + " cannot be read: " + openssl_reason(),
                     "server.tls_certificate wants a PEM file with the whole chain."};
    }
    if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return Error{"tls.bad_key", "The key " + key_file + " cannot be used: " + openssl_reason(),
                     "server.tls_key wants the PEM key that belongs to server.tls_certificate."};
    }
    return tls;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Wire::~Wire() { SSL_free(tls_); }

void Wire::start(int fd, TlsContext* tls) {
    fd_ = fd;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kNotSentBytesMax, sizeof kNotSentBytesMax);
    if (tls == nullptr) return;
    tls_ = SSL_new(tls->context_);
    ASSERT(tls_ != nullptr);
    SSL_set_fd(tls_, fd);
    SSL_set_accept_state(tls_);
}

Transfer Wire::tls_result(int returned) const {
    const int error = SSL_get_error(tls_, returned);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return {Transfer::State::WaitRead, 0};
    if (error == SSL_ERROR_WANT_WRITE) return {Transfer::State::WaitWrite, 0};
    return {Transfer::State::End, 0};
}

Transfer Wire::read(char* out, std::size_t size) {
    if (tls_ != nullptr) {
        std::size_t n = 0;
        const int returned = SSL_read_ex(tls_, out, size, &n);
        if (returned == 1) return {Transfer::State::Some, n};
        return tls_result(returned);
    }
    return receive(out, size, 0);
}

Transfer Wire::discard(std::size_t size) { return receive(nullptr, size, MSG_TRUNC); }

Transfer Wire::receive(char* out, std::size_t size, int flags) {
    for (;;) {
        const ssize_t n = ::recv(fd_, out, size, flags);
        if (n > 0) return {Transfer::State::Some, static_cast<std::size_t>(n)};
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return {Transfer::State::WaitRead, 0};
        }
        return {Transfer::State::End, 0};
    }
}

Transfer Wire::write(std::string_view bytes) {
    if (tls_ != nullptr) {
        std::size_t n = 0;
        const int returned = SSL_write_ex(tls_, bytes.data(), bytes.size(), &n);
        if (returned == 1) return {Transfer::State::Some, n};
        return tls_result(returned);
    }
    for (;;) {
        const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n >= 0) return {Transfer::State::Some, static_cast<std::size_t>(n)};
        if (errno == EINTR) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return {Transfer::State::WaitWrite, 0};
        return {Transfer::State::End, 0};
    }
}

void Wire::finish() {
    if (tls_ == nullptr) return;
    SSL_shutdown(tls_);
    ERR_clear_error();
}

namespace {

// systemd's protocol: descriptors 3... belong to the process LISTEN_PID names.
int systemd_socket() {
    const char* pid = std::getenv("LISTEN_PID");
    const char* count = std::getenv("LISTEN_FDS");
    if (pid == nullptr || count == nullptr) return -1;
    const bool ours = parse_int(pid).value_or(-1) == ::getpid();
    const bool some = parse_int(count).value_or(0) >= 1;
    ::unsetenv("LISTEN_PID");  // a child must not take them for its own
    ::unsetenv("LISTEN_FDS");
    if (!ours || !some) return -1;
    ::fcntl(kSystemdFirstFd, F_SETFD, FD_CLOEXEC);
    return kSystemdFirstFd;
}

Error cannot_listen(const std::string& address, std::uint16_t port, int error) {
    const std::string where = address + ":" + std::to_string(port);
    if (error == EADDRINUSE) {
        return {"listen.address_in_use", "Another program already listens on " + where + ".",
                "Stop it, or choose another server.port."};
    }
    return {"listen.failed", "Cannot listen on " + where + ": " + std::strerror(error) + ".",
            "Check server.listen and server.port."};
}

}  // namespace

Result<int> listening_socket(const std::string& address, std::uint16_t port) {
    if (const int fd = systemd_socket(); fd >= 0) return fd;
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    addrinfo* found = nullptr;
    const std::string host = address == "localhost" ? "127.0.0.1" : address;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) {
        return Error{"listen.bad_address", "'" + address + "' is not an IP address.",
                     "server.listen wants one like 127.0.0.1, 0.0.0.0 or ::."};
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return cannot_listen(address, port, errno);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(fd, found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd, kBacklog) != 0) {
        const int error = errno;
        ::close(fd);
        return cannot_listen(address, port, error);
    }
    return fd;
}

std::uint16_t port_of(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
    if (bound.ss_family == AF_INET6) {
        return ntohs(reinterpret_cast<const sockaddr_in6&>(bound).sin6_port);
    }
    return ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

void raise_open_files_limit(std::uint32_t connections) {
    constexpr rlim_t kOthers = 512;  // log, segments, snapshots
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = connections + kOthers;
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? wanted : std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace filrouge::os
