#include "os/http_connection.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/assert.h"
#include "os/http_worker.h"

namespace filrouge::os {

namespace {

constexpr std::size_t kBodyFirstBytes = 64 * 1024;  // set aside before a byte of it is here
constexpr std::size_t kBodyRoom = 64;  // behind the body: JSON is parsed where it stands
constexpr std::size_t kUnsentBytesMax = 64 * 1024;       // past it no further request is read
constexpr std::size_t kKeptCapacityMax = 8 * 1024;       // of an idle connection's buffers
constexpr std::uint64_t kSkippedBytesMax = 1024 * 1024;  // of a refused body, to keep the line open
constexpr int kReadsPerTurnMax = 16;  // then the other connections have their turn

}  // namespace

Connection::Connection(Worker& worker, Socket socket, std::uint64_t id, Peer peer)
    : worker_(worker),
      socket_(std::move(socket)),
      id_(id),
      peer_(std::move(peer)),
      scanner_(worker.limits()),
      since_ms_(worker.now_ms()),
      progress_ms_(since_ms_) {}

void Connection::start(TlsContext* tls) {
    wire_.start(socket_.native_handle(), tls);
    on_readable();
}

bool Connection::wants_input() const {
    switch (state_) {
        case State::Head:
        case State::Body:
        case State::Chunks:
        case State::Skip: return file_.empty() && out_.size() - out_sent_ <= kUnsentBytesMax;
        case State::Streaming:  // to learn that the client left
        case State::Linger: return true;
        case State::Handling:
        case State::Last:
        case State::Closed: return false;
    }
    return false;
}

// ---- reading -------------------------------------------------------------------------------

void Connection::on_readable() {
    for (int turn = 0; turn < kReadsPerTurnMax && wants_input(); ++turn) {
        const Transfer got = state_ == State::Body                      ? read_body()
                             : state_ == State::Skip && !wire_.is_tls() ? discard_body()
                                                                        : read_some();
        read_needs_write_ = got.state == Transfer::State::WaitWrite;
        if (got.state == Transfer::State::End) end_of_input();
        if (got.state != Transfer::State::Some) break;
        // A short read has emptied the socket; TLS may still hold decrypted bytes.
        if (!wire_.is_tls() && got.bytes < Worker::kScratchBytes && state_ != State::Body) break;
    }
    settle();
}

Transfer Connection::read_some() {
    char* scratch = worker_.scratch();
    const Transfer got = wire_.read(scratch, Worker::kScratchBytes);
    if (got.state == Transfer::State::Some) consume_or_keep({scratch, got.bytes});
    return got;
}

Transfer Connection::read_body() {
    std::string& body = head_.request.body;
    if (body.size() == received_) {
        const std::uint64_t wanted = std::max<std::uint64_t>(kBodyFirstBytes, 2 * received_);
        const std::uint64_t size = std::min(wanted, head_.content_length);
        if (!take_room(size)) return {Transfer::State::WaitRead, 0};
        body.reserve(size + kBodyRoom);
        body.resize(size);
    }
    const Transfer got = wire_.read(body.data() + received_, body.size() - received_);
    if (got.state != Transfer::State::Some) return got;
    received_ += got.bytes;
    if (received_ == head_.content_length) {
        consuming_ = true;
        complete();
        consuming_ = false;
    }
    return got;
}

Transfer Connection::discard_body() {
    const Transfer got = wire_.discard(head_.content_length - received_);
    received_ += got.bytes;
    if (received_ == head_.content_length) next_request();
    return got;
}

void Connection::consume_or_keep(std::string_view bytes) {
    std::string joined;
    if (!in_.empty()) {
        joined.swap(in_);
        joined.append(bytes);
        bytes = joined;
    }
    const std::size_t used = consume(bytes);
    if (used < bytes.size() && state_ != State::Closed) in_.assign(bytes.substr(used));
}

std::size_t Connection::consume(std::string_view bytes) {
    consuming_ = true;
    std::size_t used = 0;
    while (used < bytes.size() && wants_input()) {
        const std::string_view rest = bytes.substr(used);
        std::size_t n = rest.size();  // Streaming and Linger throw everything away
        if (state_ == State::Head)
            n = take_head(rest);
        else if (state_ == State::Body)
            n = take_body(rest);
        else if (state_ == State::Chunks)
            n = take_chunks(rest);
        else if (state_ == State::Skip)
            n = skip(rest);
        if (n == 0) break;
        used += n;
    }
    consuming_ = false;
    return used;
}

std::size_t Connection::take_head(std::string_view bytes) {
    if (!scanner_.started()) since_ms_ = worker_.now_ms();
    const std::size_t size = scanner_.scan(bytes);
    if (scanner_.refused_with() != 0) {
        reply_head_only_ = false;
        refuse(scanner_.refused_with());
        return bytes.size();
    }
    if (size == 0) return 0;
    scanner_.reset();
    if (const int status = read_head(bytes.substr(0, size), worker_.limits(), head_); status != 0) {
        refuse(status);
        return bytes.size();
    }
    reply_keep_alive_ = head_.keep_alive && !worker_.is_draining();
    reply_head_only_ = head_.request.method == "HEAD";
    head_.request.peer = peer_.address;
    const auto refusal =
        worker_.handler().refuse(head_.request, worker_.arrival(head_.content_length));
    if (refusal != nullptr) {
        refuse_politely(*refusal);
    } else {
        begin_body();
    }
    return size;
}

void Connection::begin_body() {
    received_ = 0;
    since_ms_ = worker_.now_ms();
    receiving_ = {since_ms_, 0, 0};
    const bool has_body = head_.chunked || head_.content_length > 0;
    if (!has_body) return complete();
    if (head_.expects_continue) {
        if (out_.empty()) begin_sending();
        out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (head_.chunked) {
        chunks_ = std::make_unique<ChunkedReader>(std::min(
            worker_.limits().body_bytes_max, worker_.handler().body_bytes_max(head_.request)));
        state_ = State::Chunks;
    } else {
        state_ = State::Body;
    }
}

std::size_t Connection::take_body(std::string_view bytes) {
    ASSERT(received_ == 0);  // whatever comes later goes straight into the body
    const auto here =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), head_.content_length));
    if (!take_room(std::min<std::uint64_t>(head_.content_length, kBodyFirstBytes))) {
        return bytes.size();
    }
    std::string& body = head_.request.body;
    body.reserve(std::min<std::size_t>(head_.content_length, kBodyFirstBytes) + kBodyRoom);
    body.assign(bytes.substr(0, here));
    received_ = here;
    if (received_ == head_.content_length) complete();
    return here;
}

