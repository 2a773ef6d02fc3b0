#include "engine/questions_under_way.h"

#include <algorithm>

#include "base/json_writer.h"

namespace filrouge::engine {

bool QuestionsUnderWay::has_place() const {
    return static_cast<std::size_t>(std::count_if(seats_.begin(), seats_.end(), [](const Seat* s) {
               return !s->waits_;
           })) < kQuestionsMax;
}

Result<std::unique_ptr<QuestionsUnderWay::Seat>> QuestionsUnderWay::enter(
    const std::string& id, std::chrono::milliseconds wait) {
    if (id.size() > kQuestionIdMax)
        return Error{"question.invalid",
                     "The question's id has " + std::to_string(id.size()) +
                         " bytes; the limit is " + std::to_string(kQuestionIdMax) + ".",
                     "Give a shorter one, or none."};
    std::unique_ptr<Seat> seat;  // goes after the lock, which its going takes
    std::unique_lock guard(mutex_);
    for (const Seat* other : seats_) {
        if (!id.empty() && other->id_ == id)
            return Error{"question_exists", "A question of this id is being answered.",
                         "Give another id, or none."};
    }
    seat = std::make_unique<Seat>(*this, id);
    seats_.push_back(seat.get());
    const auto ends = [&] { return closed_ || seat->run.cancelled() || has_place(); };
    const bool ended = changed_.wait_for(guard, wait, ends);
    if (!closed_) TRY(seat->run.check());
    if (!ended || closed_)
        return Error{"question.overloaded",
                     "There are already " + std::to_string(kQuestionsMax) +
                         " questions being answered; that is the limit.",
                     "Wait for one, or cancel it: GET /api/v1/questions lists them."};
    seat->waits_ = false;
    return seat;
}

void QuestionsUnderWay::leave(const Seat& seat) {
    const std::lock_guard guard(mutex_);
    seats_.remove_if([&seat](const Seat* s) { return s == &seat; });
    changed_.notify_all();
}

std::string QuestionsUnderWay::json(std::string_view id) const {
    std::string out;
    JsonWriter w(out);
    w.open_object().key("questions").open_array();
    const std::lock_guard guard(mutex_);
    for (const Seat* seat : seats_) {
        if (!id.empty() && seat->id_ != id) continue;
        const query::Run::Progress p = seat->run.progress();
        w.open_object().field("id", seat->id_);
        w.field("doing", seat->waits_ ? "waiting for its turn" : p.what);
        w.field("done", std::min(p.done, p.of)).field("of", p.of);
        w.field("memory_bytes", seat->run.memory()).close();
    }
    w.close().close();
    return out;
}

std::string QuestionsUnderWay::cancel(std::string_view id) {
    const std::lock_guard guard(mutex_);
    const auto seat = std::find_if(seats_.begin(), seats_.end(),
                                   [id](const Seat* s) { return !s->id_.empty() && s->id_ == id; });
    if (seat == seats_.end()) return R"({"cancelled":false})";
    (*seat)->run.cancel();
    changed_.notify_all();
    return R"({"cancelled":true})";
}

void QuestionsUnderWay::cancel_all() {
    const std::lock_guard guard(mutex_);
    closed_ = true;
    for (Seat* seat : seats_) seat->run.cancel();
    changed_.notify_all();
}

}  // namespace filrouge::engine
