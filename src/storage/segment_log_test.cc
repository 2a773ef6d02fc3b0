// The log on a disk that fails, loses power and rots.
#include <gtest/gtest.h>

#include <set>

#include "base/crc32c.h"
#include "fake/fake_disk.h"
#include "fake/fake_random.h"
#include "storage/log.h"
#include "storage/log_end.h"
#include "storage/log_format.h"

namespace filrouge {
namespace {

using fake::Crash;
using fake::FakeDisk;

constexpr const char* kFolder = "data/log";

SegmentLogOptions small_segments() {
    SegmentLogOptions options;
    options.segment_bytes = 8 * 1024;
    options.new_log_id = 0x1234567890abcdefu;
    options.prepare_ahead = false;  // the same writes in the same order each time
    return options;
}

Bytes payload(std::uint64_t sequence) {
    return Bytes(20 + sequence * 37 % 300, static_cast<char>('a' + sequence % 26));
}
std::vector<NewRecord> group(std::uint64_t first, std::uint64_t count) {
    std::vector<NewRecord> out(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        out[i].clear = std::to_string(first + i);
        out[i].sealed = payload(first + i);
        out[i].fragment = {1};
    }
    return out;
}

bool is_right(const RecordView& view, std::uint64_t sequence) {
    return view.sequence == sequence && view.clear == std::to_string(sequence) &&
           view.sealed == payload(sequence) && view.fragment == FragmentNo{1};
}

// A trace of appends with groups of 1 to 4 records. Remembers what was acknowledged.
struct Trace {
    std::uint64_t acknowledged = 0;      // sequence
    std::set<std::uint64_t> ends = {0};  // the last sequence of each group ever tried
    std::uint64_t errors = 0;
};
void run(FakeDisk& disk, std::uint64_t appends, Trace& trace) {
    auto log = open_segment_log(disk, kFolder, small_segments());
    if (!log.ok()) return;
    trace.acknowledged = std::max(trace.acknowledged, log.value()->last_sequence());
    for (std::uint64_t i = 0; i < appends; ++i) {
        const std::uint64_t first = log.value()->last_sequence() + 1;
        const std::uint64_t count = 1 + first % 4;
        trace.ends.insert(first + count - 1);
        const auto last = log.value()->append({1}, group(first, count));
        if (last.ok()) {
            EXPECT_EQ(trace.errors, 0u) << "acknowledged after an error";
            trace.acknowledged = last.value();
        } else if (++trace.errors == 3) {
            return;
        }
    }
}
// Everything acknowledged is there, nothing is there by half, and it can be appended to.
void expect_whole(FakeDisk& disk, const Trace& trace, const std::string& when) {
    LogOpening opening;
    auto log = open_segment_log(disk, kFolder, small_segments(), &opening);
    ASSERT_TRUE(log.ok()) << when << ": " << log.error().message;
    const std::uint64_t last = log.value()->last_sequence();
    ASSERT_GE(last, trace.acknowledged) << when;
    ASSERT_TRUE(trace.ends.contains(last)) << when << ": half a group, up to " << last;
    std::uint64_t next = 1;
    const auto read = log.value()->read(1, [&](const RecordView& view) {
        if (!is_right(view, next)) return false;
        ++next;
        return true;
    });
    ASSERT_TRUE(read.ok()) << when << ": " << read.error().message;
    ASSERT_EQ(next, last + 1) << when;
    ASSERT_TRUE(log.value()->append({1}, group(last + 1, 3)).ok()) << when;
}

TEST(SegmentLog, EachAppendIsOneWriteAndOneSync) {
    FakeDisk disk;
    SegmentLogOptions options = small_segments();
    options.segment_bytes = 1024 * 1024;
    const auto log = open_segment_log(disk, kFolder, options).value();
    const auto before = disk.counts();
    for (std::uint64_t i = 0; i < 50; ++i) ASSERT_TRUE(log->append({1}, group(1 + i * 3, 3)).ok());
    EXPECT_EQ(disk.counts().writes - before.writes, 50u);
    EXPECT_EQ(disk.counts().syncs - before.syncs, 50u);
    EXPECT_EQ(disk.counts().changes - before.changes, 100u);
}

TEST(SegmentLog, APowerCutAtAnyWriteLosesNothingAcknowledgedAndKeepsNoHalfGroup) {
    constexpr std::uint64_t kAppends = 200;
    FakeDisk disk;
    Trace trace;
    std::uint64_t cut = 0;
    disk.watch([&] {
        ++cut;
        if (testing::Test::HasFailure()) return;
        for (const Crash how : fake::kCrashes) {
            if (how == Crash::KeepAll && cut % 8 != 0) continue;  // the kindest: now and then
            const auto after = disk.clone();
            after->crash(how, cut * 7 + static_cast<std::uint64_t>(how));
            expect_whole(*after, trace, "cut at " + std::to_string(cut));
        }
    });
    run(disk, kAppends, trace);
    disk.watch(nullptr);
    EXPECT_EQ(trace.errors, 0u);
    EXPECT_GT(cut, 2 * kAppends);
}

TEST(SegmentLog, ASecondPowerCutDuringRecoveryLosesNothingEither) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        FakeDisk disk;
        disk.stop_at(seed * 11);
        Trace trace;
        run(disk, 200, trace);
        disk.crash(Crash::KeepRandom, seed);
        for (std::uint64_t cut = 1; cut <= 6; ++cut) {
            const auto again = disk.clone();
            Trace longer = trace;
            longer.errors = 0;
            again->stop_at(cut);
            run(*again, 2, longer);
            again->crash(Crash::KeepRandom, seed + cut);
            expect_whole(*again, longer, "seed " + std::to_string(seed));
            if (testing::Test::HasFailure()) return;
        }
    }
}

