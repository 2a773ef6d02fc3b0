// HTTP/1.1 as bytes: heads and chunked bodies in, reply heads out. One meaning a request: what two
// readers could understand differently (two lengths, a length beside chunks, a bare CR or LF, a
// folded line, a space before a colon, an unknown transfer coding) is refused with 400.
// No socket and no state beyond one request; the listener and the tests drive it with bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "seam/listener.h"

namespace filrouge::os {

// Finds the end of a request head in bytes that arrive in pieces, looking at each byte once.
class HeadScanner {
  public:
    explicit HeadScanner(const ListenerLimits& limits) : limits_(&limits) {}
    // `bytes` begin with the first byte of the head and are those of the call before with more
    // behind them. 0: not whole yet, or refused (see below).
    std::size_t scan(std::string_view bytes);
    int refused_with() const { return refused_; }  // 0, 400 or 431
    bool started() const { return at_ > 0; }
    void reset() { *this = HeadScanner(*limits_); }

  private:
    std::size_t refuse(int status);
    const ListenerLimits* limits_;
    std::size_t at_ = 0;    // scanned so far
    std::size_t line_ = 0;  // start of the line that is being read
    std::uint32_t lines_ = 0;
    int refused_ = 0;
};

struct RequestHead {
    HttpRequest request;  // without body and peer
    bool http11 = false;
    bool keep_alive = false;
    bool chunked = false;
    bool expects_continue = false;
    std::uint64_t content_length = 0;  // 0 when chunked
};

// Reads a whole head, as HeadScanner found it. 0, or the status to refuse it with (400, 413, 417,
// 431, 501, 505); `head` is then unspecified.
int read_head(std::string_view bytes, const ListenerLimits& limits, RequestHead& head);

// Undoes the chunked transfer coding. Every byte is looked at once and none is kept but an
// unfinished line. Ours rather than Beast's, which asserts on bytes that a slow sender can choose.
class ChunkedReader {
  public:
    enum class State { More, Done, Bad, TooLarge };
    explicit ChunkedReader(std::uint64_t body_bytes_max) : bytes_max_(body_bytes_max) {}
    // Appends to `body`; `used` tells how many bytes were taken. What is left after Done belongs to
    // the next request.
    State read(std::string_view bytes, std::size_t& used, std::string& body);

  private:
    enum class Expects { Size, EndOfData, Trailer };
    State take_line(std::uint64_t body_bytes);
    State take_size(std::string_view line, std::uint64_t body_bytes);
    State take_trailer(std::string_view line);
    const std::uint64_t bytes_max_;
    State state_ = State::More;
    Expects expects_ = Expects::Size;
    std::uint64_t data_left_ = 0;
    std::size_t trailer_bytes_ = 0;
    std::string line_;
};

enum class BodyFraming { Length, Chunked, UntilClose };
struct ReplyWriting {
    BodyFraming framing = BodyFraming::Length;
    bool close = false;
    bool http10 = false;
    bool head_only = false;  // the request was HEAD
};
// `date` is the value of the Date header. A CR or LF in a header becomes a space. Answers what is
// still to be sent after it: the response's file, where its body goes by its length.
std::string_view append_reply(std::string& out, const HttpResponse& response,
                              const ReplyWriting& how, std::string_view date);
void append_chunk(std::string& out, std::string_view bytes);  // bytes must not be empty
constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string_view reason_of(int status);

}  // namespace filrouge::os
