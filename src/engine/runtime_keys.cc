// The master key of a running engine: another in its place, while keys are made and forgotten.
#include "base/json_writer.h"
#include "engine/failure.h"
#include "engine/runtime_impl.h"

namespace filrouge::engine {

// Not under command_mutex_: nothing that is stored changes by it, and whoever withdraws or is
// erased meanwhile does not wait.
Result<std::string> RuntimeImpl::rotate_master_key() {
    const std::lock_guard one(forget_mutex_);
    const auto rotated = filrouge::rotate_master_key(seams_.disk, *keys_, folder_ + kMasterKeyFile);
    if (!rotated.ok())
        return failed_unless_full(rotated.error(), [this](const Error& error) { fail(error); });
    const char* in = rotated.value() == MasterKeyIn::File ? "file" : "environment";
    tell({"master key rotated", {{"in", in}}});
    std::string json;
    JsonWriter(json).open_object().field("rotated", true).field("in", in).close();
    return json;
}

// A rotation that was prepared, or cut off, and what the start has made of it.
void RuntimeImpl::tell_next_key(NextKey next) const {
    if (next != NextKey::None) tell({"next master key", {{"state", std::string(name_of(next))}}});
}

}  // namespace filrouge::engine
