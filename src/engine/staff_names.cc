#include "engine/accounts.h"
#include "engine/settings_record.h"
#include "engine/staff_desk_impl.h"

namespace filrouge::engine {

StaffNames::StaffNames(const Fold& fold) {
    for (const DocumentView& d : fold.documents.of(RecordType::TokenChange)) {
        if (const auto token = parse_token(d.json)) names_[std::string(d.id)] = token->name;
    }
    for (const DocumentView& d : fold.documents.of(RecordType::AccountChange)) {
        if (const auto account = parse_account(d.id, d.json)) names_[account->id] = account->name;
    }
}

std::string_view StaffNames::of(std::string_view id) const {
    const auto at = names_.find(id);
    return at == names_.end() ? std::string_view() : at->second;
}

}  // namespace filrouge::engine
