#include "files/lookup.h"

#include <algorithm>
#include <cstring>

namespace filrouge::files {
namespace {

constexpr std::size_t kChunkBytes = 1024 * 1024;

}  // namespace

std::string_view Lookup::keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > chunk_left_) {
        const std::size_t size = std::max(kChunkBytes, text.size());
        chunks_.push_back(std::make_unique<char[]>(size));
        chunk_left_ = size;
        bytes_ += size;
    }
    // The free part of a chunk is its end, and a chunk larger than kChunkBytes is filled at once.
    const std::size_t size = std::max(kChunkBytes, chunk_left_);
    char* at = chunks_.back().get() + (size - chunk_left_);
    std::memcpy(at, text.data(), text.size());
    chunk_left_ -= text.size();
    return {at, text.size()};
}

Cell Lookup::keep(const Cell& cell) {
    Cell kept = keep(cell.text);
    kept.is_number = cell.is_number;
    return kept;
}

Result<Lookup> Lookup::load(const ImportMap& map, const LookupMap& lookup,
                            const std::string& path) {
    Lookup out;
    out.name_ = lookup.name;
    auto bytes = TRY(ByteStream::open(path));
    auto reader = lookup.format == FileFormat::Csv
                      ? TRY(open_csv(std::move(bytes), lookup.csv))
                      : TRY(open_json_lines(std::move(bytes), lookup.csv.columns));
    out.columns_ = reader->columns();
    const auto key = std::find(out.columns_.begin(), out.columns_.end(), lookup.key);
    if (key == out.columns_.end()) {
        return map.error(lookup.line,
                         "the lookup '" + lookup.name + "' has no column '" + lookup.key + "'");
    }
    const auto key_at = static_cast<std::size_t>(key - out.columns_.begin());
    Record record;
    for (;;) {
        const Read read = TRY(reader->next(record));
        if (read == Read::End) break;
        if (read == Read::Unfit || record.fields.size() < out.columns_.size()) {
            ++out.unfit_rows_;
            continue;
        }
        if (record.fields[key_at].empty() || out.rows_.contains(record.fields[key_at])) continue;
        if (out.rows_.size() == kLookupRowsMax || out.bytes_ > kLookupBytesMax) {
            return Error{"files.lookup_too_large",
                         "the lookup '" + lookup.name + "' has more than " +
                             std::to_string(kLookupRowsMax) + " rows or " +
                             std::to_string(kLookupBytesMax >> 20) + " MiB",
                         "Keep the columns and rows that the import needs."};
        }
        const auto row = static_cast<std::uint32_t>(out.rows_.size());
        for (std::size_t i = 0; i < out.columns_.size(); ++i)
            out.cells_.push_back(out.keep(record.fields[i]));
        out.rows_.emplace(out.cells_[row * out.columns_.size() + key_at], row);
    }
    return out;
}

}  // namespace filrouge::files
