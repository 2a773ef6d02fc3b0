#include "storage/snapshot_file.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/crc32c.h"
#include "storage/aead.h"
#include "storage/raw_bytes.h"
#include "storage/snapshot.h"

namespace filrouge::snapshot_file {

Error broken(const std::string& path, const std::string& what) {
    return {std::string(kSnapshotBroken), path + ": " + what + ".",
            "It is ignored; the log has everything."};
}

namespace {

constexpr std::uint32_t kFormat = 1;
constexpr BytesView kMagic("FRSNAP1\0", 8);
constexpr BytesView kEndMagic("FRSNEND1", 8);
constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kArenaBytes = 16;
constexpr std::size_t kBlockHeaderBytes = 28;
constexpr std::size_t kFooterBytes = 32;
constexpr std::size_t kNonceAt = 16;   // in a block
constexpr std::uint8_t kPageKind = 4;  // beside the kinds of keys.md, so that none opens as another
constexpr std::size_t kBufferBytes = 2 * 1024 * 1024;
// Syncing on the way keeps the log's syncs, on the same device, from queueing behind a gigabyte.
constexpr std::uint64_t kSyncEveryBytes = 4 * 1024 * 1024;
constexpr std::size_t kNameDigits = 12;
constexpr std::uint32_t kKindWhole = 1;
constexpr std::uint32_t kKindIncrement = 2;

class PageName {  // what a sealed page is bound to
  public:
    PageName(std::uint16_t arena, std::uint64_t page, std::uint64_t sequence) {
        store_le(bytes_, arena);
        store_le(bytes_ + 2, page);
        store_le(bytes_ + 10, sequence);
    }
    BytesView view() const { return {bytes_, sizeof bytes_}; }

  private:
    char bytes_[18];
};

Bytes encode_header(const Header& header) {
    Bytes out(kHeaderBytes, '\0');
    std::memcpy(out.data(), kMagic.data(), kMagic.size());
    store_le(out.data() + 8, kFormat);
    store_le(out.data() + 12, header.fold_version);
    store_le(out.data() + 16, header.sequence);
    store_le(out.data() + 24, header.builds_on);
    store_le(out.data() + 32, header.whole ? kKindWhole : kKindIncrement);
    store_le(out.data() + 36, header.arenas);
    store_le(out.data() + 40, header.pages);
    store_le(out.data() + 60, crc32c(BytesView(out).substr(0, 60)));
    return out;
}

Result<Header> decode_header(BytesView bytes, const std::string& path) {
    if (bytes.size() < kHeaderBytes || bytes.substr(0, 8) != kMagic ||
        load_le<std::uint32_t>(bytes.data() + 60) != crc32c(bytes.substr(0, 60))) {
        return broken(path, "the header is broken");
    }
    if (load_le<std::uint32_t>(bytes.data() + 8) != kFormat) {
        return Error{"snapshot.newer_format", path + " has a format this program does not know.",
                     "It is ignored; the log has everything."};
    }
    const auto kind = load_le<std::uint32_t>(bytes.data() + 32);
    if (kind != kKindWhole && kind != kKindIncrement) return broken(path, "the kind is unknown");
    return Header{
        load_le<std::uint32_t>(bytes.data() + 12), load_le<std::uint64_t>(bytes.data() + 16),
        load_le<std::uint64_t>(bytes.data() + 24), kind == kKindWhole,
        load_le<std::uint32_t>(bytes.data() + 36), load_le<std::uint64_t>(bytes.data() + 40)};
}

// Collects small pieces into large writes and sums their CRC.
class Writer {
  public:
    explicit Writer(File& file) : file_(file) { buffer_.resize(kBufferBytes); }
    // Room for `size` bytes, to be filled at once; at most kBufferBytes.
    Result<char*> room(std::size_t size) {
        ASSERT(size <= kBufferBytes);
        if (used_ + size > kBufferBytes) TRY(flush());
        char* at = buffer_.data() + used_;
        used_ += size;
        return at;
    }
    Result<void> raw(BytesView bytes) {
        std::memcpy(TRY(room(bytes.size())), bytes.data(), bytes.size());
        return {};
    }
    Result<void> flush() {
        const BytesView bytes(buffer_.data(), used_);
        crc_ = crc32c(bytes, crc_);
        TRY(file_.write_at(offset_, bytes));
        offset_ += used_;
        unsynced_ += used_;
        used_ = 0;
        if (unsynced_ < kSyncEveryBytes) return {};
        unsynced_ = 0;
        return file_.sync_data();
    }
    std::uint64_t written() const { return offset_; }
    std::uint32_t crc() const { return crc_; }  // of what was flushed

