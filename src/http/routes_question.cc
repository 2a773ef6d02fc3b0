// Questions about the history: answered as JSON, as CSV (Accept: text/csv), or as a stream that
// tells how far it is before it answers (Accept: text/event-stream).
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/json_writer.h"
#include "http/call.h"
#include "http/handlers.h"
#include "http/services.h"

namespace filrouge::http {
namespace {

constexpr std::chrono::milliseconds kProgressEvery{200};

bool accepts(const Call& call, std::string_view type) {
    return call.request.header("accept").find(type) != std::string_view::npos;
}

std::string error_json(const Error& error) {
    std::string json;
    JsonWriter(json)
        .open_object()
        .field("status", status_of(error))
        .field("code", error.code)
        .field("message", error.message)
        .field("hint", error.hint)
        .close();
    return json;
}

// While the question is answered on this thread, another tells how far it is; when nobody listens
// any more, it cancels.
class ProgressTeller {
  public:
    ProgressTeller(const CallPtr& call, std::string id)
        : call_(call), id_(std::move(id)), thread_([this] { run(); }) {}
    ~ProgressTeller() {
        {
            const std::lock_guard guard(mutex_);
            done_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }
    ProgressTeller(const ProgressTeller&) = delete;
    ProgressTeller& operator=(const ProgressTeller&) = delete;

  private:
    void run() {
        std::unique_lock guard(mutex_);
        while (!wake_.wait_for(guard, kProgressEvery, [this] { return done_; })) {
            const auto json = call_->runtime().questions(id_);
            if (!json.ok()) continue;
            if (call_->responder->write("event: progress\ndata: " + json.value() + "\n\n"))
                continue;
            static_cast<void>(call_->runtime().cancel_question(id_));
        }
    }
    CallPtr call_;
    std::string id_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool done_ = false;  // guarded by mutex_
    std::thread thread_;
};

void stream_answer(const CallPtr& call, const std::string& id) {
    HttpResponse head;
    head.headers = {{"Content-Type", "text/event-stream"},
                    {"Cache-Control", "no-store"},
                    {"X-Content-Type-Options", "nosniff"}};
    call->services->counters.answered(*call->route, 200);
    call->responder->start_stream(std::move(head));
    call->responder->write(": connected\n\n");
    Result<std::string> answer = [&] {
        const ProgressTeller teller(call, id);
        return call->runtime().ask(call->request.body, engine::AnswerForm::Json, id, call->mask());
    }();
    call->responder->write(answer.ok()
                               ? "event: answer\ndata: " + answer.value() + "\n\n"
                               : "event: error\ndata: " + error_json(answer.error()) + "\n\n");
    call->responder->end_stream();
}

}  // namespace

void post_question(const CallPtr& call) {
    const std::string id = call->query("id").value_or("");
    // A stream's question has a name of its own, so that it can be stopped when nobody listens.
    if (accepts(*call, "text/event-stream"))
        return stream_answer(call, id.empty() ? call->trace.span_text() : id);
    const bool csv = accepts(*call, "text/csv");
    Result<std::string> answer = call->runtime().ask(
        call->request.body, csv ? engine::AnswerForm::Csv : engine::AnswerForm::Json, id,
        call->mask());
    if (!csv || !answer.ok()) return call->reply_result(std::move(answer));
    HttpResponse response;
    response.headers = {{"Content-Type", "text/csv; charset=utf-8"},
                        {"Cache-Control", "no-store"},
                        {"X-Content-Type-Options", "nosniff"}};
    response.body = std::move(answer.value());
    call->reply(std::move(response));
}

void post_question_events(const CallPtr& call) {
    call->reply_result(call->runtime().question_events(
        call->request.body, call->query("id").value_or(""), call->mask()));
}

void post_value_model(const CallPtr& call) {
    call->reply_result(
        call->runtime().run_model(ModelKind::Value, call->request.body, call->mask()));
}

void post_lookalike_model(const CallPtr& call) {
    call->reply_result(
        call->runtime().run_model(ModelKind::Lookalike, call->request.body, call->mask()));
}

void get_models(const CallPtr& call) {
    call->reply_result(call->runtime().models(call->query("brand").value_or("")));
}

void get_questions(const CallPtr& call) { call->reply_result(call->runtime().questions("")); }

void delete_question(const CallPtr& call) {
    call->reply_result(call->runtime().cancel_question(call->values.at(0)));
}

}  // namespace filrouge::http
