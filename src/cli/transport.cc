#include "cli/transport.h"

#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "base/text.h"
#include "cli/exit_code.h"
#include "engine/failure.h"
#include "engine/runtime.h"
#include "http/routes.h"
#include "os/clock.h"
#include "os/disk.h"
#include "os/http_client.h"
#include "os/random.h"
#include "server/server.h"

namespace filrouge::cli {

namespace {

constexpr Duration kAnswerWithin = seconds(60);
constexpr std::size_t kAnswerBytesMax = 64u << 20;
constexpr std::uint64_t kSettingsBytesMax = 1 << 20;

std::string target_of(const Request& request) {
    return request.query.empty() ? request.path : request.path + "?" + request.query;
}

class HttpTransport : public Transport {
  public:
    HttpTransport(std::string url, std::string token)
        : url_(std::move(url)),
          token_(std::move(token)),
          client_(os::make_http_client({.private_addresses = true,
                                        .reply_bytes_max = kAnswerBytesMax,
                                        .cut_long_replies = false})) {}

    Result<Answer> send(const Request& request) override {
        HttpCall call;
        call.method = request.method;
        call.url = url_ + target_of(request);
        call.headers = headers();
        if (request.method == "POST")
            call.headers.emplace_back("Content-Type", request.content_type);
        if (!request.accept.empty()) call.headers.emplace_back("Accept", request.accept);
        call.body = request.body;
        call.timeout = kAnswerWithin;
        Result<HttpReply> reply = client_->call(call);
        if (!reply.ok()) return unreachable(reply.error());
        return Answer{reply.value().status, std::move(reply.value().body)};
    }

    Result<Answer> follow(const Request& request,
                          const std::function<bool(std::string_view)>& each) override {
        const Result<int> status = os::read_stream(url_ + target_of(request), headers(), each);
        if (!status.ok()) return unreachable(status.error());
        return Answer{status.value(), ""};
    }

  private:
    std::vector<std::pair<std::string, std::string>> headers() const {
        if (token_.empty()) return {};
        return {{"Authorization", "Bearer " + token_}};
    }
    Error unreachable(const Error& why) const {
        return {"cli.unreachable", "No answer from " + url_ + ": " + why.message,
                "Does a server run there? 'filrouge serve --data FOLDER' starts one."};
    }
    const std::string url_;
    const std::string token_;
    const std::unique_ptr<HttpClient> client_;
};

// Takes the one answer of a request that no socket carries.
class Waiting : public ResponderImpl {
  public:
    void reply(HttpResponse response) override {
        const std::lock_guard lock(mutex_);
        response_ = std::move(response);
        answered_ = true;
        changed_.notify_all();
    }
    void start_stream(HttpResponse head) override { reply(std::move(head)); }
    bool write(std::string_view) override { return false; }
    void end_stream() override {}
    HttpResponse wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return answered_; });
        return std::move(response_);
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool answered_ = false;
    HttpResponse response_;
};

class LocalTransport : public Transport {
  public:
    static Result<std::unique_ptr<Transport>> open(const std::string& data) {
        std::unique_ptr<LocalTransport> local(new LocalTransport(data));
        TRY(local->start());
        return std::unique_ptr<Transport>(std::move(local));
    }
    ~LocalTransport() override {
        if (routes_ != nullptr) routes_->stop();
        if (runtime_ != nullptr) runtime_->stop();
    }

    Result<Answer> send(const Request& request) override {
        if (request.needs_server)
            return needs_server("This lives in a running server, and none has the folder open.");
        HttpRequest inside;
        inside.method = request.method;
        inside.path = request.path;
        inside.query = request.query;
        inside.headers = {{"host", "localhost"},
                          {"authorization", "Bearer " + token_},
                          {"content-type", request.content_type}};
        if (!request.accept.empty()) inside.headers.emplace_back("accept", request.accept);
        inside.body = request.body;
        if (auto refusal = routes_->refuse(inside, {.content_length = inside.body.size()})) {
            return Answer{refusal->status, std::move(refusal->body)};
        }
        const auto waiting = std::make_shared<Waiting>();
        routes_->handle(std::move(inside), waiting);
        HttpResponse response = waiting->wait();
        return Answer{response.status, std::move(response.body).append(response.file)};
    }

