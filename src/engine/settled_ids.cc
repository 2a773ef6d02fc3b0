#include "engine/settled_ids.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/crc32c.h"
#include "base/fetch_ahead.h"
#include "base/huge_pages.h"
#include "base/room_writer.h"

namespace filrouge::engine {
namespace {

constexpr std::string_view kMagic("FRIDS\0\0\1", 8);
constexpr std::size_t kHeaderBytes = 40;  // magic, count, sequence, ids before, zeros, CRC32C
constexpr std::size_t kEntryBytes = 12;
constexpr std::size_t kEntriesPerBlock = 341;
constexpr std::size_t kBlockBytes = kEntriesPerBlock * kEntryBytes + 4;  // and its CRC32C
static_assert(kBlockBytes == 4'096);
constexpr std::size_t kBlocksPerWrite = 256;
// Syncing on the way keeps the log's syncs, on the same device, from queueing behind a large file.
constexpr std::uint64_t kSyncEveryBytes = 4 * 1024 * 1024;
constexpr std::size_t kRunsMax = 4;  // each is asked for an id that none has
// Of a file that is joined with those after it, at most so many times their ids: what is large is
// written again only when much has come since.
constexpr std::uint64_t kJoinedShare = 2;
constexpr std::string_view kSuffix = ".ids", kUnfinished = ".new";

Error damaged(const std::string& path) {
    return Error{"state.settled_ids", "The file " + path + " is damaged.",
                 "Remove it and start again: it is made anew from the log."};
}

std::uint64_t blocks_of(std::uint64_t count) {
    return (count + kEntriesPerBlock - 1) / kEntriesPerBlock;
}

// A split block Bloom filter: one bit in each of eight words, all in half a cache line. With 10
// bits an id about one id in a hundred that is not there is looked for on disk.
class Filter {
  public:
    explicit Filter(std::uint64_t ids) : blocks_(ids * kBitsPerId / 256 + 1) {}
    void add(std::uint64_t key) {
        Block& block = blocks_[at(key)];
        for (std::size_t i = 0; i < block.size(); ++i) block[i] |= bit(key, i);
    }
    bool may_have(std::uint64_t key) const {
        const Block& block = blocks_[at(key)];
        for (std::size_t i = 0; i < block.size(); ++i) {
            if ((block[i] & bit(key, i)) == 0) return false;
        }
        return true;
    }
    void prefetch(std::uint64_t key) const { fetch_ahead(&blocks_[at(key)]); }
    std::uint64_t bytes() const { return blocks_.size() * sizeof(Block); }

  private:
    static constexpr std::uint64_t kBitsPerId = 10;
    using Block = std::array<std::uint32_t, 8>;
    static std::uint32_t bit(std::uint64_t key, std::size_t word) {
        constexpr std::array<std::uint32_t, 8> kOdd = {0x47b6137b, 0x44974d91, 0x8824ad5b,
                                                       0xa2b7289d, 0x705495c7, 0x2df1424b,
                                                       0x9efc4947, 0x5c6bfb31};
        return 1u << (static_cast<std::uint32_t>(key) * kOdd[word] >> 27);
    }
    std::size_t at(std::uint64_t key) const {  // by the upper half, the bits by the lower
        return static_cast<std::size_t>((key >> 32) * blocks_.size() >> 32);
    }
    std::vector<Block, HugePages<Block>> blocks_;
};

// A block's bytes as its ids.
class Block {
  public:
    // Of the `left` ids from its first on. Not good when its checksum is wrong.
    Block(BytesView bytes, std::uint64_t left)
        : bytes_(bytes),
          size_(static_cast<std::size_t>(std::min<std::uint64_t>(left, kEntriesPerBlock))) {}
    bool good() const {
        if (bytes_.size() != kBlockBytes) return false;
        ByteReader crc(bytes_.substr(kBlockBytes - 4));
        return crc.u32() == crc32c(bytes_.substr(0, kBlockBytes - 4));
    }
    std::size_t size() const { return size_; }
    SettledId at(std::size_t i) const {
        ByteReader r(bytes_.substr(i * kEntryBytes, kEntryBytes));
        const std::uint64_t key = r.u64();
        return {key, r.u32()};
    }
    std::optional<std::uint32_t> find(std::uint64_t key) const {
        std::size_t from = 0, to = size_;
        while (from < to) {
            const std::size_t middle = (from + to) / 2;
            const SettledId id = at(middle);
            if (id.key == key) return id.check;
            (id.key < key ? from : to) = id.key < key ? middle + 1 : middle;
        }
        return std::nullopt;
    }

  private:
    BytesView bytes_;
    std::size_t size_;
};

}  // namespace

class SettledIds::Run {
  public:
    // Ids in ascending order of key are put, then finish() makes the file what it is called. Of one
    // that is not finished nothing stays: a full disk gets back what it gave.
    class Writer {
      public:
        Writer(Disk& disk, std::string path, std::uint64_t count_max, std::uint64_t sequence,
               std::uint64_t ids_before)
            : disk_(disk), path_(std::move(path)), run_(new Run(count_max, sequence)) {
            run_->before_ = ids_before;
        }
        ~Writer() {
            if (run_ == nullptr) return;
            for (const std::string& path : {path_ + std::string(kUnfinished), path_}) {
                if (disk_.exists(path)) static_cast<void>(disk_.remove(path));
            }
        }
        Writer(const Writer&) = delete;
        Writer& operator=(const Writer&) = delete;
        Result<void> open() {
            file_ = TRY(disk_.open(path_ + std::string(kUnfinished), Disk::Open::Create));
            return file_->truncate(0);
        }
        Result<void> put(const SettledId& id) {
            if (in_block_ == 0) {
                run_->first_.push_back(id.key);
                block_at_ = buffer_.size();
            }
            run_->filter_.add(id.key);
            ++run_->count_;
            std::array<char, kEntryBytes> entry{};
            RoomWriter w(entry.data());
            w.u64(id.key);
            w.u32(id.check);
            buffer_.append(entry.data(), entry.size());
            if (++in_block_ == kEntriesPerBlock) TRY(end_block());
            return {};
        }
        Result<std::shared_ptr<const Run>> finish(const std::string& folder) {
            if (in_block_ != 0) TRY(end_block());
            TRY(flush());
            ByteWriter w(buffer_);
            w.raw(kMagic);
            w.u64(run_->count_);
            w.u64(run_->sequence_);
            w.u64(run_->before_);
            w.u32(0);
            w.u32(crc32c(buffer_));
            TRY(file_->write_at(0, buffer_));
            TRY(file_->sync_data());
            TRY(disk_.rename(path_ + std::string(kUnfinished), path_));
            TRY(disk_.sync_folder(folder));
            run_->path_ = path_;
            run_->file_ = std::move(file_);
            return std::shared_ptr<const Run>(std::move(run_));
        }