// A killed process leaves bytes that the next one reads but that no sync has covered. What the next
// one has read (and acted upon) must outlive a power cut after it.
TEST(SegmentLog, WhatWasReadAfterAKillOutlivesAPowerCut) {
    FakeDisk disk;
    Trace trace;
    run(disk, 3, trace);
    {
        const auto log = open_segment_log(disk, kFolder, small_segments()).value();
        disk.stop_at(2);  // the write reaches the page cache, the sync does not take place
        EXPECT_FALSE(log->append({1}, group(log->last_sequence() + 1, 2)).ok());
    }
    disk.stop_at(0);
    const auto seen = open_segment_log(disk, kFolder, small_segments()).value()->last_sequence();
    EXPECT_EQ(seen, trace.acknowledged + 2);
    disk.crash(Crash::LoseUnsynced, 1);
    EXPECT_EQ(open_segment_log(disk, kFolder, small_segments()).value()->last_sequence(), seen);
}

// What the next process finds was written by the one before, but no good sync may have covered it:
// the process was killed first, or its sync failed and the system has since taken the bytes for
// written. The next one builds on them, so it must write and sync them itself.
TEST(SegmentLog, WhatAStartFindsAndBuildsOnOutlivesAPowerCut) {
    for (std::uint64_t n = 1; n <= 160; ++n) {
        for (const bool killed : {true, false}) {
            FakeDisk disk;
            Trace trace;
            killed ? disk.stop_at(n) : disk.fail_sync(n);
            run(disk, 60, trace);
            disk.crash(Crash::KeepAll, n);
            trace.errors = 0;
            run(disk, 3, trace);
            disk.crash(Crash::LoseUnsynced, n);
            expect_whole(disk, trace, (killed ? "killed at " : "sync ") + std::to_string(n));
            if (testing::Test::HasFailure()) return;
        }
    }
}

TEST(SegmentLog, AFailedSyncIsFinal) {
    for (std::uint64_t n = 1; n <= 60; ++n) {
        FakeDisk disk;
        Trace trace;
        run(disk, 3, trace);
        auto log = open_segment_log(disk, kFolder, small_segments()).value();
        disk.fail_sync(n);
        bool failed = false;
        for (int i = 0; i < 60; ++i) {
            const std::uint64_t first = log->last_sequence() + 1;
            trace.ends.insert(first);
            const auto last = log->append({1}, group(first, 1));
            ASSERT_FALSE(failed && last.ok()) << "acknowledged after a failed sync, n=" << n;
            failed = failed || !last.ok();
            if (last.ok()) trace.acknowledged = last.value();
        }
        ASSERT_TRUE(failed);
        EXPECT_EQ(log->last_sequence(), trace.acknowledged);
        EXPECT_EQ(log->append({1}, group(1, 1)).error().code, "log.stopped");
        log.reset();
        disk.crash(Crash::LoseUnsynced, n);
        expect_whole(disk, trace, "sync " + std::to_string(n));
    }
}

