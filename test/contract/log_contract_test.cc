// What every Log promises, in memory, on a false disk and on the real one.
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "fake/fake_disk.h"
#include "fake/temp_folder.h"
#include "model/record_versions.h"
#include "os/disk.h"
#include "storage/log.h"

namespace filrouge {
namespace {

constexpr std::uint64_t kSmallSegment = 16 * 1024;  // so that every test crosses segments

struct Shelf {  // where a log is put and found again
    virtual ~Shelf() = default;
    virtual std::unique_ptr<Log> open() = 0;
    virtual bool keeps() const { return true; }
};
struct MemoryShelf : Shelf {
    std::unique_ptr<Log> open() override { return make_memory_log(); }
    bool keeps() const override { return false; }
};
std::unique_ptr<Log> open_small(Disk& disk, const std::string& folder, bool ahead) {
    SegmentLogOptions options;
    options.segment_bytes = kSmallSegment;
    options.new_log_id = 77;
    options.prepare_ahead = ahead;
    return open_segment_log(disk, folder, options).value();
}
struct FakeShelf : Shelf {
    fake::FakeDisk disk;
    std::unique_ptr<Log> open() override { return open_small(disk, "data/log", false); }
};
struct RealShelf : Shelf {
    fake::TempFolder folder;
    std::unique_ptr<Disk> disk = os::make_disk();
    std::unique_ptr<Log> open() override { return open_small(*disk, folder.path() + "/log", true); }
};

struct Maker {
    std::string name;
    std::function<std::unique_ptr<Shelf>()> make;
};
class LogContract : public testing::TestWithParam<Maker> {
  protected:
    void SetUp() override {
        shelf = GetParam().make();
        log = shelf->open();
    }
    void reopen() {
        log.reset();
        log = shelf->open();
    }
    std::unique_ptr<Shelf> shelf;
    std::unique_ptr<Log> log;
};

NewRecord record(std::uint64_t n) {
    NewRecord r;
    r.type = n % 3 == 0 ? RecordType::Tick : RecordType::Event;
    r.version = static_cast<std::uint8_t>(1 + n % newest_version(r.type));
    r.fragment = {static_cast<std::uint32_t>(n * 7)};
    r.clear = "clear " + std::to_string(n);
    r.sealed = Bytes(n % 400, static_cast<char>('a' + n % 26));
    return r;
}
std::vector<NewRecord> group(std::uint64_t first, std::uint64_t count) {
    std::vector<NewRecord> out;
    for (std::uint64_t n = first; n < first + count; ++n) out.push_back(record(n));
    return out;
}
// Sequences 1..count, in groups of 1, 2, 3, 1, 2, 3 ...
void fill(Log& log, std::uint64_t count) {
    for (std::uint64_t n = 1, size = 1; n <= count; n += size, size = size % 3 + 1) {
        size = std::min(size, count - n + 1);
        const auto last = log.append({static_cast<std::int64_t>(n)}, group(n, size));
        ASSERT_TRUE(last.ok()) << last.error().message;
        ASSERT_EQ(last.value(), n + size - 1);
    }
}
void expect_equal(const RecordView& view, std::uint64_t sequence) {
    const NewRecord wanted = record(sequence);
    EXPECT_EQ(view.sequence, sequence);
    EXPECT_EQ(view.type, wanted.type);
    EXPECT_EQ(view.version, wanted.version);
    EXPECT_EQ(view.fragment, wanted.fragment);
    EXPECT_EQ(view.clear, wanted.clear);
    EXPECT_EQ(view.sealed, wanted.sealed);
}
void expect_all(Log& log, std::uint64_t from, std::uint64_t last) {
    std::uint64_t next = from;
    const auto read = log.read(from, [&](const RecordView& view) {
        expect_equal(view, next++);
        return true;
    });
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(next, last + 1);
}

TEST_P(LogContract, ANewLogIsEmpty) {
    EXPECT_EQ(log->last_sequence(), 0u);
    expect_all(*log, 1, 0);
}

TEST_P(LogContract, SequencesHaveNoGapsAndRecordsComeBackAsTheyWere) {
    fill(*log, 500);
    EXPECT_EQ(log->last_sequence(), 500u);
    expect_all(*log, 1, 500);
    EXPECT_GT(log->bytes(), 0u);
}

TEST_P(LogContract, AGroupHasOneTimeOfArrival) {
    ASSERT_TRUE(log->append({1234}, group(1, 5)).ok());
    ASSERT_TRUE(log->append({-5}, group(6, 1)).ok());
    ASSERT_TRUE(log->read(1,
                          [](const RecordView& view) {
                              EXPECT_EQ(view.received.us, view.sequence <= 5 ? 1234 : -5);
                              return true;
                          })
                    .ok());
}

TEST_P(LogContract, ReadingStartsAnywhereAndStopsWhenToldTo) {
    fill(*log, 300);
    for (std::uint64_t from = 1; from <= 300; from += 7) expect_all(*log, from, 300);
    expect_all(*log, 301, 300);
    std::uint64_t seen = 0;
    ASSERT_TRUE(log->read(100, [&](const RecordView&) { return ++seen < 10; }).ok());
    EXPECT_EQ(seen, 10u);
}

TEST_P(LogContract, NoRecordsAreNoChange) {
    fill(*log, 3);
    EXPECT_EQ(log->append({1}, {}).value(), 3u);
    EXPECT_EQ(log->last_sequence(), 3u);
}

TEST_P(LogContract, WhatIsTooLargeIsRefusedAndTheLogGoesOn) {
    fill(*log, 3);
    NewRecord big;
    big.clear = Bytes(kRecordBytesMax / 2, 'c');
    big.sealed = Bytes(kRecordBytesMax / 2 + 1, 's');
    EXPECT_EQ(log->append({1}, {big}).error().code, "log.record_too_large");
    big.sealed.pop_back();
    EXPECT_EQ(log->append({1}, std::vector<NewRecord>(32, big)).error().code,
              "log.group_too_large");
    EXPECT_EQ(log->last_sequence(), 3u);
    ASSERT_TRUE(log->append({1}, group(4, 2)).ok());
    expect_all(*log, 1, 5);
}

TEST_P(LogContract, TheLargestRecordAndALargeGroupFit) {
    NewRecord big;
    big.sealed = Bytes(kRecordBytesMax, 's');
    ASSERT_TRUE(log->append({1}, {big}).ok());
    ASSERT_TRUE(log->append({1}, std::vector<NewRecord>(31, big)).ok());
    std::uint64_t seen = 0;
    ASSERT_TRUE(log->read(1,
                          [&](const RecordView& view) {
                              ++seen;
                              return view.sealed == big.sealed;
                          })
                    .ok());
    EXPECT_EQ(seen, 32u);
}

TEST_P(LogContract, WhatWasAppendedIsThereAfterOpeningAgainAndItGoesOn) {
    if (!shelf->keeps()) GTEST_SKIP() << "lives as long as the object";
    fill(*log, 250);
    for (int turn = 0; turn < 3; ++turn) {
        reopen();
        EXPECT_EQ(log->last_sequence(), 250u);
        expect_all(*log, 1, 250);
    }
    for (std::uint64_t n = 251; n <= 400; ++n) {
        ASSERT_TRUE(log->append({static_cast<std::int64_t>(n)}, {record(n)}).ok());
    }
    reopen();
    expect_all(*log, 1, 400);
    expect_all(*log, 333, 400);
}

TEST_P(LogContract, ReadersSeeWholeGroupsWhileItGrows) {
    std::atomic<bool> done = false;
    std::thread reader([&] {
        while (!done) {
            const std::uint64_t from = log->last_sequence() / 2 + 1;
            std::uint64_t next = from;
            const auto read = log->read(from, [&](const RecordView& view) {
                expect_equal(view, next++);
                return true;
            });
            EXPECT_TRUE(read.ok());
            EXPECT_TRUE(next == from || (next - 1) % 4 == 0) << next;
        }
    });
    for (std::uint64_t n = 1; n < 800; n += 4) ASSERT_TRUE(log->append({1}, group(n, 4)).ok());
    done = true;
    reader.join();
    expect_all(*log, 1, 800);
}

INSTANTIATE_TEST_SUITE_P(
    All, LogContract,
    testing::Values(Maker{"Memory", [] { return std::make_unique<MemoryShelf>(); }},
                    Maker{"FakeDisk", [] { return std::make_unique<FakeShelf>(); }},
                    Maker{"RealDisk", [] { return std::make_unique<RealShelf>(); }}),
    [](const auto& maker) { return maker.param.name; });

}  // namespace
}  // namespace filrouge