      private:
        Result<void> end_block() {
            buffer_.resize(block_at_ + kBlockBytes - 4);  // the last one is filled with zeros
            const std::uint32_t crc = crc32c(BytesView(buffer_).substr(block_at_));
            ByteWriter(buffer_).u32(crc);
            in_block_ = 0;
            return buffer_.size() >= kBlocksPerWrite * kBlockBytes ? flush() : Result<void>{};
        }
        Result<void> flush() {
            TRY(file_->write_at(written_, buffer_));
            written_ += buffer_.size();
            unsynced_ += buffer_.size();
            buffer_.clear();
            if (unsynced_ < kSyncEveryBytes) return {};
            unsynced_ = 0;
            return file_->sync_data();
        }
        Disk& disk_;
        std::string path_;
        std::unique_ptr<Run> run_;
        std::unique_ptr<File> file_;
        Bytes buffer_;
        std::size_t in_block_ = 0, block_at_ = 0;
        std::uint64_t written_ = kHeaderBytes;  // the header comes last
        std::uint64_t unsynced_ = 0;
    };

    // Reads all of it once: what is wrong shows here, not when an id is asked.
    static Result<std::shared_ptr<const Run>> open(Disk& disk, const std::string& path) {
        auto file = TRY(disk.open(path, Disk::Open::Existing));
        Bytes bytes;
        TRY(file->read_at(0, kHeaderBytes, bytes));
        if (bytes.size() != kHeaderBytes || !bytes.starts_with(kMagic)) return damaged(path);
        ByteReader r(BytesView(bytes).substr(kMagic.size()));
        const std::uint64_t count = r.u64();
        const std::uint64_t sequence = r.u64();
        const std::uint64_t ids_before = r.u64();
        r.u32();
        if (r.u32() != crc32c(BytesView(bytes).substr(0, kHeaderBytes - 4))) return damaged(path);
        if (TRY(file->size()) != kHeaderBytes + blocks_of(count) * kBlockBytes)
            return damaged(path);
        std::unique_ptr<Run> run(new Run(count, sequence));
        run->count_ = count;
        run->before_ = ids_before;
        run->path_ = path;
        run->file_ = std::move(file);
        std::uint64_t last = 0;
        Cursor cursor(*run);
        while (TRY(cursor.next())) {
            const std::uint64_t key = cursor.id().key;
            if (key <= last) return damaged(path);
            last = key;
            if (cursor.begins_block()) run->first_.push_back(key);
            run->filter_.add(key);
        }
        return std::shared_ptr<const Run>(std::move(run));
    }