std::size_t Connection::take_chunks(std::string_view bytes) {
    std::size_t used = 0;
    const ChunkedReader::State state = chunks_->read(bytes, used, head_.request.body);
    received_ = head_.request.body.size();
    switch (state) {
        case ChunkedReader::State::More:
            if (!take_room(received_)) return bytes.size();
            break;
        case ChunkedReader::State::Done:
            chunks_.reset();
            complete();
            break;
        case ChunkedReader::State::Bad:
        case ChunkedReader::State::TooLarge:
            chunks_.reset();
            refuse(state == ChunkedReader::State::Bad ? 400 : 413);
            return bytes.size();
    }
    return used;
}

bool Connection::take_room(std::uint64_t bytes) {
    if (bytes <= room_) return true;
    std::atomic<std::uint64_t>& all = worker_.totals().bodies_bytes;
    const std::uint64_t more = bytes - room_;
    const std::uint64_t taken = all.fetch_add(more) + more;
    const ListenerLimits& limits = worker_.limits();
    if (taken <= limits.bodies_bytes_max ||
        (taken <= limits.bodies_bytes_max + limits.first_bodies_bytes_max &&
         worker_.handler().goes_first(head_.request))) {
        room_ = bytes;
        return true;
    }
    all -= more;
    chunks_.reset();
    refuse(503);
    return false;
}

void Connection::give_room_back() { worker_.totals().bodies_bytes -= std::exchange(room_, 0); }

std::size_t Connection::skip(std::string_view bytes) {
    const std::uint64_t left = head_.content_length - received_;
    const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left));
    received_ += here;
    if (received_ == head_.content_length) next_request();
    return here;
}

void Connection::complete() {
    state_ = State::Handling;
    since_ms_ = worker_.now_ms();
    whole_at_ = std::chrono::steady_clock::now();
    if (worker_.handler().goes_first(head_.request)) return hand_over();
    worker_.wait_for_turn(id_);
}

// Who has waited too long is told so: by now most of the senders behind it have given up, too.
void Connection::take_turn(std::int64_t waited_ms) {
    const auto refusal =
        worker_.handler().refuse(head_.request, worker_.arrival(head_.content_length, waited_ms));
    if (refusal != nullptr) {
        give_room_back();
        head_.request = {};
        answer(*refusal, After::KeepOpen);
        return settle();
    }
    consuming_ = true;
    hand_over();
    consuming_ = false;
    settle();
}

