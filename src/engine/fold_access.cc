// The fold's part for who is signed in and which calls are kept. Nothing else depends on it.
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

void Fold::apply_call(const RecordView& record) {
    CallKept call;
    if (decode_call_kept(record.clear, call)) calls.apply(call, record.sequence, record.received);
}

}  // namespace filrouge::engine