    // Its ids, one after the other.
    class Cursor {
      public:
        explicit Cursor(const Run& run) : run_(&run) {}
        // False at the end. Before the first id() and after each.
        Result<bool> next() {
            if (at_ == run_->count_) return false;
            in_block_ = static_cast<std::size_t>(at_ % kEntriesPerBlock);
            if (in_block_ == 0) TRY(load(at_ / kEntriesPerBlock));
            ++at_;
            return true;
        }
        SettledId id() const { return block_->at(in_block_); }
        bool begins_block() const { return in_block_ == 0; }

      private:
        Result<void> load(std::uint64_t block) {
            if (block % kBlocksPerWrite == 0)
                TRY(run_->file_->read_at(kHeaderBytes + block * kBlockBytes,
                                         kBlocksPerWrite * kBlockBytes, bytes_));
            const std::size_t offset =
                static_cast<std::size_t>(block % kBlocksPerWrite) * kBlockBytes;
            if (offset >= bytes_.size()) return damaged(run_->path_);
            block_.emplace(BytesView(bytes_).substr(offset, kBlockBytes), run_->count_ - at_);
            return block_->good() ? Result<void>{} : damaged(run_->path_);
        }
        const Run* run_;
        std::uint64_t at_ = 0;  // ids before the next
        std::size_t in_block_ = 0;
        Bytes bytes_;
        std::optional<Block> block_;
    };

    void prefetch(std::uint64_t key) const { filter_.prefetch(key); }
    Result<std::optional<std::uint32_t>> find(std::uint64_t key) const {
        using Answer = std::optional<std::uint32_t>;
        if (!filter_.may_have(key)) return Answer();
        const auto after = std::upper_bound(first_.begin(), first_.end(), key);
        if (after == first_.begin()) return Answer();
        const auto block = static_cast<std::uint64_t>(after - first_.begin() - 1);
        thread_local Bytes bytes;
        TRY(file_->read_at(kHeaderBytes + block * kBlockBytes, kBlockBytes, bytes));
        const Block ids(bytes, count_ - block * kEntriesPerBlock);
        if (!ids.good()) return damaged(path_);
        return ids.find(key);
    }
    std::uint64_t count() const { return count_; }
    std::uint64_t sequence() const { return sequence_; }
    std::uint64_t before() const { return before_; }
    std::uint64_t memory() const { return filter_.bytes() + first_.size() * sizeof first_[0]; }
    const std::string& path() const { return path_; }

