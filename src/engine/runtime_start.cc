// From a data folder to a running engine: keys, log, snapshots, replay, first-start secrets.
#include <algorithm>
#include <shared_mutex>

#include "base/text.h"
#include "base/thread_name.h"
#include "consent/proof.h"
#include "engine/access_desk_impl.h"
#include "engine/event_record.h"
#include "engine/event_terms.h"
#include "engine/identity_words.h"
#include "engine/rights_desk_impl.h"
#include "engine/runtime_impl.h"
#include "engine/settings_record.h"
#include "engine/zone.h"
#include "storage/key_folder.h"
#include "storage/log_end.h"
#include "storage/seal.h"
#include "storage/sha256.h"

namespace filrouge::engine {
namespace {

constexpr std::uint32_t kBoardSlice = 4'096;  // persons under one hold of the lock
// Records until ids that could not be moved to disk are tried again: a try sorts all there are.
constexpr std::uint64_t kSettleAgainAfter = 1'000'000;
constexpr std::string_view kCliToken = "cli";  // id of its document
constexpr std::uint64_t kTokenFileMax = 1'024;

// What is gone although the log or a snapshot tells that it was there, before anything is made in
// its place. An unfinished group at the log's end is cut off when the log is opened, and one that
// was answered and then damaged looks the same: after an orderly stop a snapshot tells them apart,
// by its name alone. The bytes that are left are all there is to mend it from.
//
// The keys are durable before the log's first bytes are, so a crash in the very first start leaves
// no records without keys. New ones would open nothing of what is stored, and ids of before would
// be taken for new.
Result<void> check_what_is_there(Disk& disk, const std::string& folder) {
    const std::uint64_t known = TRY(newest_snapshot(disk, folder));
    const LogEnd end = TRY(look_at_log_end(disk, folder + "/log"));
    TRY(check_log_end(folder, end.last_sequence, known));
    if (end.last_sequence == 0 || TRY(has_key_files(disk, folder + "/keys"))) return {};
    return Error{"keys.missing",
                 "The log in " + folder + "/log has records, but there are no keys in " + folder +
                     "/keys: nothing that is stored could be read.",
                 "Put the shop's keys back into it, or restore them from their backup "
                 "(docs/backup.md). Nothing has been changed."};
}

// The file has no checksum, and who comes with what is not the token any more is only ever told to
// make another. One that an admin has revoked is nobody's mistake.
bool is_known_token(Disk& disk, const std::string& path, const Documents& documents) {
    const Result<Bytes> text = read_whole(disk, path, kTokenFileMax);
    for (const DocumentView& d : documents.of(RecordType::TokenChange)) {
        if (d.id != kCliToken) continue;
        const auto known = parse_token(d.json);
        return !known || (text.ok() && sha256_hex(trim(text.value())) == known->hash);
    }
    return true;
}

}  // namespace

Result<std::unique_ptr<Runtime>> open_runtime(const RuntimeSeams& seams, const Settings& settings,
                                              const std::string& folder) {
    init_crypto();
    for (const char* name : {"", "/log", "/keys", "/secrets", "/state"})
        TRY(seams.disk.make_folder(folder + name));
    for (const char* name : kSnapshotFolders) TRY(seams.disk.make_folder(folder + name));
    auto lock = TRY(seams.disk.lock(folder + "/lock"));
    TRY(check_what_is_there(seams.disk, folder));
    KeyStoreOptions key_options;
    key_options.journal_bytes = settings.key_journal_bytes;
    KeyStoreOpening keys_opening;
    OpenedKeys keys = TRY(open_keys(seams.disk, seams.random, folder + "/keys",
                                    folder + kMasterKeyFile, key_options, &keys_opening));
    auto erasures = TRY(Erasures::open(seams.disk, folder + "/keys"));
    auto expiries = TRY(Expiries::open(seams.disk, folder + "/keys"));
    SegmentLogOptions log_options;
    log_options.segment_bytes = settings.log_segment_bytes;
    log_options.new_log_id = seams.random.number();
    LogOpening opening;
    auto log = TRY(open_segment_log(seams.disk, folder + "/log", log_options, &opening));
    if (opening.torn_bytes > 0 && seams.tell)
        seams.tell({"log tail cut", {{"bytes", std::to_string(opening.torn_bytes)}}});
    auto runtime = std::make_unique<RuntimeImpl>(seams, settings, folder, std::move(lock),
                                                 std::move(keys.store), std::move(erasures),
                                                 std::move(expiries), std::move(log));
    runtime->begin(std::move(keys_opening), keys.next);
    return std::unique_ptr<Runtime>(std::move(runtime));
}

void RuntimeImpl::begin(KeyStoreOpening keys, NextKey next) {
    tell_next_key(next);
    starter_ = std::thread([this, keys = std::move(keys)] { start_thread(keys); });
}

void RuntimeImpl::start_thread(const KeyStoreOpening& keys) {
    name_thread("start");
    Result<void> loaded = forget_erased_keys(false);
    if (loaded.ok()) loaded = load_and_replay();
    if (loaded.ok()) loaded = learn_expiries_of_log();
    if (loaded.ok()) loaded = learn_erasures_of_log();
    if (loaded.ok() && keys.torn_bytes > 0) loaded = tell_cut_keys(keys);
    if (!loaded.ok()) return fail(loaded.error());
    {
        const std::lock_guard guard(stop_mutex_);
        if (stopping_) return;
    }
    folded_ = fold_.applied();
    appender_.start();
    folder_thread_ = std::thread([this] { fold_thread(); });
    rights_->start_audit();
    access_->start();
    record_settings();
    record_sources();
    first_start();
    if (auto recorded = record_erasures(); !recorded.ok()) return fail(recorded.error());
    if (auto recorded = record_expiry(); !recorded.ok()) return fail(recorded.error());
    tell_terms();
    if (state_.load() == RuntimeState::Failed) return;
    look_at_disk();
    look_at_clock();
    // The log may have failed a moment ago: that stays.
    RuntimeState starting = RuntimeState::Starting;
    if (!state_.compare_exchange_strong(starting, RuntimeState::Ready)) return;
    housekeeper_ = std::thread([this] { housekeeping_thread(); });
    webhooks_ = std::thread([this] { webhook_thread(); });
    resting_ = std::thread([this] { resting_thread(); });
    snapshooter_ = std::thread([this] { snapshot_thread(); });
    refolder_ = std::thread([this] { refold_thread(); });
    if (!settings_.sweep_at.empty()) sweeper_ = std::thread([this] { sweep_thread(); });
    std::vector<std::function<void()>> calls;
    {
        const std::lock_guard guard(started_mutex_);
        calls.swap(on_started_);
    }
    for (auto& call : calls) call();
}

Result<void> RuntimeImpl::load_and_replay() {
    replay_total_ = log_->last_sequence();
    std::vector<Error> skipped;
    const std::uint64_t last = log_->last_sequence();
    auto load = [&](SnapshotStore& store, TableSpace& space) -> Result<std::uint64_t> {
        const std::uint64_t at = TRY(store.load(space, &skipped));
        TRY(check_log_end(folder_, last, at));
        return at;
    };
    const std::uint64_t fold_at = TRY(load(fold_snapshots_, fold_.space()));
    const std::uint64_t directory_at = TRY(load(directory_snapshots_, directory_.space()));
    std::uint64_t dedupe_at = TRY(load(dedupe_snapshots_, appender_.dedupe_space()));
    static_cast<void>(TRY(settled_.open(last)));
    if (appender_.dedupe().moved() > settled_.size()) {  // some were lost: all from the log again
        TRY(settled_.clear());
        appender_.dedupe_space().clear();
        dedupe_at = 0;
    }
    tell_skipped(skipped);
    fold_.after_load();
    directory_.after_load();
    replayed_ = fold_at;
    Bytes plain;
    Result<void> broken;
    std::uint64_t next_settling = 0;
    TRY(log_->read(std::min({fold_at, directory_at, dedupe_at}) + 1, [&](const RecordView& record) {
        broken = replay_record(record, dedupe_at, directory_at, plain);
        replayed_ = record.sequence;
        // A full disk is no reason not to start: they are known in memory as well, and every reader
        // and every withdrawal of consent waits for this.
        if (broken.ok() && record.sequence >= next_settling && appender_.wants_to_settle() &&
            !appender_.settle_imported().ok())
            next_settling = record.sequence + kSettleAgainAfter;
        return broken.ok() && !stop_requested();
    }));
    TRY(std::move(broken));
    // A window that was made anew knows none of those that are on disk already, and a snapshot of
    // it that tells of fewer than there are would not miss them when they are lost.
    if (appender_.dedupe().moved() != settled_.size())
        appender_.dedupe().set_moved(settled_.size());
    directory_.reserve_below(fold_.graph.fragments());
    if (!keys_->highest().is_none()) directory_.reserve_below(keys_->highest().value + 1);
    for (const Erasure& erasure : erasures_->all()) reserve_numbers_of(erasure);
    appender_.resume_chain(fold_.proofs.head());
    fill_board(fold_.graph.fragments());
    publish_doors();
    clock_.raise({fold_.now().us});
    // What is said now comes after every erasure, or it would count as said before.
    for (const Erasure& erasure : erasures_->all()) clock_.raise({erasure.at.us});
    snapshot_at_ = std::min({fold_at, directory_at, dedupe_at});
    return {};
}

// The state is right all the same: the log has everything, and only takes longer.
void RuntimeImpl::tell_skipped(const std::vector<Error>& snapshots) {
    for (const Error& each : snapshots) {
        damaged_snapshots_ += each.code == kSnapshotBroken ? 1 : 0;
        tell({"snapshot skipped", {{"code", each.code}, {"why", each.message}}});
    }
}

// A record is written when its key is durable, so an unfinished group is one that no record needs:
// events that no key opens mean damage (or keys older than the log, from a backup). The whole log
// is read for it; few starts find an unfinished group. Quarantine's keys are forgotten on purpose.
Result<void> RuntimeImpl::tell_cut_keys(const KeyStoreOpening& keys) {
    std::uint64_t closed = 0;
    TRY(log_->read(1, [&](const RecordView& record) {
        const bool is_sealed = record.type == RecordType::Event && !record.sealed.empty();
        const bool is_closed =
            is_sealed && !keys_->find(record.fragment) && !erasures_->has(record.fragment);
        closed += is_closed ? 1 : 0;
        return !stop_requested();
    }));
    if (stop_requested()) return {};  // half a count tells nothing
    tell({"key journal tail cut",
          {{"file", keys.journal},
           {"bytes", std::to_string(keys.torn_bytes)},
           {"closed_events", std::to_string(closed)}}});
    return {};
}

bool RuntimeImpl::stop_requested() {
    const std::lock_guard guard(stop_mutex_);
    return stopping_;
}

static std::optional<DedupeFacts> id_of(const RecordView& record) {
    if (record.type == RecordType::Event) return dedupe_facts(record.clear);
    QuarantineFacts facts;  // of an import's row
    if (record.type != RecordType::Quarantined || !decode_quarantine_clear(record.clear, facts) ||
        facts.embedded || facts.dedupe_key == 0)
        return std::nullopt;
    return DedupeFacts{facts.dedupe_key, facts.body_check, true};
}

// Every number that the record tells whoever has no key for it. Beside keys of before, as from an
// older backup, nothing else says that they were given out: who got one anew would be told another
// one's choices, or have a key under which what another one did does not open.
static void reserve_named_in_clear(const RecordView& record, Directory& directory) {
    if (record.fragment != FragmentNo{}) directory.reserve_below(record.fragment.value + 1);
    if (record.type == RecordType::Event && record.version >= kTermedEventVersion) {
        Event event;
        std::optional<TermSeal> term;
        if (decode_event_clear(record.clear, event, term) && term)
            directory.reserve_below(term->period.value + 1);
    }
    if (record.type != RecordType::ConsentTold) return;
    const auto told = consent::decode_entry(record.clear);
    if (!told) return;
    for (const FragmentNo f : told->fragments) directory.reserve_below(f.value + 1);
}

Result<void> RuntimeImpl::replay_record(const RecordView& record, std::uint64_t dedupe_at,
                                        std::uint64_t directory_at, Bytes& plain) {
    plain.clear();
    const bool is_event = record.type == RecordType::Event;
    const bool learns = is_event && record.sequence > directory_at;
    const bool folds = record.sequence > fold_.applied();
    if (folds || learns) TRY(unseal_for_fold(record, plain));
    if (record.sequence > dedupe_at) {
        if (const auto facts = id_of(record))
            static_cast<void>(TRY(appender_.judge(*facts, record.received, settled_.known())));
    }
    if (learns) {
        Event event;
        if (decode_event(record.clear, plain, event)) {
            for (const Identifier& id : event.identifiers) {
                if (erasures_->has(id.fragment)) continue;
                directory_.learn(event.brand, id.type, id.value, id.fragment);
                if (!id.in_first_brand.is_none() && !erasures_->has(id.in_first_brand))
                    directory_.learn(0, id.type, id.value, id.in_first_brand);
            }
        }
    }
    reserve_named_in_clear(record, directory_);
    if (folds) fold_.apply(record, plain, nullptr);
    return {};
}

// What the fold is given of a sealed part: nothing when its fragment was forgotten.
Result<void> RuntimeImpl::unseal_for_fold(const RecordView& record, Bytes& plain) const {
    plain.clear();
    const bool wanted = record.type == RecordType::Event || record.type == RecordType::Predicted ||
                        record.type == RecordType::Corrected ||
                        record.type == RecordType::OfferAnswered;
    if (!wanted || record.sealed.empty()) return {};
    if (record.type == RecordType::Event)
        return open_event(*keys_, record.version, record.fragment, record.clear, record.sealed,
                          plain);
    const auto key = keys_->find(record.fragment);
    if (!key) return {};
    return unseal(*key, record.clear, record.sealed, plain);
}

// Everybody's standing as the fold has it, none where it has none any more. In slices: the fold's
// thread writes here under its lock, and must not stand still for everybody.
void RuntimeImpl::fill_board(std::uint32_t numbers_before) {
    const auto put = [this](FragmentNo f, consent::Standing standing) {
        const consent::Standing told = {standing.granted, standing.refused, standing.objected};
        if (!(board_.standing(f) == told)) board_.set(f, told);
    };
    for (std::uint32_t from = 0, end = numbers_before; from < end; from += kBoardSlice) {
        const std::shared_lock reading(lock_);
        end = std::max(numbers_before, fold_.graph.fragments());
        for (std::uint32_t n = from; n < std::min(end, from + kBoardSlice); ++n) {
            if (fold_.is_person(n))
                fold_.each_standing(PersonNo{n}, put);
            else if (!fold_.is_met(FragmentNo{n}))  // perhaps it was, and what it said may hold
                put(FragmentNo{n}, fold_.stated_by(FragmentNo{n}));
        }
    }
}

// Called by the fold's thread, or before it runs.
void RuntimeImpl::publish_doors() {
    auto view = std::make_shared<DoorView>();
    view->purposes = fold_.purposes;
    view->wordings = fold_.wordings;
    view->sources = fold_.sources;
    for (const SourceInfo& s : view->sources) {
        if (!s.write_key.empty()) view->by_key[s.write_key] = s.number;
    }
    view->blocked = blocked_identifiers(fold_);
    for (const BrandInfo& brand : fold_.brands) view->brands.push_back(brand.id);
    fill_who_asks(fold_, *view);
    view->terms = std::make_shared<const EventTerms>(settings_, fold_.purposes);
    views_.set(std::move(view));
}

// A brand keeps its number for ever: known ones stay where they are, new ones follow. The brand of
// a single shop has no id and is the first, so a shop that becomes a group goes on as its first
// brand.
std::vector<BrandSetting> RuntimeImpl::numbered_brands(std::vector<BrandSetting> wanted,
                                                       const std::vector<BrandInfo>& known) {
    std::vector<BrandSetting> ordered;
    for (const BrandInfo& brand : known) {
        const bool single = ordered.empty() && (brand.id.empty() || wanted.front().id.empty());
        const auto at = single
                            ? wanted.begin()
                            : std::find_if(wanted.begin(), wanted.end(),
                                           [&](const BrandSetting& b) { return b.id == brand.id; });
        if (at != wanted.end()) {
            ordered.push_back(std::move(*at));
            wanted.erase(at);
        } else {  // the file no longer names it; its people stay
            ordered.push_back({brand.id, brand.name, brand.time_zone, {}, {}});
        }
    }
    ordered.insert(ordered.end(), wanted.begin(), wanted.end());
    return ordered;
}

// A purpose keeps its bit for ever: known ones stay where they are, new ones follow.
void RuntimeImpl::record_settings() {
    Settings settings = settings_;
    std::vector<PurposeSetting> ordered;
    for (const consent::Purpose& known : fold_.purposes.list) {
        const auto at = std::find_if(settings.purposes.begin(), settings.purposes.end(),
                                     [&](const PurposeSetting& p) { return p.name == known.name; });
        // One that the file no longer names is kept by name and asks for consent anew.
        ordered.push_back(at != settings.purposes.end()
                              ? *at
                              : PurposeSetting{known.name, LegalBasis::Consent, true, {}});
    }
    for (const PurposeSetting& p : settings.purposes) {
        const bool known = std::any_of(ordered.begin(), ordered.end(),
                                       [&](const PurposeSetting& o) { return o.name == p.name; });
        if (!known) ordered.push_back(p);
    }
    settings.purposes = std::move(ordered);
    settings.brands = numbered_brands(settings_.brands, fold_.brands);
    const std::string json = settings_json(settings, zone_tables_version());
    for (const DocumentView& document : fold_.documents.of(RecordType::Settings)) {
        if (document.json == json) return;
    }
    static_cast<void>(put_document(RecordType::Settings, kSettingsDocument, json, false));
}

void RuntimeImpl::record_sources() {
    std::vector<SourceSetting> wanted = settings_.sources;
    const bool none_known = fold_.documents.of(RecordType::SourceChange).empty();
    if (wanted.empty() && none_known) {
        SourceSetting web;
        web.id = "web";
        web.name = "Web shop";
        wanted.push_back(web);
    }
    for (const SourceSetting& s : wanted) {
        SourceInfo info;
        info.id = s.id;
        info.name = s.name;
        info.channel = channel_named(s.channel).value_or(Channel::Other);
        info.brand = s.brand.empty() ? settings_.brands.front().id : s.brand;
        info.currency = Currency::parse(settings_.brand(info.brand).currency).value_or(Currency{});
        info.default_purpose = s.default_purpose;
        info.basis = basis_named(s.basis).value_or(LegalBasis::Consent);
        info.strict = s.strict;
        info.properties = s.properties;
        std::sort(info.properties.begin(), info.properties.end());
        info.write_key = s.write_key;
        std::string known_json;
        for (const DocumentView& d : fold_.documents.of(RecordType::SourceChange)) {
            if (d.id != s.id) continue;
            known_json = d.json;
            if (info.write_key.empty())
                info.write_key = parse_source(d.id, d.json).value_or(SourceInfo{}).write_key;
        }
        if (info.write_key.empty()) info.write_key = "wk_" + new_secret(12);
        const std::string json = source_json(info);
        if (json != known_json)
            static_cast<void>(put_document(RecordType::SourceChange, s.id, json, false));
    }
}

// Secrets of a new folder: a link for the first admin, a token for the command line on this
// machine. The token's file comes last, for it is the mark of a first start that is done: a crash
// before it makes both anew, and nobody is left without a way in.
void RuntimeImpl::first_start() {
    const std::string token_path = folder_ + "/secrets/cli-token";
    if (seams_.disk.exists(token_path)) {
        if (!is_known_token(seams_.disk, token_path, fold_.documents))
            tell({"cli token unknown",
                  {{"file", token_path},
                   {"way_out", "remove the file and start again: another is made"}}});
        return;
    }
    const std::string token = "fr_" + new_secret(24);
    const TokenDocument document{"Command line on this machine", Role::Admin, sha256_hex(token),
                                 seams_.clock.now().us};
    const bool ok =
        replace_whole(seams_.disk, folder_ + "/secrets/admin-link", new_secret(24)).ok() &&
        put_document(RecordType::TokenChange, kCliToken, token_json(document), false).ok() &&
        replace_whole(seams_.disk, token_path, token).ok();
    if (!ok)
        fail(Error{"engine.first_start", "The secrets of the first start could not be written.",
                   "Look at the folder's rights and free space."});
}

}  // namespace filrouge::engine
