// A shop whose persons are told much about, and what can still be read of them.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/text.h"
#include "engine/event_record.h"
#include "engine/fold.h"
#include "engine/records.h"
#include "engine/shop_for_test.h"
#include "model/packed.h"
#include "storage/backup.h"
#include "storage/snapshot.h"

namespace filrouge::engine {

// Everything told of a person carries the person's mark, a word that stands nowhere else.
struct ErasingShop : Shop {
    static Settings small_files() {
        Settings s = shop_settings();
        s.key_journal_bytes = 64 * 1'024;
        return s;
    }
    explicit ErasingShop(fake::FakeDisk& on, std::uint64_t seed = 1, Duration later = {},
                         const Settings& settings = small_files())
        : Shop(on, seed, later, settings) {}

    static Bytes object_of(const std::string& key, const std::string& text) {
        Bytes out;
        PackedWriter w(out);
        const std::size_t mark = w.begin_object(1);
        w.key(key);
        w.string(text);
        w.end(mark);
        return out;
    }
    collect::Incoming event_of(const std::string& mark, std::vector<Identifier> also = {}) {
        collect::Incoming incoming;
        incoming.event.name = "Product Viewed";
        incoming.event.at = as_event_time(clock.now());
        incoming.event.message_id = "m-" + std::to_string(++serial);
        incoming.event.identifiers = {{IdentifierType::UserId, "user-" + mark, {}}};
        for (Identifier& id : also) incoming.event.identifiers.push_back(std::move(id));
        incoming.event.properties = object_of("note", "wrote " + mark);
        incoming.event.traits = object_of("nickname", "called " + mark);
        incoming.consents = {{"measurement", true}};
        return incoming;
    }
    IngestReply sends(collect::Item item, bool import = false) {
        IngestRequest request;
        request.source = runtime->source_by_write_key("wk")->number;
        request.import = import;
        request.items.push_back(std::move(item));
        const auto reply = ingest(std::move(request));
        EXPECT_TRUE(reply.has_value());
        return reply.value_or(IngestReply{});
    }
    void sees(const std::string& mark, std::vector<Identifier> also = {}) {
        clock.advance(minutes(1));
        sends(event_of(mark, std::move(also)));
        runtime->wait_until_folded();
    }
    // By every way in: two identifiers and a third that is merged later, a second event, an import,
    // and a text that could not be read.
    void tells_all_of(const std::string& mark) {
        sees(mark, {{IdentifierType::Email, mark + "@shop.test", {}}});
        sees(mark, {{IdentifierType::AnonymousId, "device-" + mark, {}}});
        clock.advance(minutes(1));
        sends(event_of(mark), true);
        sends(collect::Unfit{
            "collect.broken", "Not an event.", "{\"userId\":\"user-" + mark + "\"", {}});
        runtime->wait_until_folded();
    }
    std::string id_of(const std::string& mark) const {
        const auto found = runtime->find_profile("user_id", "user-" + mark, "", 0);
        return found.ok() ? found.value().substr(7, 32) : found.error().code;
    }
    bool knows(const std::string& mark) const { return id_of(mark).size() == 32; }
    Result<std::string> erase(const std::string& profile, bool confirmed = true) {
        auto told = std::make_shared<std::promise<Result<std::string>>>();
        runtime->erase_profile(profile, confirmed,
                               [told](const Result<std::string>& r) { told->set_value(r); });
        return told->get_future().get();
    }
    void wait_until_complete() {
        for (int i = 0; i < 1'000; ++i) {
            const std::string told = runtime->erasures("").value();
            if (told.find("unreadable") == std::string::npos && told.find("begun") == told.npos)
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        ADD_FAILURE() << "an erasure does not come to its end";
    }
    std::uint64_t serial = 0;
};

// All bytes that whoever holds the disk, and the keys on it, can read: files as they are, every
// record that opens, every page of a snapshot that opens.
inline std::string readable(const fake::FakeDisk& disk, const std::string& folder = "shop") {
    std::string all;
    const auto still = disk.clone();  // the shop goes on writing and removing
    for (const std::string& path : still->paths()) all.append(still->raw(path)).push_back('\n');
    const auto copy = disk.clone();
    copy->crash(fake::Crash::KeepAll, 1);  // gives its locks back
    fake::FakeRandom random(1);
    const DataKey master = load_master_key(*copy, random, folder + "/secrets/master-key").value();
    const auto keys = open_key_store(*copy, random, folder + "/keys", master).value();
    const auto log = open_segment_log(*copy, folder + "/log").value();
    EXPECT_TRUE(log->read(1,
                          [&](const RecordView& record) {
                              const auto key = keys->find(record.fragment);
                              Bytes plain, associated(record.clear);
                              if (record.type == RecordType::Event) {
                                  static_cast<void>(open_event(*keys, record.version,
                                                               record.fragment, record.clear,
                                                               record.sealed, plain));
                                  all.append(plain).push_back('\n');
                                  return true;
                              }
                              QuarantineFacts facts;
                              if (record.type == RecordType::Quarantined &&
                                  decode_quarantine_clear(record.clear, facts) && facts.embedded)
                                  associated = facts.event_clear;
                              if (key && !record.sealed.empty() &&
                                  unseal(*key, associated, record.sealed, plain).ok())
                                  all.append(plain).push_back('\n');
                              return true;
                          })
                    .ok());
    Fold fold(FoldKeys{HashKey{}, DataKey{}});
    SnapshotStore snapshots(*copy, random, folder + "/state/fold", keys->process_key(kKeySnapshot),
                            kFoldVersion);
    EXPECT_TRUE(snapshots.load(fold.space(), nullptr).ok());
    for (const CapturedPage& page : fold.space().capture(0, true).pages) all.append(page.bytes);
    return all;
}

// The forms in which a word could lie on a disk and be found.
inline std::vector<std::string> forms_of(const std::string& word) {
    std::vector<std::string> forms = {word, hex_encode(word)};
    std::string wide;
    for (const char c : word) wide.append(1, c).push_back('\0');
    forms.push_back(wide);
    for (const std::string_view before : {"", "a", "ab"}) {  // the three ways it can lie in base64
        const std::string coded = base64_encode(std::string(before) + word);
        forms.push_back(coded.substr(before.empty() ? 0 : 4, coded.size() - 8));
    }
    return forms;
}
// What unpacks where a gzip header seems to stand, up to 1 MiB of each.
inline std::string unpacked(const std::string& bytes) {
    std::string all;
    std::string chunk(1 << 20, '\0');
    for (std::size_t at = 0; (at = bytes.find("\x1f\x8b\x08", at)) != bytes.npos; ++at) {
        z_stream stream{};
        if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) break;
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + at));
        stream.avail_in = static_cast<uInt>(std::min(bytes.size() - at, chunk.size()));
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        static_cast<void>(inflate(&stream, Z_SYNC_FLUSH));  // what came before an error counts
        all.append(chunk, 0, stream.total_out).push_back('\n');
        inflateEnd(&stream);
    }
    return all;
}
inline int found_in(const std::string& bytes, const std::string& word) {
    int found = 0;
    for (const std::string& form : forms_of(word)) found += bytes.find(form) != bytes.npos ? 1 : 0;
    return found + (unpacked(bytes).find(word) != std::string::npos ? 1 : 0);
}

// The disk as an operator leaves it who puts back safe/data and safe/keys, beside the secrets of
// the shop.
inline std::unique_ptr<fake::FakeDisk> restored(const fake::FakeDisk& disk) {
    auto other = disk.clone();
    other->crash(fake::Crash::KeepAll, 1);
    EXPECT_TRUE(restore_backup(*other, "safe/data", "safe/keys", "again").ok());
    EXPECT_TRUE(other->make_folder("again/secrets").ok());
    const std::string_view before = "shop/secrets/";
    for (const std::string& path : disk.paths()) {
        if (path.starts_with(before))
            other->set_raw("again/secrets/" + path.substr(before.size()), disk.raw(path));
    }
    for (const std::string& path : other->paths()) {  // the shop moves into its folder again
        if (path.starts_with("shop/")) {
            EXPECT_TRUE(other->remove(path).ok());
        }
    }
    for (const std::string& path : other->paths()) {
        if (path.starts_with("again/")) other->set_raw("shop/" + path.substr(6), other->raw(path));
    }
    return other;
}

}  // namespace filrouge::engine
