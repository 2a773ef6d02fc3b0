// Any bytes as the clear or sealed part of a record: nothing crashes, and what is understood is
// written and read again as the same. Built by -DFILROUGE_FUZZ=ON with clang.
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "consent/proof.h"
#include "consent/suppressions.h"
#include "engine/event_record.h"
#include "engine/records.h"
#include "engine/staff_record.h"
#include "engine/sweep_record.h"
#include "storage/expiries.h"

namespace {

using namespace filrouge;
using namespace filrouge::engine;

// `bytes` may be more than they mean (a later version's fields); written once, nothing changes.
// `before` is what is known when they are read.
template <class Facts>
void check(bool (*decode)(BytesView, Facts&), void (*encode)(const Facts&, Bytes&), BytesView bytes,
           const Facts& before = {}) {
    Facts first = before;
    if (!decode(bytes, first)) return;
    Bytes once, twice;
    encode(first, once);
    Facts second = before;
    ASSERT(decode(once, second));
    encode(second, twice);
    ASSERT(once == twice);
}

bool decode_entry(BytesView bytes, consent::Entry& entry) {
    auto read = consent::decode_entry(bytes);
    if (read) entry = *std::move(read);
    return read.has_value();
}

}  // namespace

// The first byte chooses the record.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const BytesView bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 15) {
        case 0:
            check<Event>(decode_event_clear, encode_event_clear, bytes);
            static_cast<void>(dedupe_facts(bytes));
            break;
        case 1: {
            Event clear;
            clear.brand = data[0] / 6 % 2;
            check<Event>(decode_event_sealed, encode_event_sealed, bytes, clear);
            break;
        }
        case 2:
            check<QuarantineFacts>(decode_quarantine_clear, encode_quarantine_clear, bytes);
            break;
        case 3: check<DocumentFacts>(decode_document, encode_document, bytes); break;
        case 4: check<audience::Rate>(decode_rate, encode_rate, bytes); break;
        case 5: check<NotKeptFacts>(decode_not_kept, encode_not_kept, bytes); break;
        case 6: check<PredictedFacts>(decode_predicted_clear, encode_predicted_clear, bytes); break;
        case 7:
            check<PredictedFacts>(decode_predicted_sealed, encode_predicted_sealed, bytes);
            break;
        case 8: check<consent::Entry>(decode_entry, consent::encode_entry, bytes); break;
        case 10: check<StaffItem>(decode_staff_clear, encode_staff_clear, bytes); break;
        case 11: check<StaffItem>(decode_staff_sealed, encode_staff_sealed, bytes); break;
        case 12: check<Expiry>(decode_expiry, encode_expiry, bytes); break;
        case 13: check<SweptFacts>(decode_swept, encode_swept, bytes); break;
        case 14: {
            Event event;
            static_cast<void>(decode_event(bytes, bytes, event));
            static_cast<void>(decode_event_content(bytes, true, event));
            break;
        }
        default:
            check<consent::Suppression>(consent::decode_suppression, consent::encode_suppression,
                                        bytes);
    }
    return 0;
}
