// A file held in memory to be joined on its key: products, campaigns, stores. The first row of a
// key counts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "files/map.h"

namespace filrouge::files {

constexpr std::size_t kLookupRowsMax = 10'000'000;
constexpr std::size_t kLookupBytesMax = std::size_t{2} << 30;

class Lookup {
  public:
    static Result<Lookup> load(const ImportMap& map, const LookupMap& lookup,
                               const std::string& path);

    const std::string& name() const { return name_; }
    const std::vector<std::string>& columns() const { return columns_; }
    // The row of a key as columns().size() cells, or nullptr.
    const Cell* find(std::string_view key) const {
        const auto at = rows_.find(key);
        return at == rows_.end() ? nullptr
                                 : cells_.data() + std::size_t{at->second} * columns_.size();
    }
    std::uint64_t unfit_rows() const { return unfit_rows_; }

  private:
    std::string_view keep(std::string_view text);
    Cell keep(const Cell& cell);
    std::string name_;
    std::vector<std::string> columns_;
    std::vector<std::unique_ptr<char[]>> chunks_;  // the texts; never moved
    std::size_t chunk_left_ = 0;
    std::size_t bytes_ = 0;
    std::vector<Cell> cells_;
    std::unordered_map<std::string_view, std::uint32_t> rows_;
    std::uint64_t unfit_rows_ = 0;
};

}  // namespace filrouge::files
