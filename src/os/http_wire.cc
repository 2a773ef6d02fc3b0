#include "os/http_wire.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <utility>

#include "base/mutant.h"
#include "base/text.h"

namespace filrouge::os {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t kChunkLineBytesMax = 1'024;  // of a chunk's size, or of one trailer
constexpr std::size_t kTrailerBytesMax = 8 * 1'024;

bool has_control(std::string_view line) {
    unsigned found = 0;
    for (const char c : line) {
        const auto u = static_cast<unsigned char>(c);
        found |= static_cast<unsigned>((u < 0x20 && u != '\t') || u == 0x7f);
    }
    return found != 0;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

// Fills a RequestHead. Beast's parser judges the grammar; what it lets through and we do not
// (repeated equal lengths, other transfer codings, no Host) is refused here.
class HeadParser : public http::basic_parser<true> {
  public:
    HeadParser(RequestHead& head, const ListenerLimits& limits) : head_(head) {
        header_limit(limits.header_bytes_max + 1);
        body_limit(boost::none);
        head.request.headers.reserve(16);
    }
    int refused = 0;
    int hosts = 0;

  private:
    using error_code = beast::error_code;
    void refuse(int status, error_code& ec) {
        refused = status;
        ec = http::error::bad_value;
    }
    void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                         int version, error_code& ec) override {
        head_.http11 = version == 11;
        head_.request.method = view(method);
        std::string_view rest = view(target);
        if (rest.front() != '/') {
            if (!strip_origin(rest)) return refuse(400, ec);
        }
        if (has_control(rest) || rest.find('#') != std::string_view::npos) return refuse(400, ec);
        const std::size_t mark = rest.find('?');
        head_.request.path = rest.substr(0, mark);
        if (mark != std::string_view::npos) head_.request.query = rest.substr(mark + 1);
    }
    // "http://host/path" becomes "/path"; "*" is for OPTIONS alone.
    bool strip_origin(std::string_view& target) const {
        if (target == "*") return head_.request.method == "OPTIONS";
        for (const std::string_view scheme : {"http://", "https://"}) {
            if (!ascii_equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
            const std::size_t slash = target.find('/', scheme.size());
            if (slash == std::string_view::npos || slash == scheme.size()) return false;
            target.remove_prefix(slash);
            return true;
        }
        return false;
    }
    void on_field_impl(http::field f, beast::string_view name, beast::string_view value,
                       error_code& ec) override {
        std::string lower = ascii_lower(view(name));
        const std::string_view text = view(value);
        switch (f) {
            case http::field::host: ++hosts; break;
            case http::field::content_length: read_length(text, ec); break;
            case http::field::transfer_encoding:
                if (!head_.http11 || head_.chunked) return refuse(400, ec);
                if (!ascii_equal_ignoring_case(text, "chunked")) {
                    return refuse(text.find(',') == text.npos && !text.empty() ? 501 : 400, ec);
                }
                head_.chunked = true;
                break;
            case http::field::expect:
                if (!ascii_equal_ignoring_case(text, "100-continue")) return refuse(417, ec);
                head_.expects_continue = head_.http11;
                break;
            default: break;
        }
        head_.request.headers.emplace_back(std::move(lower), text);
    }
    void read_length(std::string_view text, error_code& ec) {
        if ((has_length_ && !MUTANT(last_length_wins)) || text.empty()) return refuse(400, ec);
        has_length_ = true;
        const auto [end, error] =
            std::from_chars(text.data(), text.data() + text.size(), head_.content_length);
        const bool digits =
            std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (error != std::errc{} || end != text.data() + text.size() || !digits) refuse(400, ec);
    }
    void on_response_impl(int, beast::string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override {
        return 0;
    }
    void on_finish_impl(error_code&) override {}

    RequestHead& head_;
    bool has_length_ = false;
};

}  // namespace

std::size_t HeadScanner::refuse(int status) {
    refused_ = status;
    return 0;
}

std::size_t HeadScanner::scan(std::string_view bytes) {
    while (refused_ == 0) {
        const std::size_t end = bytes.find('\n', at_);
        if (end == std::string_view::npos) {
            at_ = bytes.size();
            // The CR may be here already.
            if (at_ - line_ > limits_->header_line_bytes_max + 1u ||
                at_ > limits_->header_bytes_max) {
                return refuse(431);
            }
            return 0;
        }
        if (end == line_ || bytes[end - 1] != '\r') return refuse(400);
        const std::string_view line = bytes.substr(line_, end - 1 - line_);
        at_ = line_ = end + 1;
        if (line.size() > limits_->header_line_bytes_max || at_ > limits_->header_bytes_max) {
            return refuse(431);
        }
        if (line.empty()) return lines_ == 0 ? refuse(400) : at_;
        if (line.front() == ' ' || line.front() == '\t' || has_control(line)) return refuse(400);
        if (lines_++ > limits_->headers_max) return refuse(431);
    }
    return 0;
}

int read_head(std::string_view bytes, const ListenerLimits& limits, RequestHead& head) {
    head = {};
    HeadParser parser(head, limits);
    beast::error_code ec;
    const std::size_t used = parser.put({bytes.data(), bytes.size()}, ec);
    if (parser.refused != 0) return parser.refused;
    if (ec == http::error::bad_version) return 505;
    if (ec || used != bytes.size() || !parser.is_header_done()) return 400;
    if (parser.hosts > 1 || (head.http11 && parser.hosts == 0)) return 400;
    if (head.request.method == "CONNECT") return 400;
    if (head.chunked != parser.chunked()) return 400;  // two readers must agree
    if (!head.chunked && parser.content_length().value_or(0) != head.content_length) return 400;
    if (head.content_length > limits.body_bytes_max) return 413;
    head.keep_alive = parser.keep_alive();
    return 0;
}

namespace {

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != kMarks.npos;
    });
}

}  // namespace

