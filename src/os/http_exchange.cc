#include "os/http_exchange.h"

#include <utility>

#include "base/assert.h"
#include "os/http_worker.h"

namespace filrouge::os {

void Mailbox::send(Message message) {
    const std::lock_guard lock(mutex);
    if (worker == nullptr) return;
    waiting.push_back(std::move(message));
    if (woken) return;
    woken = true;
    worker->wake();
}

void Exchange::send(Message message) {
    message.connection = connection_;
    if (Worker* worker = Worker::current();
        worker != nullptr && worker->mailbox() == mailbox_ && worker->take_directly(message)) {
        return;
    }
    mailbox_->send(std::move(message));
}

Exchange::~Exchange() {
    if (!answered_) {
        send({0, Message::Kind::Dropped, {}, nullptr});
    } else if (stream_ != nullptr) {
        bool ended = false;
        {
            const std::lock_guard lock(stream_->mutex);
            ended = stream_->ended || stream_->gone;
        }
        if (!ended) send({0, Message::Kind::Dropped, {}, nullptr});
    }
}

void Exchange::reply(HttpResponse response) {
    ASSERT(!answered_.exchange(true));
    send({0, Message::Kind::Reply, std::move(response), nullptr});
}

void Exchange::start_stream(HttpResponse head) {
    ASSERT(!answered_.exchange(true));
    stream_ = std::make_shared<StreamBuffer>();
    send({0, Message::Kind::StreamStart, std::move(head), stream_});
}

bool Exchange::write(std::string_view chunk) {
    ASSERT(stream_ != nullptr);
    if (chunk.empty()) return true;
    bool wake_up = false;
    {
        const std::lock_guard lock(stream_->mutex);
        if (stream_->gone || stream_->ended) return false;
        stream_->gone = stream_->unsent + chunk.size() > kStreamUnsentBytesMax;
        if (!stream_->gone) {
            stream_->waiting.append(chunk);
            stream_->unsent += chunk.size();
        }
        wake_up = !stream_->woken;
        stream_->woken = true;
        if (stream_->gone && !wake_up) return false;
    }
    if (wake_up) wake();
    const std::lock_guard lock(stream_->mutex);
    return !stream_->gone;
}

void Exchange::end_stream() {
    ASSERT(stream_ != nullptr);
    {
        const std::lock_guard lock(stream_->mutex);
        if (stream_->gone || stream_->ended) return;
        stream_->ended = true;
        if (stream_->woken) return;
        stream_->woken = true;
    }
    wake();
}

void Exchange::wake() { send({0, Message::Kind::StreamData, {}, nullptr}); }

}  // namespace filrouge::os
