// Sends tracking calls as an SDK does, over keep-alive connections, each event with a message id
// and a person of its own, and prints what came back. It patches digits into bodies made
// beforehand, so that it costs the machine little beside the server it measures.
//
//   http_load PORT WRITE_KEY single|batch CONNECTIONS SECONDS PEOPLE [REQUESTS_PER_SECOND]
//
// Without a rate each connection sends its next call once it has its answer; with one, calls leave
// on time whatever the server does, as long as a connection is free.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBatch = 100;
constexpr int kIdDigits = 12, kPersonDigits = 7;

void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct Place {
    std::size_t id, person;
};

// One request with the places of the digits that change between sends.
struct Template {
    std::string text;
    std::vector<Place> places;
};

std::string stamp_now() {
    const std::time_t now = std::time(nullptr);
    char text[40];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", std::gmtime(&now));
    return text;
}

void append_event(Template& out, unsigned i, const std::string& run, const std::string& stamp) {
    static constexpr const char* kNames[] = {"Product Viewed", "Product List Viewed",
                                             "Product Added", "Checkout Started",
                                             "Product Clicked"};
    std::string& text = out.text;
    text += R"({"type":"track","event":")" + std::string(kNames[i % 5]) +
            R"(","messageId":"node-next-)" + run + '-';
    const std::size_t id = text.size();
    text += std::string(kIdDigits, '0') + R"(","userId":"user-)";
    const std::size_t person = text.size();
    char rest[600];
    std::snprintf(
        rest, sizeof rest,
        R"(","timestamp":"%s","properties":{"product_id":"P%05u","category":"C%03u","price":%u.99,)"
        R"("quantity":1,"currency":"EUR","position":%u},"context":{"library":{"name":"analytics-node",)"
        R"("version":"3.1.0"},"locale":"fr-FR","page":{"path":"/p/%05u","title":"A product that )"
        R"(somebody looks at"},"consent":{"categoryPreferences":{"measurement":true}}},)"
        R"("integrations":{},"_metadata":{"nodeVersion":"20.1.0","jsRuntime":"node"}})",
        stamp.c_str(), i * 37 % 50000, i % 200, i % 300 + 1, i % 40, i * 41 % 50000);
    text += std::string(kPersonDigits, '0') + rest;
    out.places.push_back({id, person});
}

Template make_template(unsigned seed, bool batch, const std::string& key, const std::string& run) {
    Template body;
    const std::string stamp = stamp_now();
    if (batch) body.text = R"({"batch":[)";
    for (unsigned i = 0; i < (batch ? kBatch : 1u); ++i) {
        if (i > 0) body.text += ',';
        append_event(body, seed * kBatch + i, run, stamp);
    }
    if (batch) body.text += "]}";
    Template whole;
    whole.text = std::string("POST ") + (batch ? "/v1/batch" : "/v1/track") +
                 " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
                 "Authorization: Basic " + filrouge::base64_encode(key + ":") +
                 "\r\nContent-Length: " + std::to_string(body.text.size()) + "\r\n\r\n";
    for (const Place& p : body.places)
        whole.places.push_back({p.id + whole.text.size(), p.person + whole.text.size()});
    whole.text += body.text;
    return whole;
}

void put_digits(char* at, int digits, std::uint64_t number) {
    for (int i = digits - 1; i >= 0; --i, number /= 10)
        at[i] = static_cast<char>('0' + number % 10);
}

struct Line {
    int fd = -1;
    std::vector<Template> requests;
    std::size_t next = 0, sent = 0;
    bool asks = false;  // its answer is not there yet
    std::string reply;
    Clock::time_point begun;
};

class Load {
  public:
    Load(std::uint64_t people) : people_(people), epoll_(::epoll_create1(0)) {}

    void connect(std::uint16_t port, std::vector<Template> requests) {
        port_ = port;
        lines_.emplace_back().requests = std::move(requests);
        open(lines_.back());
    }

    // At `rate` calls a second; 0: each line as fast as it is answered.
    void run(int seconds, double rate) {
        const auto begun = Clock::now();
        const auto end = begun + std::chrono::seconds(seconds);
        for (Line& line : lines_) rate > 0 ? idle_.push_back(&line) : send(line);
        while (Clock::now() < end) {
            if (rate > 0) send_due(begun, rate);
            serve(rate > 0 ? 1 : kSilenceMs, /*go_on=*/rate == 0);
        }
        while (idle_.size() < lines_.size()) serve(kSilenceMs, /*go_on=*/false);
        report(std::chrono::duration<double>(Clock::now() - begun).count());
    }

  private:
    static constexpr int kSilenceMs = 10'000;