    Result<Answer> follow(const Request&, const std::function<bool(std::string_view)>&) override {
        return needs_server("Nothing happens in a folder that no server has open.");
    }

  private:
    explicit LocalTransport(std::string data)
        : data_(std::move(data)),
          clock_(os::make_clock()),
          random_(os::make_random()),
          disk_(os::make_disk()),
          http_(os::make_http_client({})) {}

    Error needs_server(std::string why) const {
        return {"cli.needs_server", std::move(why),
                "Start one with 'filrouge serve --data " + data_ + "'."};
    }

    Result<void> start() {
        if (!disk_->exists(data_ + "/log")) {
            return Error{"cli.no_data", "There is no data in '" + data_ + "'.",
                         "Name a data folder with --data, or a running server with --url."};
        }
        engine::Settings settings = engine::default_settings();
        const std::string file = data_ + "/filrouge.toml";
        if (disk_->exists(file)) {
            const Bytes text = TRY(read_whole(*disk_, file, kSettingsBytesMax));
            settings = TRY(engine::parse_settings(text, file));
        }
        const auto tell = [this](const engine::Notice& notice) {
            if (notice.event == engine::kNoticeFailed) failure_code_ = notice.fields.front().second;
        };
        runtime_ =
            TRY(engine::open_runtime({*clock_, *random_, *disk_, *http_, tell}, settings, data_));
        routes_ = std::make_unique<http::Routes>(*runtime_, *random_, settings);
        TRY(wait_until_ready());
        token_ = trim(TRY(read_whole(*disk_, data_ + server::kCliTokenFile, 1'024)));
        return {};
    }

    Result<void> wait_until_ready() {
        bool told = false;
        while (runtime_->state() == engine::RuntimeState::Starting) {
            ::usleep(20'000);
            if (::isatty(STDERR_FILENO) == 0) continue;
            std::fprintf(stderr, "\r\x1b[K%s", runtime_->state_text().c_str());
            told = true;
        }
        if (told) std::fprintf(stderr, "\r\x1b[K");
        if (runtime_->state() == engine::RuntimeState::Ready) return {};
        return Error{is_damage(failure_code_) ? failure_code_ : "cli.not_opened",
                     "The folder could not be opened: " + runtime_->state_text(),
                     "'filrouge log verify --data " + data_ + "' tells whether its log is whole."};
    }

    const std::string data_;
    std::string failure_code_;  // written once, before the engine's state says so
    const std::unique_ptr<Clock> clock_;
    const std::unique_ptr<Random> random_;
    const std::unique_ptr<Disk> disk_;
    const std::unique_ptr<HttpClient> http_;
    std::unique_ptr<engine::Runtime> runtime_;
    std::unique_ptr<http::Routes> routes_;
    std::string token_;
};

}  // namespace

Result<std::unique_ptr<Transport>> open_http_transport(const std::string& url,
                                                       const std::string& token) {
    std::string base = url;
    while (base.ends_with('/')) base.pop_back();
    return std::unique_ptr<Transport>(std::make_unique<HttpTransport>(base, token));
}

Result<std::unique_ptr<Transport>> open_local_transport(const std::string& data) {
    return LocalTransport::open(data);
}

std::string encoded(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            out.push_back(c);
            continue;
        }
        const auto u = static_cast<unsigned char>(c);
        out.append({'%', kHex[u >> 4], kHex[u & 15]});
    }
    return out;
}

void add_query(std::string& query, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!query.empty()) query.push_back('&');
    query.append(name).append("=").append(encoded(value));
}

}  // namespace filrouge::cli
