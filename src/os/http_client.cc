#include "os/http_client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "os/private_address.h"

namespace filrouge::os {

namespace {

constexpr long kConnectMs = 5'000;

struct Easy {
    CURL* handle = curl_easy_init();
    Easy() = default;
    ~Easy() { curl_easy_cleanup(handle); }
    Easy(const Easy&) = delete;
    Easy& operator=(const Easy&) = delete;
};

struct HeaderList {
    curl_slist* list = nullptr;
    HeaderList() = default;
    ~HeaderList() { curl_slist_free_all(list); }
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;
    void add(const std::string& line) { list = curl_slist_append(list, line.c_str()); }
};

void init_curl() {
    static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
    ASSERT(done == CURLE_OK);
}

bool has_line_break(std::string_view text) { return text.find_first_of("\r\n") != text.npos; }

// What one call gathers while curl runs.
struct Gathering {
    std::string body;
    std::size_t bytes_max = 0;
    bool too_large = false;
    bool refused_private = false;
    const std::function<bool(std::string_view)>* each = nullptr;
    bool ended_by_us = false;
};

std::size_t take_body(char* bytes, std::size_t one, std::size_t count, void* data) {
    auto& gathering = *static_cast<Gathering*>(data);
    const std::size_t size = one * count;
    if (gathering.each != nullptr) {
        if ((*gathering.each)({bytes, size})) return size;
        gathering.ended_by_us = true;
        return 0;
    }
    const std::size_t room = gathering.bytes_max - gathering.body.size();
    gathering.body.append(bytes, std::min(room, size));
    if (size <= room) return size;
    gathering.too_large = true;
    return 0;
}

// Asked with the very address that is connected to next: no name can resolve to another meanwhile.
curl_socket_t open_public_socket(void* data, curlsocktype, curl_sockaddr* to) {
    if (is_private_address(to->addr)) {
        static_cast<Gathering*>(data)->refused_private = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

Result<void> set_up(CURL* curl, const std::string& url,
                    const std::vector<std::pair<std::string, std::string>>& headers,
                    HeaderList& list, Gathering& gathering) {
    for (const auto& [name, value] : headers) {
        if (has_line_break(name) || has_line_break(value)) {
            return Error{"http_client.bad_header", "A header has a line break.", ""};
        }
        std::string line = name;
        list.add(line.append(": ").append(value));
    }
    list.add("Expect:");  // no pause before a body
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.list);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "filrouge");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &gathering);
    return {};
}

int status_of(CURL* curl) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

Error failed(CURLcode code, const Gathering& gathering) {
    if (gathering.refused_private) {
        return {"http_client.private_address",
                "The address is on this machine or a private network.",
                "Set server.private_webhooks = true to allow it."};
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return {"http_client.timeout", "The other side did not answer in time.", ""};
    }
    return {"http_client.failed", curl_easy_strerror(code), ""};
}

class CurlClient : public HttpClient {
  public:
    explicit CurlClient(const HttpClientOptions& options) : options_(options) { init_curl(); }

    Result<HttpReply> call(const HttpCall& call) override {
        thread_local Easy easy;
        CURL* curl = easy.handle;
        if (curl == nullptr) return Error{"http_client.failed", "No memory for a request.", ""};
        Gathering gathering;
        gathering.bytes_max = options_.reply_bytes_max;
        HeaderList list;
        TRY(set_up(curl, call.url, call.headers, list, gathering));
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
        if (call.method != "GET" || !call.body.empty()) {
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.data());
            curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                             static_cast<curl_off_t>(call.body.size()));
        }
        const std::int64_t ms = std::max<std::int64_t>(1, call.timeout.us / 1000);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(ms));
        if (!options_.private_addresses) {
            curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_public_socket);
            curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &gathering);
            // A kept connection was checked under its own name, not under this one.
            curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
            curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
        }
        const CURLcode code = curl_easy_perform(curl);
        const int status = status_of(curl);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);
        if (gathering.too_large) {
            if (options_.cut_long_replies) return HttpReply{status, std::move(gathering.body)};
            return Error{"http_client.reply_too_large",
                         "The answer is longer than the limit of " +
                             std::to_string(options_.reply_bytes_max) + " bytes.",
                         "Ask for fewer at a time."};
        }
        if (code != CURLE_OK) return failed(code, gathering);
        return HttpReply{status, std::move(gathering.body)};
    }

  private:
    const HttpClientOptions options_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(const HttpClientOptions& options) {
    return std::make_unique<CurlClient>(options);
}

Result<int> read_stream(const std::string& url,
                        const std::vector<std::pair<std::string, std::string>>& headers,
                        const std::function<bool(std::string_view)>& each) {
    init_curl();
    Easy easy;
    if (easy.handle == nullptr) return Error{"http_client.failed", "No memory for a request.", ""};
    Gathering gathering;
    gathering.each = &each;
    HeaderList list;
    TRY(set_up(easy.handle, url, headers, list, gathering));
    const CURLcode code = curl_easy_perform(easy.handle);
    const int status = status_of(easy.handle);
    if (code != CURLE_OK && !gathering.ended_by_us) return failed(code, gathering);
    return status;
}

}  // namespace filrouge::os