TEST(SegmentLog, AFailedWriteIsFinalToo) {
    for (const char* code : {"disk.io", "disk.full"}) {
        FakeDisk disk;
        Trace trace;
        run(disk, 5, trace);
        {
            auto log = open_segment_log(disk, kFolder, small_segments()).value();
            disk.fail_write(1, code);
            const std::uint64_t first = log->last_sequence() + 1;
            EXPECT_EQ(log->append({1}, group(first, 2)).error().code, code);
            EXPECT_EQ(log->append({1}, group(first, 2)).error().code, "log.stopped");
            trace.ends.insert(first + 1);
        }
        disk.crash(Crash::KeepRandom, 3);
        expect_whole(disk, trace, code);
    }
}

TEST(SegmentLog, AFullDiskLeavesTheLogAsItIsAndItGoesOnWhenThereIsSpace) {
    FakeDisk disk;
    disk.set_capacity(20 * 1024);  // two segments and a bit
    auto log = open_segment_log(disk, kFolder, small_segments()).value();
    std::uint64_t refused = 0;
    while (refused < 5) {
        const std::uint64_t first = log->last_sequence() + 1;
        const auto last = log->append({1}, group(first, 4));
        if (last.ok()) continue;
        EXPECT_EQ(last.error().code, "log.disk_full");
        ++refused;
    }
    const std::uint64_t kept = log->last_sequence();
    EXPECT_GT(kept, 10u);
    EXPECT_FALSE(disk.exists(std::string(kFolder) + "/next.frl.new"));
    disk.set_capacity(1 << 30);
    EXPECT_EQ(log->append({1}, group(kept + 1, 4)).value(), kept + 4);
    log.reset();
    Trace trace{kept + 4, {kept + 4}, 0};
    expect_whole(disk, trace, "after space came back");
}

TEST(SegmentLog, AnUnfinishedGroupAtTheEndIsCutAndReported) {
    FakeDisk disk;
    Trace trace;
    run(disk, 5, trace);
    const std::string path = std::string(kFolder) + "/000000000001.frl";
    Bytes bytes = disk.raw(path);
    const std::size_t end = bytes.find_last_not_of('\0') + 1;
    bytes.replace(end, 300, Bytes(300, 'x'));
    disk.set_raw(path, bytes);
    EXPECT_EQ(verify_log(disk, kFolder).value().torn_bytes, 300u);
    LogOpening opening;
    ASSERT_TRUE(open_segment_log(disk, kFolder, small_segments(), &opening).ok());
    EXPECT_EQ(opening.torn_bytes, 300u);
    EXPECT_EQ(opening.records, trace.acknowledged);
    ASSERT_TRUE(open_segment_log(disk, kFolder, small_segments(), &opening).ok());
    EXPECT_EQ(opening.torn_bytes, 0u);
}

std::vector<std::string> segments_of(const FakeDisk& disk) {
    std::vector<std::string> out;
    for (const auto& path : disk.paths()) {
        if (path.ends_with(".frl")) out.push_back(path);
    }
    return out;
}

// What stands on the disk now, for "nothing was touched".
std::vector<std::pair<std::string, Bytes>> everything(const FakeDisk& disk) {
    std::vector<std::pair<std::string, Bytes>> out;
    for (const auto& path : disk.paths()) out.emplace_back(path, disk.raw(path));
    return out;
}

TEST(SegmentLog, HowItEndsIsToldBeforeItIsOpenedAndNothingIsTouched) {
    FakeDisk disk;
    ASSERT_TRUE(disk.make_folder(kFolder).ok());
    EXPECT_EQ(look_at_log_end(disk, kFolder).value().last_sequence, 0u);
    Trace trace;
    run(disk, 60, trace);  // several segments
    EXPECT_EQ(look_at_log_end(disk, kFolder).value().last_sequence, trace.acknowledged);
    EXPECT_EQ(look_at_log_end(disk, kFolder).value().torn_bytes, 0u);
    const std::string path = segments_of(disk).back();
    Bytes bytes = disk.raw(path);
    const std::size_t at = bytes.rfind("FRG1") + 60;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    disk.set_raw(path, bytes);
    const auto before = everything(disk);
    const LogEnd end = look_at_log_end(disk, kFolder).value();
    EXPECT_EQ(everything(disk), before);
    EXPECT_LT(end.last_sequence, trace.acknowledged);
    EXPECT_GT(end.torn_bytes, 60u);
    LogOpening opening;
    ASSERT_TRUE(open_segment_log(disk, kFolder, small_segments(), &opening).ok());
    EXPECT_EQ(opening.records, end.last_sequence);
    EXPECT_EQ(opening.torn_bytes, end.torn_bytes);
}