    void open(Line& line) {
        line.fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(line.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            die("connect");
        const int one = 1;
        ::setsockopt(line.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = static_cast<std::uint64_t>(&line - lines_.data());
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, line.fd, &event);
    }

    // What is due by now. Without a free line it is lost: what nobody could send was not offered.
    void send_due(Clock::time_point begun, double rate) {
        const double due = std::chrono::duration<double>(Clock::now() - begun).count() * rate;
        while (static_cast<double>(offered_ + late_) < due) {
            if (idle_.empty()) {
                ++late_;
                continue;
            }
            Line* line = idle_.back();
            idle_.pop_back();
            ++offered_;
            send(*line);
        }
    }

    // Takes what comes within `ms`. A line that has its answer sends again (go_on) or is idle.
    void serve(int ms, bool go_on) {
        epoll_event events[64];
        const int n = ::epoll_wait(epoll_, events, 64, ms);
        if (n <= 0 && ms == kSilenceMs) die("nothing came back for 10 s");
        for (int i = 0; i < n; ++i) {
            Line& line = lines_[events[i].data.u64];
            if ((events[i].events & EPOLLOUT) != 0) {
                go_on_sending(line);
            } else if (receive(line)) {
                go_on ? send(line) : idle_.push_back(&line);
            }
        }
    }

    void send(Line& line) {
        Template& request = line.requests[line.next++ % line.requests.size()];
        for (const Place& p : request.places) {
            put_digits(request.text.data() + p.id, kIdDigits, ++ids_);
            seed_ = seed_ * 6364136223846793005u + 1442695040888963407u;
            put_digits(request.text.data() + p.person, kPersonDigits, (seed_ >> 33) % people_);
        }
        line.sent = 0;
        line.asks = true;
        line.begun = Clock::now();
        go_on_sending(line);
    }

    void go_on_sending(Line& line) {
        const std::string& text = line.requests[(line.next - 1) % line.requests.size()].text;
        const ssize_t n = ::send(line.fd, text.data() + line.sent, text.size() - line.sent,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) die("send");
        if (n > 0) line.sent += static_cast<std::size_t>(n);
        const bool waits = line.sent < text.size();
        epoll_event event{};
        event.events = waits ? EPOLLOUT : EPOLLIN;
        event.data.u64 = static_cast<std::uint64_t>(&line - lines_.data());
        if (waits || n < static_cast<ssize_t>(text.size()))
            ::epoll_ctl(epoll_, EPOLL_CTL_MOD, line.fd, &event);
    }

    // True when the whole answer is there.
    bool receive(Line& line) {
        char bytes[4096];
        const ssize_t n = ::recv(line.fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) return false;
        if (n <= 0 && line.asks) die("the server hung up");
        if (n <= 0) {  // it was idle for longer than the server waits
            ::close(line.fd);
            open(line);
            return false;
        }
        line.reply.append(bytes, static_cast<std::size_t>(n));
        const std::size_t head = line.reply.find("\r\n\r\n");
        if (head == line.reply.npos) return false;
        static constexpr std::string_view kLength = "Content-Length: ";
        const std::size_t length = line.reply.find(kLength);
        const std::size_t body =
            length < head
                ? static_cast<std::size_t>(std::atoi(line.reply.c_str() + length + kLength.size()))
                : 0;
        if (line.reply.size() < head + 4 + body) return false;
        const bool accepted = line.reply.starts_with("HTTP/1.1 200");
        const bool refused = line.reply.starts_with("HTTP/1.1 429");
        errors_ += accepted || refused ? 0 : 1;
        refused_ += refused ? 1 : 0;
        line.reply.clear();
        line.asks = false;
        if (!accepted) return true;
        delays_us_.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - line.begun)
                .count()));
        return true;
    }

    void report(double seconds) {
        std::sort(delays_us_.begin(), delays_us_.end());
        const auto at = [this](double share) {
            if (delays_us_.empty()) return 0u;
            return delays_us_[static_cast<std::size_t>(share *
                                                       static_cast<double>(delays_us_.size() - 1))];
        };
        std::printf(
            "RESULT requests=%zu seconds=%.3f p50_us=%u p99_us=%u errors=%zu refused=%zu "
            "late=%zu\n",
            delays_us_.size(), seconds, at(0.5), at(0.99), errors_, refused_, late_);
    }

    std::uint64_t people_;
    std::uint16_t port_ = 0;
    int epoll_;
    std::vector<Line> lines_;
    std::vector<std::uint32_t> delays_us_;
    std::vector<Line*> idle_;  // with a rate: whose answer is there
    std::size_t errors_ = 0, refused_ = 0, offered_ = 0, late_ = 0;
    std::uint64_t ids_ = 0, seed_ = 1;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7 && argc != 8) {
        std::fputs(
            "usage: http_load PORT WRITE_KEY single|batch CONNECTIONS SECONDS PEOPLE [RATE]\n",
            stderr);
        return 2;
    }
    const bool batch = std::string_view(argv[3]) == "batch";
    const int connections = std::atoi(argv[4]);
    const std::string run = std::to_string(::getpid());
    Load load(std::max(1ull, std::strtoull(argv[6], nullptr, 10)));
    for (int c = 0; c < connections; ++c) {
        std::vector<Template> requests;
        for (unsigned i = 0; i < 4; ++i)
            requests.push_back(
                make_template(static_cast<unsigned>(c) * 4 + i, batch, argv[2], run));
        load.connect(static_cast<std::uint16_t>(std::atoi(argv[1])), std::move(requests));
    }
    load.run(std::atoi(argv[5]), argc == 8 ? std::atof(argv[7]) : 0);
}
