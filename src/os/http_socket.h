// One accepted connection as bytes, plain or TLS, without ever blocking; and the listening socket,
// our own or systemd's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct ssl_st;
struct ssl_ctx_st;

namespace filrouge::os {

struct Transfer {
    enum class State { Some, WaitRead, WaitWrite, End };  // End: closed by the peer, or broken
    State state = State::End;
    std::size_t bytes = 0;
};

// Certificate and key, read once; shared by all connections.
class TlsContext {
  public:
    static Result<std::shared_ptr<TlsContext>> open(const std::string& certificate_file,
                                                    const std::string& key_file);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

  private:
    friend class Wire;
    TlsContext() = default;
    ssl_ctx_st* context_ = nullptr;
};

// Does not own the file descriptor. After start() the descriptor must be non-blocking.
class Wire {
  public:
    Wire() = default;
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    void start(int fd, TlsContext* tls);
    bool is_tls() const { return tls_ != nullptr; }
    Transfer read(char* out, std::size_t size);
    // Throws away up to `size` bytes of a connection without TLS; they are not even copied.
    Transfer discard(std::size_t size);
    Transfer write(std::string_view bytes);
    void finish();  // sends TLS's goodbye, if it can go at once

  private:
    Transfer tls_result(int returned) const;
    Transfer receive(char* out, std::size_t size, int flags);
    int fd_ = -1;
    ssl_st* tls_ = nullptr;
};

// A listening descriptor: the first one systemd passed (LISTEN_PID, LISTEN_FDS), else a new one.
// "listen.address_in_use", "listen.bad_address".
Result<int> listening_socket(const std::string& address, std::uint16_t port);
std::uint16_t port_of(int fd);

// Lets this process hold `connections` sockets open, as far as its hard limit goes.
void raise_open_files_limit(std::uint32_t connections);

}  // namespace filrouge::os
