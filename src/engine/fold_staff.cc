// The fold's part for notes and tasks of the staff: where they stand. Nothing else depends on them.
#include "engine/fold.h"

namespace filrouge::engine {

void Fold::apply_staff_item(const RecordView& record) {
    StaffItem item;
    if (is_erased(record.fragment) || !is_met(record.fragment)) return;
    if (!decode_staff_clear(record.clear, item)) return;
    const auto kind = record.type == RecordType::StaffNote ? StaffKind::Note : StaffKind::Task;
    staff.put(kind, record.fragment, dictionary.intern(item.store, history::Room::Rule), item,
              record.sequence);
}

}  // namespace filrouge::engine
