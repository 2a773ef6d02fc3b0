#include <shared_mutex>

#include "base/json_writer.h"
#include "engine/accounts.h"
#include "engine/settings_record.h"
#include "engine/staff_desk_impl.h"

namespace filrouge::engine {
namespace {

// each(id, name, kind) of whoever answers for a call.
template <class Each>
void each_actor(const Fold& fold, Each each) {
    for (const DocumentView& d : fold.documents.of(RecordType::TokenChange)) {
        if (const auto token = parse_token(d.json)) each(d.id, token->name, "token");
    }
    for (const DocumentView& d : fold.documents.of(RecordType::AccountChange)) {
        if (const auto account = parse_account(d.id, d.json)) each(d.id, account->name, "account");
    }
}

}  // namespace

StaffNames::StaffNames(const Fold& fold) {
    each_actor(fold, [this](std::string_view id, const std::string& name, const char*) {
        names_[std::string(id)] = name;
    });
}

std::string_view StaffNames::of(std::string_view id) const {
    const auto at = names_.find(id);
    return at == names_.end() ? std::string_view() : at->second;
}

Result<std::string> StaffDeskImpl::actors() {
    const std::shared_lock<FairLock> reading(library_.lock);
    std::string out;
    JsonWriter w(out);
    w.open_object().key("actors").open_array();
    each_actor(library_.fold, [&w](std::string_view id, const std::string& name, const char* kind) {
        w.open_object().field("id", id).field("name", name).field("kind", kind).close();
    });
    w.close().close();
    return out;
}

}  // namespace filrouge::engine