TEST(SegmentLog, ANewerFormatIsRefusedAndNothingIsTouched) {
    FakeDisk disk;
    Trace trace;
    run(disk, 60, trace);
    const std::string path = disk.paths().back();
    Bytes bytes = disk.raw(path);
    bytes[8] = 2;
    const std::uint32_t crc = crc32c(BytesView(bytes).substr(0, 60));
    std::memcpy(bytes.data() + 60, &crc, 4);
    disk.set_raw(path, bytes);
    disk.set_raw(std::string(kFolder) + "/next.frl.new", "leftover");
    const auto before = everything(disk);
    const auto log = open_segment_log(disk, kFolder, small_segments());
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.error().code, "log.newer_format");
    EXPECT_EQ(everything(disk), before);
}

// A record that is passed over would be as if it had never been: a restriction, an erasure.
TEST(SegmentLog, ARecordThatANewerProgramWroteIsNamedAndNotPassedOver) {
    for (const auto& [type, version] : {std::pair{std::uint8_t{200}, std::uint8_t{1}},
                                        {std::uint8_t{0}, std::uint8_t{1}},
                                        {std::uint8_t{1}, std::uint8_t{5}},
                                        {std::uint8_t{31}, std::uint8_t{2}}}) {
        FakeDisk disk;
        {
            auto log = open_segment_log(disk, kFolder, small_segments()).value();
            std::vector<NewRecord> records = group(1, 3);
            ASSERT_TRUE(log->append({1}, records).ok());
            records = group(4, 1);
            records[0].type = static_cast<RecordType>(type);
            records[0].version = version;
            ASSERT_TRUE(log->append({2}, records).ok());
        }
        const auto before = everything(disk);
        const auto verified = verify_log(disk, kFolder);
        ASSERT_FALSE(verified.ok()) << int{type};
        EXPECT_EQ(verified.error().code, "log.newer_format");
        EXPECT_NE(verified.error().message.find("record 4"), std::string::npos)
            << verified.error().message;
        EXPECT_EQ(everything(disk), before);
        std::uint64_t seen = 0;
        auto log = open_segment_log(disk, kFolder, small_segments()).value();
        const auto read = log->read(1, [&](const RecordView&) { return ++seen, true; });
        ASSERT_FALSE(read.ok());
        EXPECT_EQ(read.error().code, "log.newer_format");
        EXPECT_EQ(seen, 3u);
    }
}

// Numbers that no program of ours writes any more were written once.
TEST(SegmentLog, RecordsThatAreReservedStayReadable) {
    FakeDisk disk;
    auto log = open_segment_log(disk, kFolder, small_segments()).value();
    for (const int type : {2, 3, 13}) {
        std::vector<NewRecord> records = group(1, 1);
        records[0].type = static_cast<RecordType>(type);
        ASSERT_TRUE(log->append({1}, records).ok());
    }
    EXPECT_TRUE(verify_log(disk, kFolder).ok());
}

// Reads all of it; an Error's message, or empty when every record came back right.
std::string read_everything(FakeDisk& disk, std::uint64_t expected_last) {
    auto log = open_segment_log(disk, kFolder, small_segments());
    if (!log.ok()) return log.error().message;
    std::uint64_t next = 1;
    bool wrong = false;
    const auto read = log.value()->read(1, [&](const RecordView& view) {
        wrong = wrong || !is_right(view, next);
        ++next;
        return true;
    });
    EXPECT_FALSE(wrong) << "a wrong record was served";
    if (!read.ok()) return read.error().message;
    EXPECT_EQ(log.value()->last_sequence(), expected_last) << "records are missing without a word";
    return "";
}