void Connection::hand_over() {
    give_room_back();  // from here on the handler's own bounds hold
    head_.request.waited = {std::chrono::duration_cast<std::chrono::microseconds>(
                                std::chrono::steady_clock::now() - whole_at_)
                                .count()};
    worker_.handler().handle(std::move(head_.request),
                             std::make_shared<Exchange>(worker_.mailbox(), id_));
    head_.request = {};
}

// The client may have closed one direction only: what it was answered goes to its end.
void Connection::end_of_input() {
    if (state_ != State::Streaming && !unsent().empty()) {
        give_room_back();
        head_.request.body = {};
        after_ = After::Close;
        state_ = State::Last;
        return;
    }
    const bool is_cut = state_ == State::Chunks || state_ == State::Body ||
                        (state_ == State::Head && scanner_.started());
    if (!is_cut || wire_.is_tls()) return close();
    refuse(400);
}

// ---- answering -----------------------------------------------------------------------------

void Connection::take(Message message) {
    if (state_ == State::Closed) return;
    switch (message.kind) {
        case Message::Kind::Reply:
            ASSERT(state_ == State::Handling);
            return answer(message.response, After::KeepOpen);
        case Message::Kind::Dropped:
            if (state_ == State::Streaming) return close();
            if (state_ == State::Last) return;  // a stream that HEAD asked for: nothing was to come
            ASSERT(state_ == State::Handling);
            message.response.status = 500;
            return answer(message.response, After::Close);
        case Message::Kind::StreamStart: return begin_stream(message);
        case Message::Kind::StreamData: return move_stream();
    }
}

bool Connection::take_answer_room(std::uint64_t bytes) {
    const std::uint64_t all = out_.size() + bytes;
    if (all <= std::max<std::uint64_t>(answer_room_, kUnsentBytesMax)) return true;
    std::atomic<std::uint64_t>& total = worker_.totals().answers_bytes;
    const std::uint64_t more = all - answer_room_;
    const bool has_room = total.fetch_add(more) < worker_.limits().answers_bytes_max;
    if (has_room || bytes <= kUnsentBytesMax) {
        answer_room_ = all;
        return true;
    }
    total -= more;
    return false;
}

void Connection::begin_sending() {
    progress_ms_ = worker_.now_ms();
    sending_ = {progress_ms_, 0, sent_};
}

void Connection::answer(const HttpResponse& response, After after) {
    if (!take_answer_room(reply_head_only_ ? 0 : response.body.size())) return refuse(503);
    ReplyWriting how;
    if (after == After::KeepOpen &&
        (response.close || !reply_keep_alive_ || worker_.is_draining())) {
        after = After::Close;
    }
    how.close = after != After::KeepOpen;
    how.http10 = !head_.http11;
    how.head_only = reply_head_only_;
    if (out_.empty()) begin_sending();
    file_ = append_reply(out_, response, how, worker_.date());
    if (file_.size() <= kUnsentBytesMax) out_.append(std::exchange(file_, {}));
    after_ = after;
    if (after == After::KeepOpen) {
        next_request();
    } else {
        state_ = State::Last;
    }
}

void Connection::next_request() {
    state_ = State::Head;
    since_ms_ = worker_.now_ms();
    if (worker_.is_draining()) {
        after_ = After::Close;
        state_ = State::Last;
    }
}

void Connection::refuse(int status) {
    give_room_back();
    head_.request.body = {};
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    response.body = std::string(reason_of(status)) + "\n";
    answer(response, After::Linger);
}

// The request is well formed, only not wanted now: its body is thrown away unread by anyone, so
// that the connection stays usable, unless that would cost more than a new one.
void Connection::refuse_politely(const HttpResponse& response) {
    const bool skippable = !head_.chunked && !head_.expects_continue && !response.close &&
                           reply_keep_alive_ && head_.content_length <= kSkippedBytesMax;
    if (!skippable && (head_.chunked || head_.content_length > 0)) {
        return answer(response, After::Linger);
    }
    answer(response, After::KeepOpen);
    if (state_ != State::Head || head_.content_length == 0) return;
    received_ = 0;
    receiving_ = {since_ms_, 0, 0};
    state_ = State::Skip;
}

void Connection::begin_stream(Message& message) {
    ASSERT(state_ == State::Handling);
    stream_ = std::move(message.stream);
    ReplyWriting how;
    how.framing = head_.http11 ? BodyFraming::Chunked : BodyFraming::UntilClose;
    how.close = !head_.http11 || !reply_keep_alive_ || reply_head_only_;
    append_reply(out_, message.response, how, worker_.date());
    begin_sending();
    state_ = State::Streaming;
    if (reply_head_only_) end_stream_at_head();
    if (worker_.is_draining()) close();
}

