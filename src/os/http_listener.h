// The real door: HTTP/1.1 over TCP or TLS, N I/O threads, one acceptor that hands connections out
// in turn. Takes over systemd's listening socket when there is one, so that a restart refuses
// nobody.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "seam/listener.h"

namespace filrouge::os {

struct TlsFiles {
    std::string certificate;  // PEM, with its chain
    std::string key;          // PEM
};

// `handler` must outlive the listener. Port 0 takes a free one. The handler is called from
// `threads` I/O threads. "listen.address_in_use", "listen.bad_address", "tls.bad_certificate" ...
Result<std::unique_ptr<Listener>> make_http_listener(HttpHandler& handler,
                                                     const std::string& address, std::uint16_t port,
                                                     unsigned threads, const ListenerLimits& limits,
                                                     const std::optional<TlsFiles>& tls = {});

// The same on a socket that listens already (listening_socket() of os/http_socket.h), so that the
// door can be open before there is somebody behind it: who comes meanwhile waits in the backlog.
// Takes the descriptor over.
Result<std::unique_ptr<Listener>> make_http_listener_on(HttpHandler& handler, int listening_fd,
                                                        unsigned threads,
                                                        const ListenerLimits& limits,
                                                        const std::optional<TlsFiles>& tls = {});

}  // namespace filrouge::os