ChunkedReader::State ChunkedReader::read(std::string_view bytes, std::size_t& used,
                                         std::string& body) {
    used = 0;
    while (state_ == State::More && used < bytes.size()) {
        const std::string_view rest = bytes.substr(used);
        if (data_left_ > 0) {
            const auto here =
                static_cast<std::size_t>(std::min<std::uint64_t>(data_left_, rest.size()));
            body.append(rest.substr(0, here));
            data_left_ -= here;
            used += here;
            continue;
        }
        const std::size_t end = rest.find('\n');
        const std::string_view piece = rest.substr(0, end == rest.npos ? end : end + 1);
        used += piece.size();
        if (line_.size() + piece.size() > kChunkLineBytesMax) {
            state_ = State::Bad;
        } else {
            line_.append(piece);
            if (end != rest.npos) state_ = take_line(body.size());
        }
    }
    return state_;
}

ChunkedReader::State ChunkedReader::take_line(std::uint64_t body_bytes) {
    const std::string whole = std::exchange(line_, {});
    if (!whole.ends_with("\r\n")) return State::Bad;
    const std::string_view line = std::string_view(whole).substr(0, whole.size() - 2);
    if (has_control(line)) return State::Bad;
    switch (expects_) {
        case Expects::Size: return take_size(line, body_bytes);
        case Expects::EndOfData:
            expects_ = Expects::Size;
            return line.empty() ? State::More : State::Bad;
        case Expects::Trailer: return take_trailer(line);
    }
    return State::Bad;
}

ChunkedReader::State ChunkedReader::take_size(std::string_view line, std::uint64_t body_bytes) {
    constexpr std::size_t kDigitsMax = 16;
    const std::string_view digits =
        line.substr(0, line.find(';'));  // extensions mean nothing to us
    if (digits.empty() || digits.size() > kDigitsMax) return State::Bad;
    std::uint64_t size = 0;
    const char* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, size, 16);
    if (error != std::errc{} || end != last || digits.front() == '-') return State::Bad;
    if (size > bytes_max_ - std::min(bytes_max_, body_bytes)) return State::TooLarge;
    data_left_ = size;
    expects_ = size == 0 ? Expects::Trailer : Expects::EndOfData;
    return State::More;
}

// Read and dropped; but what would have changed the framing, had it stood in the head, is refused.
ChunkedReader::State ChunkedReader::take_trailer(std::string_view line) {
    if (line.empty()) return State::Done;
    trailer_bytes_ += line.size();
    const std::string_view name = line.substr(0, line.find(':'));
    if (trailer_bytes_ > kTrailerBytesMax || name.size() == line.size() || !is_token(name)) {
        return State::Bad;
    }
    for (const std::string_view framing : {"content-length", "transfer-encoding", "host"}) {
        if (ascii_equal_ignoring_case(name, framing)) return State::Bad;
    }
    return State::More;
}

std::string_view reason_of(int status) {
    switch (status) {
        case 100: return "Continue";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 413: return "Content Too Large";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 503: return "Service Unavailable";
        case 505: return "HTTP Version Not Supported";
        case 507: return "Insufficient Storage";
        default: return "Status";
    }
}

namespace {

void append_number(std::string& out, std::uint64_t n, int base = 10) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, n, base).ptr);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    const std::size_t from = out.size();
    out.append(value);
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
        [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    out.append("\r\n");
}

}  // namespace

std::string_view append_reply(std::string& out, const HttpResponse& response,
                              const ReplyWriting& how, std::string_view date) {
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::uint64_t>(response.status));
    out.append(" ").append(reason_of(response.status)).append("\r\n");
    for (const auto& [name, value] : response.headers) append_header(out, name, value);
    out.append("Date: ").append(date).append("\r\n");
    const bool bodyless = response.status == 204 || response.status == 304 || response.status < 200;
    if (how.framing == BodyFraming::Chunked) {
        out.append("Transfer-Encoding: chunked\r\n");
    } else if (how.framing == BodyFraming::Length && !bodyless) {
        out.append("Content-Length: ");
        append_number(out, response.body.size() + response.file.size());
        out.append("\r\n");
    }
    if (how.close) {
        out.append("Connection: close\r\n");
    } else if (how.http10) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
    if (bodyless || how.head_only) return {};
    if (how.framing != BodyFraming::Chunked) {
        out.append(response.body);
        return response.file;
    }
    if (!response.body.empty()) append_chunk(out, response.body);
    return {};
}

void append_chunk(std::string& out, std::string_view bytes) {
    append_number(out, bytes.size(), 16);
    out.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace filrouge::os
