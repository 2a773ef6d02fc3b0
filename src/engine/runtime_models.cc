// The Runtime's models: run when somebody asks, and again when a refit is due and the shop rests.
#include <boost/json.hpp>
#include <shared_mutex>

#include "engine/model_run.h"
#include "engine/runtime_impl.h"

namespace filrouge::engine {

namespace json = boost::json;

Result<std::string> RuntimeImpl::models(std::string_view brand) {
    return models_json(answering(), brand);
}

Result<std::string> RuntimeImpl::run_model(ModelKind kind, std::string_view text,
                                           const Mask& mask) {
    json::error_code bad;
    const json::value parsed = json::parse({text.data(), text.size()}, bad);
    if (bad || !parsed.is_object())
        return Error{"api.invalid_json", "The body must be a JSON object.",
                     "See /api/v1/openapi.json for an example."};
    return fit_and_write(kind, parsed.get_object(), mask);
}

void RuntimeImpl::delete_model(std::string id, bool confirmed, Reply done) {
    const std::unique_lock running(model_mutex_, kRunWait);
    if (!running.owns_lock()) return done(model_under_way());
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        std::string told = TRY(model_removal(library(), id, confirmed));
        if (confirmed) TRY(put_document(RecordType::ModelChange, id, "", true));
        return told;
    }());
}

Result<std::string> RuntimeImpl::fit_and_write(ModelKind kind, const json::object& request,
                                               const Mask& mask) {
    if (short_of_disk())
        return Error{"engine.disk_full", "The disk has too little space left for predictions.",
                     "Free space, or lower [engine] free_disk_bytes_min."};
    const auto seat = TRY(asked_.enter(""));
    const std::unique_lock guard(model_mutex_, kRunWait);
    if (!guard.owns_lock()) return model_under_way();
    const std::shared_lock still(tables_lock_);
    const ModelDesk desk{
        library(), [this] { return admission_.new_id(); },
        [this](std::vector<Prepared> records) { return write_now(std::move(records)); }};
    return engine::run_model(desk, kind, request, as_event_time(seams_.clock.now()), seat->run,
                             mask);
}

// Where one failed all wait for the next time: what is missing (buyers, an audience, disk) is not
// there within the hour.
void RuntimeImpl::refit_due_models() {
    const EventTime now = as_event_time(seams_.clock.now());
    if (now < next_refit_) return;
    for (const DueModel& due : models_due(library(), now)) {
        const auto done = fit_and_write(due.kind, due.request, Mask());
        if (done.ok()) continue;
        next_refit_ = now + hours(1);
        tell({"model not refitted", {{"code", done.error().code}}});
    }
}

}  // namespace filrouge::engine