TEST(SegmentLog, AFlippedBitInAClosedSegmentIsNamedAndNeverServed) {
    FakeDisk whole;
    Trace trace;
    run(whole, 60, trace);
    std::vector<std::string> segments = segments_of(whole);
    ASSERT_GE(segments.size(), 4u);
    segments.pop_back();
    fake::FakeRandom random(5);
    for (int i = 0; i < 300; ++i) {
        const auto disk = whole.clone();
        const std::string& path = segments[random.number() % segments.size()];
        Bytes bytes = disk->raw(path);
        const std::size_t used = bytes.find_last_not_of('\0') + 1;
        const std::size_t at = random.number() % used;
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.number() % 8));
        disk->set_raw(path, bytes);
        if (i % 2 == 0) {  // with and without the index that would vouch for the segment
            ASSERT_TRUE(disk->remove(path.substr(0, path.size() - 1) + "i").ok());
        }
        const auto verified = verify_log(*disk, kFolder);
        ASSERT_FALSE(verified.ok()) << path << " at " << at;
        EXPECT_EQ(verified.error().code, "log.damaged");
        EXPECT_NE(verified.error().message.find("offset"), std::string::npos);
        const std::string message = read_everything(*disk, trace.acknowledged);
        EXPECT_NE(message.find(kFolder), std::string::npos) << path << " at " << at;
    }
}

TEST(SegmentLog, ATruncatedSegmentIsNamedWhereverItIsCut) {
    FakeDisk whole;
    Trace trace;
    run(whole, 60, trace);
    fake::FakeRandom random(6);
    for (const auto& path : whole.paths()) {
        if (!path.ends_with(".frl")) continue;
        for (int i = 0; i < 30; ++i) {
            const auto disk = whole.clone();
            const Bytes bytes = disk->raw(path);
            disk->set_raw(path, bytes.substr(0, random.number() % bytes.size()));
            EXPECT_NE(read_everything(*disk, trace.acknowledged).find(path), std::string::npos);
            EXPECT_FALSE(verify_log(*disk, kFolder).ok());
        }
    }
}

TEST(SegmentLog, DamageInTheLastSegmentBeforeItsEndIsRefusedAndNothingIsTouched) {
    FakeDisk whole;
    {
        SegmentLogOptions options = small_segments();
        options.segment_bytes = 64 * 1024;
        const auto log = open_segment_log(whole, kFolder, options).value();
        for (std::uint64_t n = 1; n <= 90; n += 3) ASSERT_TRUE(log->append({1}, group(n, 3)).ok());
    }
    const std::string path = std::string(kFolder) + "/000000000001.frl";
    const Bytes good = whole.raw(path);
    const std::size_t last_group = good.rfind("FRG1");
    fake::FakeRandom random(7);
    for (int i = 0; i < 150; ++i) {
        const auto disk = whole.clone();
        Bytes bytes = good;
        const std::size_t at = 64 + random.number() % (last_group - 64);
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.number() % 8));
        disk->set_raw(path, bytes);
        const auto log = open_segment_log(*disk, kFolder, small_segments());
        ASSERT_FALSE(log.ok()) << at;
        EXPECT_EQ(log.error().code, "log.damaged");
        EXPECT_EQ(disk->raw(path), bytes);
    }
}

TEST(SegmentLog, TwoBrokenGroupsAtTheEndAreDamageBecauseOnlyOneIsEverUnderWay) {
    FakeDisk disk;
    Trace trace;
    run(disk, 3, trace);
    const std::string path = std::string(kFolder) + "/000000000001.frl";
    Bytes bytes = disk.raw(path);
    const std::size_t last = bytes.rfind("FRG1");
    for (const std::size_t at : {last - 20, last + 60})
        bytes[at] = static_cast<char>(bytes[at] ^ 1);
    disk.set_raw(path, bytes);
    EXPECT_EQ(open_segment_log(disk, kFolder, small_segments()).error().code, "log.damaged");
    EXPECT_EQ(disk.raw(path), bytes);
}

TEST(SegmentLog, ABlockOfZerosInTheLastSegmentIsDamageNotTheEnd) {
    FakeDisk disk;
    Trace trace;
    run(disk, 3, trace);
    const std::string path = std::string(kFolder) + "/000000000001.frl";
    Bytes bytes = disk.raw(path);
    const std::size_t second = bytes.find("FRG1", bytes.find("FRG1") + 4);
    bytes.replace(second, 64, Bytes(64, '\0'));
    disk.set_raw(path, bytes);
    EXPECT_EQ(open_segment_log(disk, kFolder, small_segments()).error().code, "log.damaged");
}

TEST(SegmentLog, AMissingSegmentIsNoticed) {
    FakeDisk whole;
    Trace trace;
    run(whole, 60, trace);
    std::vector<std::string> segments = segments_of(whole);
    segments.pop_back();
    for (const auto& path : segments) {
        const auto disk = whole.clone();
        ASSERT_TRUE(disk->remove(path).ok());
        EXPECT_EQ(open_segment_log(*disk, kFolder, small_segments()).error().code, "log.damaged");
    }
}

