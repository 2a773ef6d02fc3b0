// The few named things that operators make: settings, sources, audiences, tokens, webhooks. One
// JSON document each, the latest record's; kept in an arena so that snapshots cover them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/record.h"
#include "storage/table.h"

namespace filrouge::engine {

struct DocumentView {
    std::uint32_t number = 0;  // dense over all documents, given at the first record, never reused
    RecordType type = RecordType::Settings;
    std::string_view id;
    std::string_view json;  // empty when removed
    bool removed = false;
    std::uint64_t sequence = 0;
};

class Documents {
  public:
    Documents(TableSpace& space, std::uint16_t first_id);  // takes 2 ids
    // Answers the document's number.
    std::uint32_t put(RecordType type, std::string_view id, std::string_view json, bool removed,
                      std::uint64_t sequence);
    DocumentView at(std::uint32_t number) const;
    std::uint32_t size() const { return rows_.size(); }
    std::vector<DocumentView> of(RecordType type) const;  // not removed, by number

  private:
    struct Row {
        std::uint64_t sequence;
        std::uint64_t id_offset;
        std::uint64_t json_offset;
        std::uint32_t id_length;
        std::uint32_t json_length;
        std::uint32_t type;
        std::uint32_t removed;
    };
    std::uint64_t store(std::string_view text);
    Table<Row> rows_;
    Arena texts_;
};

}  // namespace filrouge::engine
