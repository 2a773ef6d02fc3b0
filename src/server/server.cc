#include "server/server.h"

#include <unistd.h>

#include "base/text.h"
#include "engine/failure.h"
#include "http/route.h"
#include "http/routes.h"
#include "os/clock.h"
#include "os/disk.h"
#include "os/http_client.h"
#include "os/http_listener.h"
#include "os/http_socket.h"
#include "os/random.h"
#include "server/diagnostics.h"
#include "server/failure_log.h"

namespace filrouge::server {

namespace {

constexpr std::uint64_t kSmallFileMax = 1 << 20;
constexpr int kDrainMs = 5'000;

std::string url_of(const engine::Settings& settings, std::uint16_t port) {
    std::string host = settings.listen;
    if (host == "0.0.0.0" || host == "::") host = host == "::" ? "::1" : "127.0.0.1";
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    return (settings.tls_certificate.empty() ? "http://" : "https://") + host + ":" +
           std::to_string(port);
}

}  // namespace

Server::Server(ServerOptions options)
    : options_(std::move(options)),
      clock_(os::make_clock()),
      random_(os::make_random()),
      disk_(os::make_disk()) {}

Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
    std::unique_ptr<Server> server(new Server(options));
    TRY(server->open());
    return server;
}

Result<void> Server::read_settings() {
    std::string file = options_.settings_file;
    if (file.empty()) {
        file = options_.data + "/filrouge.toml";
        if (!disk_->exists(file)) {
            TRY(replace_whole(*disk_, file, engine::default_settings_file()));
        }
    }
    const Bytes text = TRY(read_whole(*disk_, file, kSmallFileMax));
    settings_ = TRY(engine::parse_settings(text, file));
    if (options_.listen) settings_.listen = *options_.listen;
    if (options_.port) settings_.port = *options_.port;
    return {};
}

void Server::tell(const engine::Notice& notice) {
    const bool has_failed = notice.event == engine::kNoticeFailed;
    if (has_failed) failure_code_ = notice.fields.front().second;
    diagnose(has_failed ? Level::Error : Level::Warning, notice.event, notice.fields);
}

Result<void> Server::open() {
    TRY(disk_->make_folder(options_.data));
    TRY(read_settings());
    const int fd = TRY(os::listening_socket(settings_.listen, settings_.port));
    url_ = url_of(settings_, os::port_of(fd));
    http_ = os::make_http_client({.private_addresses = settings_.private_webhooks});
    auto runtime = engine::open_runtime(
        {*clock_, *random_, *disk_, *http_, [this](const engine::Notice& notice) { tell(notice); }},
        settings_, options_.data);
    if (!runtime.ok()) {
        ::close(fd);
        return std::move(runtime).error();
    }
    runtime_ = std::move(runtime).value();
    failures_ = std::make_unique<FailureLog>(*clock_);
    http::RoutesOptions options;
    options.tell_failure = [log = failures_.get()](const http::FailedRequest& failed) {
        log->tell(failed);
    };
    routes_ = std::make_unique<http::Routes>(*runtime_, *random_, settings_, options);
    std::optional<os::TlsFiles> tls;
    if (!settings_.tls_certificate.empty()) {
        tls = os::TlsFiles{settings_.tls_certificate, settings_.tls_key};
    }
    const ListenerLimits limits{.body_bytes_max = http::greatest_body_bytes_max()};
    listener_ = TRY(os::make_http_listener_on(*routes_, fd, settings_.io_threads, limits, tls));
    TRY(replace_whole(*disk_, options_.data + kAddressFile, url_ + "\n"));
    return {};
}

void Server::stop() {
    if (stopped_) return;
    stopped_ = true;
    if (listener_ != nullptr) {
        // A key may have been removed by hand; a stale address only makes a command say so.
        static_cast<void>(disk_->remove(options_.data + kAddressFile));
        routes_->stop();  // answers who waits for a start that will not come
        listener_->stop(kDrainMs);
    }
    if (runtime_ != nullptr) runtime_->stop();
}

std::optional<std::string> Server::secret(const std::string& name) const {
    const std::string path = options_.data + name;
    if (!disk_->exists(path)) return std::nullopt;
    const Result<Bytes> bytes = read_whole(*disk_, path, kSmallFileMax);
    if (!bytes.ok()) return std::nullopt;
    return std::string(trim(bytes.value()));
}

std::optional<std::string> Server::admin_link() const {
    const auto link = secret("/secrets/admin-link");
    if (!link) return std::nullopt;
    return url_ + "/admin?secret=" + *link;
}

std::optional<std::string> Server::cli_token() const { return secret(kCliTokenFile); }

}  // namespace filrouge::server