// No byte may follow the head of an answer to HEAD; whoever writes the stream is told so.
void Connection::end_stream_at_head() {
    const std::shared_ptr<StreamBuffer> stream = std::exchange(stream_, nullptr);
    const std::lock_guard lock(stream->mutex);
    stream->gone = true;
    state_ = State::Last;
    after_ = After::Close;
}

void Connection::move_stream() {
    if (stream_ == nullptr) return;
    const std::lock_guard lock(stream_->mutex);
    stream_->woken = false;
    if (stream_->gone) {  // its client does not read: the connection ends without a last chunk
        state_ = State::Last;
        after_ = After::Close;
        all_sent();
        return;
    }
    if (out_.empty()) begin_sending();
    if (!stream_->waiting.empty()) {
        if (head_.http11)
            append_chunk(out_, stream_->waiting);
        else
            out_.append(stream_->waiting);
        stream_->waiting.clear();
    }
    if (!stream_->ended) return;
    sending_ = {worker_.now_ms(), 0, sent_};  // a stream has a bound of its own, its end none
    if (head_.http11) out_.append(kLastChunk);
    if (head_.http11 && reply_keep_alive_ && in_.empty()) {
        next_request();
    } else {
        state_ = State::Last;
        after_ = After::Close;
    }
}

// ---- writing -------------------------------------------------------------------------------

// Writes what there is to write, goes on with requests that were read but had to wait, and asks
// to be called again.
void Connection::settle() {
    flush();
    while (!in_.empty() && wants_input()) {
        const std::size_t before = in_.size();
        std::string bytes;
        bytes.swap(in_);
        const std::size_t used = consume(bytes);
        if (used < bytes.size() && state_ != State::Closed) in_.assign(bytes, used);
        flush();
        if (in_.size() == before) break;  // half a request
    }
    arm();
}

std::string_view Connection::unsent() const {
    return out_sent_ < out_.size() ? std::string_view(out_).substr(out_sent_) : file_;
}

void Connection::flush() {
    while (!unsent().empty() && state_ != State::Closed) {
        const Transfer put = wire_.write(unsent());
        if (put.state == Transfer::State::End) return close();
        if (put.state != Transfer::State::Some) return arm_write();
        sent(put.bytes);
    }
    if (state_ == State::Closed) return;
    all_sent();
    if (out_.capacity() > kKeptCapacityMax) out_.shrink_to_fit();
    if (state_ != State::Last) return;
    if (after_ == After::Linger) {
        begin_linger();
    } else {
        close();
    }
}

void Connection::all_sent() {
    out_sent_ = 0;
    out_.clear();
    if (answer_room_ != 0) worker_.totals().answers_bytes -= std::exchange(answer_room_, 0);
}

void Connection::sent(std::size_t bytes) {
    sent_ += bytes;
    if (out_sent_ < out_.size())
        out_sent_ += bytes;
    else
        file_.remove_prefix(bytes);
    progress_ms_ = worker_.now_ms();
    if (stream_ == nullptr) return;
    const std::lock_guard lock(stream_->mutex);
    stream_->unsent -= std::min(stream_->unsent, bytes);
}

void Connection::begin_linger() {
    wire_.finish();
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    state_ = State::Linger;
    since_ms_ = worker_.now_ms();
    in_.clear();
    arm();
}

void Connection::on_writable() {
    flush();
    if (state_ == State::Closed) return;
    if (read_needs_write_) return on_readable();
    if (out_.empty()) settle();
}

void Connection::arm() {
    if (state_ == State::Closed || read_armed_ || !wants_input()) return;
    if (read_needs_write_) return arm_write();
    read_armed_ = true;
    socket_.async_wait(Socket::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->read_armed_ = false;
                           if (!error && self->state_ != State::Closed) self->on_readable();
                       });
}

void Connection::arm_write() {
    if (state_ == State::Closed || write_armed_) return;
    write_armed_ = true;
    socket_.async_wait(Socket::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->write_armed_ = false;
                           if (!error && self->state_ != State::Closed) self->on_writable();
                       });
}

// ---- the end -------------------------------------------------------------------------------

void Connection::drain() {
    if (state_ == State::Streaming ||
        (state_ == State::Head && !scanner_.started() && out_.empty())) {
        close();
    }
}

void Connection::close() {
    if (state_ == State::Closed) return;
    state_ = State::Closed;
    give_room_back();
    all_sent();
    if (stream_ != nullptr) {
        const std::lock_guard lock(stream_->mutex);
        stream_->gone = true;
    }
    boost::system::error_code ignored;
    socket_.close(ignored);
    worker_.forget(id_);
}

}  // namespace filrouge::os
