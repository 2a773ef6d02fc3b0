#include "engine/documents.h"

#include <cstring>

namespace filrouge::engine {

Documents::Documents(TableSpace& space, std::uint16_t first_id)
    : rows_(space, first_id), texts_(space, static_cast<std::uint16_t>(first_id + 1)) {}

std::uint64_t Documents::store(std::string_view text) {
    const std::uint64_t offset = texts_.size();
    texts_.resize(offset + text.size());
    texts_.mark(offset, text.size());
    if (!text.empty()) std::memcpy(texts_.data() + offset, text.data(), text.size());
    return offset;
}

std::uint32_t Documents::put(RecordType type, std::string_view id, std::string_view json,
                             bool removed, std::uint64_t sequence) {
    std::uint32_t number = 0;
    for (; number < rows_.size(); ++number) {
        const DocumentView known = at(number);
        if (known.type == type && known.id == id) break;
    }
    if (number == rows_.size()) {
        rows_.append({sequence, store(id), 0, static_cast<std::uint32_t>(id.size()), 0,
                      static_cast<std::uint32_t>(type), 0});
    }
    // An old text stays behind: documents change by hand, not by the thousand.
    const std::uint64_t offset = store(removed ? std::string_view{} : json);
    Row& row = rows_.edit(number);
    row.sequence = sequence;
    row.json_offset = offset;
    row.json_length = removed ? 0 : static_cast<std::uint32_t>(json.size());
    row.removed = removed ? 1 : 0;
    return number;
}

DocumentView Documents::at(std::uint32_t number) const {
    const Row& row = rows_.at(number);
    return {number,
            static_cast<RecordType>(row.type),
            {texts_.data() + row.id_offset, row.id_length},
            {texts_.data() + row.json_offset, row.json_length},
            row.removed != 0,
            row.sequence};
}

std::vector<DocumentView> Documents::of(RecordType type) const {
    std::vector<DocumentView> out;
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        const DocumentView view = at(i);
        if (view.type == type && !view.removed) out.push_back(view);
    }
    return out;
}

}  // namespace filrouge::engine
