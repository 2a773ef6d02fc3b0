// The fold's part for who is signed in. Nothing else depends on it.
#include "engine/fold.h"
#include "engine/session_record.h"

namespace filrouge::engine {

void Fold::apply_session(const RecordView& record) {
    SessionChange change;
    if (decode_session(record.clear, change)) sessions.change(change);
}

void Fold::apply_uses(const RecordView& record) {
    CredentialsUsed used;
    if (decode_uses(record.clear, used)) sessions.use(used);
}

}  // namespace filrouge::engine