  private:
    Run(std::uint64_t count_max, std::uint64_t sequence) : sequence_(sequence), filter_(count_max) {
        first_.reserve(static_cast<std::size_t>(blocks_of(count_max)));
    }
    std::uint64_t count_ = 0, sequence_, before_ = 0;
    Filter filter_;
    std::vector<std::uint64_t> first_;  // key of each block
    std::string path_;
    std::unique_ptr<File> file_;
};

SettledIds::SettledIds(Disk& disk, std::string folder) : disk_(disk), folder_(std::move(folder)) {}
SettledIds::~SettledIds() = default;

// Names ascend in the order of making. A file tells how many ids those before it hold, without
// those it was joined of: so a missing one shows, and those that were joined and are still there.
std::string SettledIds::path_of(std::uint64_t number) const {
    const std::string digits = std::to_string(number);
    return folder_ + "/" + std::string(12 - digits.size(), '0') + digits + std::string(kSuffix);
}

std::shared_ptr<const SettledIds::Runs> SettledIds::runs() const {
    const std::lock_guard guard(mutex_);
    return runs_;
}

void SettledIds::set_runs(Runs runs) {
    std::uint64_t ids = 0;
    for (const auto& run : runs) ids += run->count();
    auto all = std::make_shared<const Runs>(std::move(runs));
    const std::lock_guard guard(mutex_);
    runs_ = std::move(all);
    size_ = ids;
}

// From the newest back, each ends where the one after it begins.
Result<SettledIds::Runs> SettledIds::found_runs(std::uint64_t last_sequence) {
    std::vector<std::string> names = TRY(disk_.list(folder_));
    std::erase_if(names, [](const std::string& n) { return !n.ends_with(kSuffix); });  // unfinished
    Runs runs;
    for (; !names.empty(); names.pop_back()) {
        const std::string& name = names.back();
        std::uint64_t number = 0;
        std::from_chars(name.data(), name.data() + name.size(), number);
        next_number_ = std::max(next_number_, number + 1);
        if (!runs.empty() && runs.front()->before() == 0) break;
        auto run = TRY(Run::open(disk_, folder_ + "/" + name));
        if (run->sequence() > last_sequence) return damaged(run->path());
        if (!runs.empty()) {
            const std::uint64_t end = runs.front()->before();
            if (run->before() >= end) {  // the newer one was joined of it, and others
                TRY(disk_.remove(run->path()));
                continue;
            }
            if (run->before() + run->count() != end) return damaged(run->path());
        }
        runs.insert(runs.begin(), std::move(run));
    }
    if (!runs.empty() && runs.front()->before() != 0) return damaged(runs.front()->path());
    for (const std::string& joined : names) TRY(disk_.remove(folder_ + "/" + joined));
    return runs;
}

Result<bool> SettledIds::open(std::uint64_t last_sequence) {
    TRY(disk_.make_folder(folder_));
    for (const std::string& name : TRY(disk_.list(folder_))) {
        // Of a process that was killed. One that stays is only space.
        if (name.ends_with(kUnfinished))
            static_cast<void>(disk_.remove(std::string(folder_).append("/").append(name)));
    }
    auto found = found_runs(last_sequence);
    if (!found.ok()) {
        TRY(clear());
        return false;
    }
    const bool any = !found.value().empty();
    set_runs(std::move(found).value());
    return any;
}

Result<void> SettledIds::clear() {
    set_runs({});
    for (const std::string& name : TRY(disk_.list(folder_)))
        TRY(disk_.remove(folder_ + "/" + name));
    return disk_.sync_folder(folder_);
}

void SettledIds::Known::prefetch(std::uint64_t key) const {
    for (const auto& run : *runs_) run->prefetch(key);
}

Result<std::optional<std::uint32_t>> SettledIds::Known::find(std::uint64_t key) const {
    for (const auto& run : *runs_) {
        if (const auto check = TRY(run->find(key))) return check;
    }
    return std::optional<std::uint32_t>();
}

Result<void> SettledIds::add(std::vector<SettledId> ids, std::uint64_t sequence) {
    if (ids.empty()) return {};
    if (!std::is_sorted(ids.begin(), ids.end())) std::sort(ids.begin(), ids.end());
    Run::Writer writer(disk_, path_of(next_number_++), ids.size(), sequence, size());
    TRY(writer.open());
    for (const SettledId& id : ids) TRY(writer.put(id));
    Runs all = *runs();
    all.push_back(TRY(writer.finish(folder_)));
    set_runs(std::move(all));
    return {};
}

// The first of those at the end that are joined: the last two, and what is not much larger than all
// after it.
std::size_t SettledIds::joined_from(const Runs& runs) {
    std::size_t from = runs.size() - 1;
    std::uint64_t after = runs[from]->count();
    while (from > 0 && (from + 1 == runs.size() || runs[from - 1]->count() <= kJoinedShare * after))
        after += runs[--from]->count();
    return from;
}

Result<std::shared_ptr<const SettledIds::Run>> SettledIds::join(
    std::span<const std::shared_ptr<const Run>> runs) {
    std::uint64_t count = 0, sequence = 0;
    std::vector<Run::Cursor> cursors;
    for (const auto& run : runs) {
        count += run->count();
        sequence = std::max(sequence, run->sequence());
        cursors.emplace_back(*run);
        if (!TRY(cursors.back().next())) cursors.pop_back();
    }
    Run::Writer writer(disk_, path_of(next_number_++), count, sequence, runs.front()->before());
    TRY(writer.open());
    while (!cursors.empty()) {  // few: the lowest is found by looking at each
        auto lowest = cursors.begin();
        for (auto c = lowest + 1; c != cursors.end(); ++c) {
            if (c->id().key < lowest->id().key) lowest = c;
        }
        TRY(writer.put(lowest->id()));
        if (!TRY(lowest->next())) cursors.erase(lowest);
    }
    return writer.finish(folder_);
}

Result<void> SettledIds::merge() {
    const auto held = runs();
    if (held->size() <= kRunsMax) return {};
    const auto from = static_cast<std::ptrdiff_t>(joined_from(*held));
    Runs all(held->begin(), held->begin() + from);
    const Runs old(held->begin() + from, held->end());
    all.push_back(TRY(join(old)));
    set_runs(std::move(all));
    for (const auto& run : old) TRY(disk_.remove(run->path()));
    return disk_.sync_folder(folder_);
}

std::uint64_t SettledIds::memory_bytes() const {
    std::uint64_t sum = 0;
    const auto all = runs();
    for (const auto& run : *all) sum += run->memory();
    return sum;
}

}  // namespace filrouge::engine
