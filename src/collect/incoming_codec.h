// Items as bytes, for a batch of an import on its way from the command line to the server
// (POST /api/v1/import). Not a storage format: both ends are of one version, and bytes of another
// are refused whole.
//
//   batch = version u8, count u32, item*
//   item  = 0 u8, event   |   1 u8, sized code, sized message, sized raw, sized message id
//
// What only the engine may say of an event (fragment, source, verdict, id, dedupe key) is not in
// it. Numbers and strings are those of base/bytes.h.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "collect/incoming.h"

namespace filrouge::collect {

constexpr std::string_view kIncomingMediaType = "application/x-filrouge-events";
constexpr std::size_t kItemsPerBatchMax = kBatchEventsMax;

// Packs items as they are made, so that nobody has to hold a batch of them.
class BatchWriter {
  public:
    BatchWriter() { begin(); }
    void add(const Item& item);
    std::size_t items() const { return items_; }
    bool states_consents() const { return states_consents_; }  // one of them at least
    Bytes take();                                              // the batch; the next one begins

  private:
    void begin();
    Bytes bytes_;
    Bytes item_;  // scratch: room for the largest item there was
    std::uint32_t items_ = 0;
    bool states_consents_ = false;
};

Bytes encode_items(const std::vector<Item>& items);
// Every limit of fit.h that the engine relies on is checked again. "collect.bad_import".
Result<std::vector<Item>> decode_items(BytesView bytes);

}  // namespace filrouge::collect
