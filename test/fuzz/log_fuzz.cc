// A segment file of the log that was changed at rest: it is refused, or what it still serves is
// what was written, from the first record on without a gap. Built by -DFILROUGE_FUZZ=ON with clang.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "fake/fake_disk.h"
#include "storage/log.h"

namespace {

using namespace filrouge;

constexpr const char* kFolder = "log";
constexpr std::uint64_t kGroups = 6;

SegmentLogOptions options() {
    SegmentLogOptions small;
    small.segment_bytes = 1'024;
    small.new_log_id = 7;
    small.prepare_ahead = false;
    return small;
}

Bytes sealed_of(std::uint64_t sequence) {
    return Bytes(sequence * 29 % 90, static_cast<char>('a' + sequence));
}

// Two segments and a bit, made once.
const fake::FakeDisk& written() {
    static const fake::FakeDisk* const made = [] {
        auto* disk = new fake::FakeDisk;
        const auto log = open_segment_log(*disk, kFolder, options());
        ASSERT(log.ok());
        for (std::uint64_t g = 0; g < kGroups; ++g) {
            std::vector<NewRecord> group(1 + g % 3);
            const std::uint64_t first = log.value()->last_sequence() + 1;
            for (std::uint64_t i = 0; i < group.size(); ++i) {
                group[i].clear = std::to_string(first + i);
                group[i].sealed = sealed_of(first + i);
                group[i].fragment = {1};
            }
            ASSERT(log.value()->append({1}, group).ok());
        }
        return disk;
    }();
    return *made;
}

void read_what_is_left(fake::FakeDisk& disk) {
    const bool verified = verify_log(disk, kFolder).ok();
    const auto log = open_segment_log(disk, kFolder, options());
    if (!log.ok()) return;
    std::uint64_t next = 1;
    const auto read = log.value()->read(1, [&](const RecordView& record) {
        ASSERT(record.sequence == next);
        ASSERT(record.clear == std::to_string(next) && record.sealed == sealed_of(next));
        ++next;
        return true;
    });
    ASSERT(!verified || read.ok());
    ASSERT(!read.ok() || next == log.value()->last_sequence() + 1);
}

}  // namespace

// One byte chooses: the rest stands for a whole file, or tells what to change in one (three bytes a
// change: place, and what to flip).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto disk = written().clone();
    const std::vector<std::string> files = disk->paths();
    const std::string& path = files.at(data[1] % files.size());
    if (data[0] % 4 == 0) {
        fake::FakeDisk alone;
        ASSERT(alone.make_folder(kFolder).ok());
        alone.set_raw(path, Bytes(reinterpret_cast<const char*>(data) + 2, size - 2));
        static_cast<void>(verify_log(alone, kFolder));
        static_cast<void>(open_segment_log(alone, kFolder, options()));
        return 0;
    }
    Bytes bytes = disk->raw(path);
    for (std::size_t i = 2; i + 3 <= size && !bytes.empty(); i += 3) {
        const std::size_t at = (data[i] * 256u + data[i + 1]) % bytes.size();
        if (data[0] % 4 == 3)
            bytes.resize(at);
        else
            bytes[at] = static_cast<char>(bytes[at] ^ data[i + 2]);
    }
    disk->set_raw(path, bytes);
    read_what_is_left(*disk);
    return 0;
}
