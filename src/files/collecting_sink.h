// A sink that keeps what it is given: for tests, and for looking at what a map makes of a file.
#pragma once

#include <iterator>
#include <string>
#include <unordered_set>
#include <vector>

#include "collect/incoming_codec.h"
#include "files/importer.h"

namespace filrouge::files {

class CollectingSink final : public ImportSink {
  public:
    Result<void> send(Bytes batch) override {
        ++batches;
        auto more = TRY(collect::decode_items(batch));
        items.insert(items.end(), std::make_move_iterator(more.begin()),
                     std::make_move_iterator(more.end()));
        return {};
    }
    // Deduplicates by message id over all runs into this sink, as the engine does for ever.
    Result<Done> finish() override {
        Done done;
        for (; counted_ < items.size(); ++counted_) {
            const auto* event = std::get_if<collect::Incoming>(&items[counted_]);
            const std::string& id = event != nullptr
                                        ? event->event.message_id
                                        : std::get<collect::Unfit>(items[counted_]).message_id;
            if (!ids_.insert(id).second)
                ++done.deduplicated;
            else if (event != nullptr)
                ++done.stored;
            else
                ++done.quarantined;
        }
        return done;
    }
    std::vector<collect::Item> items;
    std::size_t batches = 0;

  private:
    std::size_t counted_ = 0;
    std::unordered_set<std::string> ids_;
};

}  // namespace filrouge::files