TEST(SegmentLog, ASegmentOfAnotherLogIsNotTaken) {
    FakeDisk disk;
    Trace trace;
    run(disk, 60, trace);
    FakeDisk other;
    {
        SegmentLogOptions options = small_segments();
        options.new_log_id = 5;
        const auto log = open_segment_log(other, kFolder, options).value();
        while (other.paths().size() < 6) {
            const std::uint64_t first = log->last_sequence() + 1;
            ASSERT_TRUE(log->append({1}, group(first, 1 + first % 4)).ok());
        }
    }
    const std::string path = disk.paths()[3];  // the second segment; both logs have it
    ASSERT_TRUE(path.ends_with(".frl"));
    disk.set_raw(path, other.raw(path));
    EXPECT_EQ(open_segment_log(disk, kFolder, small_segments()).error().code, "log.damaged");
}

TEST(SegmentLog, AGroupFromACopyThatWentAnotherWayIsNotTaken) {
    FakeDisk disks[2];
    for (int i = 0; i < 2; ++i) {  // the same log and the same lengths, other words
        const auto log = open_segment_log(disks[i], kFolder, small_segments()).value();
        NewRecord r;
        r.clear = i == 0 ? "coat" : "boot";
        for (int n = 0; n < 3; ++n) ASSERT_TRUE(log->append({1}, {r}).ok());
    }
    const std::string path = std::string(kFolder) + "/000000000001.frl";
    Bytes bytes = disks[0].raw(path);
    const std::size_t second = bytes.find("FRG1", bytes.find("FRG1") + 4);
    const std::size_t length = second - bytes.find("FRG1");
    bytes.replace(second, length, disks[1].raw(path).substr(second, length));
    disks[0].set_raw(path, bytes);
    EXPECT_EQ(open_segment_log(disks[0], kFolder, small_segments()).error().code, "log.damaged");
}

TEST(SegmentLog, ABrokenIndexIsRebuiltAndNeverBelieved) {
    FakeDisk whole;
    Trace trace;
    run(whole, 60, trace);
    for (const auto& path : whole.paths()) {
        if (!path.ends_with(".fri")) continue;
        const Bytes good = whole.raw(path);
        for (std::size_t at = 0; at < good.size(); at += 5) {
            const auto disk = whole.clone();
            Bytes bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
            disk->set_raw(path, bytes);
            EXPECT_EQ(read_everything(*disk, trace.acknowledged), "");
            EXPECT_EQ(disk->raw(path), good);
        }
    }
}

TEST(SegmentLog, StartingAgainAndAgainLeavesNoGrowth) {
    FakeDisk disk;
    Trace trace;
    run(disk, 30, trace);
    const auto paths = disk.paths();
    for (std::uint64_t i = 0; i < 20; ++i) {
        ASSERT_TRUE(open_segment_log(disk, kFolder, small_segments()).ok());
        disk.crash(Crash::KeepAll, i);
    }
    EXPECT_EQ(disk.paths(), paths);
}

TEST(SegmentLog, TheBytesOfOneGroupAreAsSpecified) {
    NewRecord r;
    r.type = RecordType::Tick;
    r.version = 3;
    r.fragment = {0x01020304};
    r.clear = "cl";
    r.sealed = "sea";
    const std::vector<NewRecord> records = {r};
    Bytes out(log_format::frame_bytes(records).value(), '\0');
    const std::uint32_t seed = log_format::seed_of(9);
    log_format::encode_group({seed, 0x0a0b0c0d, 0x11, {0x22}}, records, out.data());
    const Bytes record_body(
        "\x27\0\0\0"
        "\x11\0\0\0\0\0\0\0"
        "\x22\0\0\0\0\0\0\0"
        "\x05\x03"
        "\x04\x03\x02\x01"
        "\x02\0\0\0"
        "clsea",
        35);
    Bytes record;
    ByteWriter(record).u32(crc32c(record_body));
    record += record_body;
    Bytes body(
        "\x27\0\0\0"
        "\x01\0\0\0"
        "\x11\0\0\0\0\0\0\0"
        "\x22\0\0\0\0\0\0\0"
        "\x0d\x0c\x0b\x0a",
        28);
    body += record;
    Bytes expected = "FRG1";
    ByteWriter(expected).u32(crc32c(body, seed));
    expected += body;
    EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace filrouge
