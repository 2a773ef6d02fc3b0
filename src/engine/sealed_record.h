// A record that a desk writes about somebody, sealed by the key of the identifier it hangs on.
#pragma once

#include "base/bytes.h"
#include "engine/admission.h"
#include "model/record.h"
#include "storage/keys.h"

namespace filrouge::engine {

// `id` is of this record alone: it is the seal's nonce. The key is made where there is none yet.
Prepared sealed_record(KeyStore& keys, RecordType type, FragmentNo fragment, const EventId& id,
                       Bytes clear, Bytes plain);

}  // namespace filrouge::engine