  private:
    File& file_;
    Bytes buffer_;
    std::size_t used_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t unsynced_ = 0;
    std::uint32_t crc_ = 0;
};

// Hands out pieces of a file in order through one large buffer and sums their CRC.
class Reader {
  public:
    Reader(const File& file, std::uint64_t end) : file_(file), end_(end) {}
    // Valid until the next call; shorter than asked only when the file is.
    Result<BytesView> take(std::size_t size) {
        if (at_ + size > buffer_.size()) TRY(refill(size));
        const BytesView out = BytesView(buffer_).substr(at_, size);
        crc_ = crc32c(out, crc_);
        at_ += out.size();
        return out;
    }
    std::uint64_t position() const { return buffer_from_ + at_; }
    std::uint32_t crc() const { return crc_; }

  private:
    Result<void> refill(std::size_t size) {
        buffer_from_ += at_;
        at_ = 0;
        const std::uint64_t left = end_ - std::min(end_, buffer_from_);
        const std::uint64_t wanted = std::min<std::uint64_t>(left, std::max(size, kBufferBytes));
        return file_.read_at(buffer_from_, static_cast<std::size_t>(wanted), buffer_);
    }
    const File& file_;
    std::uint64_t end_;
    Bytes buffer_;
    std::uint64_t buffer_from_ = 0;
    std::size_t at_ = 0;
    std::uint32_t crc_ = 0;
};

Result<void> write_page(Writer& writer, Random& random, const DataKey& key, std::uint64_t sequence,
                        const CapturedPage& page) {
    ASSERT(!page.bytes.empty() && page.bytes.size() <= kArenaPageBytes);
    char* at = TRY(writer.room(kBlockHeaderBytes + page.bytes.size() + aead::kTagBytes));
    store_le(at, page.arena);
    store_le(at + 2, std::uint16_t{0});
    store_le(at + 4, static_cast<std::uint32_t>(page.bytes.size()));
    store_le(at + 8, page.page);
    Nonce nonce;
    random.fill(reinterpret_cast<char*>(nonce.bytes.data()), nonce.bytes.size());
    std::memcpy(at + kNonceAt, nonce.bytes.data(), nonce.bytes.size());
    aead::encrypt(key, nonce, PageName(page.arena, page.page, sequence).view(), kPageKind,
                  page.bytes, at + kBlockHeaderBytes);
    return {};
}

Bytes encode_footer(std::uint64_t pages, std::uint64_t length, std::uint32_t crc) {
    Bytes out(kFooterBytes, '\0');
    std::memcpy(out.data(), kEndMagic.data(), kEndMagic.size());
    store_le(out.data() + 8, pages);
    store_le(out.data() + 16, length);
    store_le(out.data() + 24, crc);
    store_le(out.data() + 28, crc32c(BytesView(out).substr(0, 28)));
    return out;
}

// Checked before the first page is opened: a file that ends early is noticed at once.
Result<void> check_footer(const File& file, const std::string& path, std::uint64_t length,
                          const Header& header, std::uint32_t& crc) {
    Bytes bytes;
    if (length < kHeaderBytes + kFooterBytes) return broken(path, "the file is too short");
    TRY(file.read_at(length - kFooterBytes, kFooterBytes, bytes));
    if (bytes.size() != kFooterBytes || BytesView(bytes).substr(0, 8) != kEndMagic ||
        load_le<std::uint32_t>(bytes.data() + 28) != crc32c(BytesView(bytes).substr(0, 28)) ||
        load_le<std::uint64_t>(bytes.data() + 8) != header.pages ||
        load_le<std::uint64_t>(bytes.data() + 16) != length) {
        return broken(path, "the end is missing or broken");
    }
    crc = load_le<std::uint32_t>(bytes.data() + 24);
    return {};
}

Result<CapturedPage> read_page(Reader& reader, const DataKey& key, std::uint64_t sequence,
                               const std::string& path) {
    const Error bad =
        broken(path, "the page at offset " + std::to_string(reader.position()) + " does not open");
    const BytesView head = TRY(reader.take(kBlockHeaderBytes));
    if (head.size() != kBlockHeaderBytes) return bad;
    CapturedPage page;
    page.arena = load_le<std::uint16_t>(head.data());
    const std::size_t size = load_le<std::uint32_t>(head.data() + 4);
    page.page = load_le<std::uint64_t>(head.data() + 8);
    Nonce nonce;
    std::memcpy(nonce.bytes.data(), head.data() + kNonceAt, nonce.bytes.size());
    if (size == 0 || size > kArenaPageBytes) return bad;
    const BytesView sealed = TRY(reader.take(size + aead::kTagBytes));
    page.bytes.resize(size);
    if (sealed.size() != size + aead::kTagBytes ||
        !aead::decrypt(key, nonce, PageName(page.arena, page.page, sequence).view(), kPageKind,
                       sealed, page.bytes.data())) {
        return bad;
    }
    return page;
}

Result<Capture> read_arenas(Reader& reader, const Header& header, const std::string& path) {
    Capture out;
    out.sequence = header.sequence;
    out.whole = header.whole;
    for (std::uint32_t i = 0; i < header.arenas; ++i) {
        const BytesView entry = TRY(reader.take(kArenaBytes));
        if (entry.size() != kArenaBytes) return broken(path, "the arena table is cut off");
        out.arena_sizes.emplace_back(load_le<std::uint16_t>(entry.data()),
                                     load_le<std::uint64_t>(entry.data() + 8));
    }
    return out;
}

}  // namespace

std::string name_of(const Name& name) {
    const std::string digits = std::to_string(name.sequence);
    return std::string(digits.size() < kNameDigits ? kNameDigits - digits.size() : 0, '0') +
           digits + (name.whole ? "-whole.frs" : "-inc.frs");
}

std::optional<Name> parse_name(const std::string& name) {
    Name out;
    const auto [stopped, code] =
        std::from_chars(name.data(), name.data() + name.size(), out.sequence);
    if (code != std::errc()) return std::nullopt;
    out.whole = name.ends_with("-whole.frs");
    if (name_of(out) != name) return std::nullopt;
    return out;
}

Result<std::uint64_t> write(Disk& disk, Random& random, const std::string& path, const DataKey& key,
                            const Header& header, const CaptureHead& head,
                            const CapturedPages& pages) {
    const auto file = TRY(disk.open(path, Disk::Open::Create));
    TRY(file->truncate(0));
    Writer writer(*file);
    TRY(writer.raw(encode_header(header)));
    for (const auto& [id, size] : head.arena_sizes) {
        char* at = TRY(writer.room(kArenaBytes));
        std::memset(at, 0, kArenaBytes);
        store_le(at, id);
        store_le(at + 8, size);
    }
    std::uint64_t written = 0;
    for (auto some = pages(); !some.empty(); some = pages()) {
        for (const CapturedPage& page : some)
            TRY(write_page(writer, random, key, head.sequence, page));
        written += some.size();
    }
    if (written != header.pages)
        return Error{"snapshot.broken_off", "What was being captured has been replaced.", ""};
    TRY(writer.flush());
    const std::uint64_t length = writer.written() + kFooterBytes;
    TRY(writer.raw(encode_footer(header.pages, length, writer.crc())));
    TRY(writer.flush());
    TRY(file->sync_data());
    return length;
}

Result<Header> read_header(Disk& disk, const std::string& path) {
    const auto file = TRY(disk.open(path, Disk::Open::Existing));
    Bytes bytes;
    TRY(file->read_at(0, kHeaderBytes, bytes));
    return decode_header(bytes, path);
}

Result<std::uint64_t> apply(Disk& disk, const std::string& path, const DataKey& key,
                            TableSpace& space) {
    constexpr std::size_t kPagesAtOnce = 64;
    const auto file = TRY(disk.open(path, Disk::Open::Existing));
    const std::uint64_t length = TRY(file->size());
    Reader reader(*file, length);
    const Header header = TRY(decode_header(TRY(reader.take(kHeaderBytes)), path));
    std::uint32_t crc = 0;
    TRY(check_footer(*file, path, length, header, crc));
    Capture batch = TRY(read_arenas(reader, header, path));
    if (!space.apply(batch)) return broken(path, "its arenas do not fit");
    batch.whole = false;  // the first batch, without a page, has cleared the space
    for (std::uint64_t i = 0; i < header.pages; ++i) {
        batch.pages.push_back(TRY(read_page(reader, key, header.sequence, path)));
        if (batch.pages.size() < kPagesAtOnce && i + 1 < header.pages) continue;
        if (!space.apply(batch)) return broken(path, "a page does not fit its arena");
        batch.pages.clear();
    }
    if (reader.position() != length - kFooterBytes || reader.crc() != crc) {
        return broken(path, "its checksum is wrong");
    }
    return length;
}

}  // namespace filrouge::snapshot_file
