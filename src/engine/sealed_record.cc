#include "engine/sealed_record.h"

#include <utility>

#include "engine/records.h"
#include "storage/seal.h"

namespace filrouge::engine {

Prepared sealed_record(KeyStore& keys, RecordType type, FragmentNo fragment, const EventId& id,
                       Bytes clear, Bytes plain) {
    Prepared p;
    p.id = id;
    p.record.type = type;
    p.record.fragment = fragment;
    p.record.clear = std::move(clear);
    p.plain = std::move(plain);
    seal(keys.create(fragment), nonce_of(id), p.record.clear, p.plain, p.record.sealed);
    return p;
}

}  // namespace filrouge::engine
