// Everything that runs when Filrouge serves: listener, routes and the engine on one data folder.
// The socket is open before the folder is read, so that a restart refuses nobody.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "engine/runtime.h"
#include "engine/settings.h"
#include "seam/clock.h"
#include "seam/disk.h"
#include "seam/http_client.h"
#include "seam/listener.h"
#include "seam/random.h"

namespace filrouge::http {
class Routes;
}

namespace filrouge::server {

class FailureLog;

struct ServerOptions {
    std::string data = "data";          // the folder; made when absent
    std::string settings_file;          // empty: filrouge.toml in the folder, made when absent
    std::optional<std::string> listen;  // before the settings' own
    std::optional<std::uint16_t> port;  // 0 takes a free one
};

class Server {
  public:
    // Errors: of the settings, the socket ("listen...."), the folder ("disk.locked",
    // "log.damaged", ...). The engine then folds in the background.
    static Result<std::unique_ptr<Server>> start(const ServerOptions& options);
    ~Server();  // stops
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    const std::string& url() const { return url_; }  // for this machine
    engine::Runtime& runtime() { return *runtime_; }
    // Of the error by which the engine's state is Failed.
    const std::string& failure_code() const { return failure_code_; }
    HttpClient& http() { return *http_; }
    const engine::Settings& settings() const { return settings_; }
    // The secret of the sign-in link, while nobody has used it.
    std::optional<std::string> admin_link() const;
    std::optional<std::string> cli_token() const;
    // Stops accepting, finishes what is in progress (5 s at most), then the engine.
    void stop();

  private:
    explicit Server(ServerOptions options);
    Result<void> open();
    Result<void> read_settings();
    void tell(const engine::Notice& notice);
    std::optional<std::string> secret(const std::string& name) const;

    ServerOptions options_;
    engine::Settings settings_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Random> random_;
    std::unique_ptr<Disk> disk_;
    std::unique_ptr<HttpClient> http_;
    std::unique_ptr<FailureLog> failures_;
    std::string failure_code_;  // written once, before the engine's state says so
    std::unique_ptr<engine::Runtime> runtime_;
    std::unique_ptr<http::Routes> routes_;
    std::unique_ptr<Listener> listener_;
    std::string url_;
    bool stopped_ = false;
};

// In the data folder: where its server answers, for the command line on this machine.
constexpr const char* kAddressFile = "/address";
constexpr const char* kCliTokenFile = "/secrets/cli-token";

}  // namespace filrouge::server
