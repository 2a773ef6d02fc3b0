// The key stores. See storage/keys.h for the promises and docs/formats/keys.md for the bytes.
#include "storage/keys.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "base/assert.h"
#include "base/mutant.h"
#include "storage/key_files.h"
#include "storage/key_folder.h"
#include "storage/key_folding.h"
#include "storage/key_table.h"
#include "storage/master_key.h"

namespace filrouge {
namespace {

using key_files::KeyOfFragment;

constexpr std::array kProcessKeyNames = {kKeyIdentifierHash, kKeyProfileId,  kKeySnapshot,
                                         kKeyDedupe,         kKeyReceipts,   kKeySuppression,
                                         kKeyAudit,          kKeyCallAnswers};

class MemoryKeyStore : public KeyStore {
  public:
    explicit MemoryKeyStore(Random& random) : random_(random) {
        for (const auto name : kProcessKeyNames) {
            named_.push_back(key_files::make_named_key(name, random));
        }
    }
    std::optional<DataKey> find(FragmentNo fragment) const override {
        return table_.find(fragment);
    }
    void prefetch(FragmentNo fragment) const override { table_.prefetch(fragment); }
    DataKey create(FragmentNo fragment) override { return table_.create(fragment, random_); }
    Result<void> persist() override {
        std::vector<FragmentNo> fresh;
        table_.take_fresh(fresh);
        persisted_.fetch_add(fresh.size(), std::memory_order_relaxed);
        return {};
    }
    bool has_unpersisted() const override { return table_.size() != persisted_.load(); }
    Result<void> forget(const std::vector<FragmentNo>& fragments,
                        const std::vector<std::string_view>& renewed) override {
        TRY(persist());
        key_files::renew(named_, renewed, random_);
        for (const FragmentNo f : fragments) {
            if (!table_.find(f)) continue;
            --persisted_;  // before the table's, so that has_unpersisted() never says no too early
            table_.remove(f);
        }
        return {};
    }
    FragmentNo highest() const override { return table_.highest(); }
    DataKey process_key(std::string_view name) const override {
        return key_files::key_named(named_, name);
    }
    std::uint64_t size() const override { return table_.size(); }

  private:
    Random& random_;
    KeyTable table_;
    std::vector<key_files::NamedKey> named_;
    std::atomic<std::uint64_t> persisted_{0};
};

class DiskKeyStore : public WrappedKeyStore {
  public:
    DiskKeyStore(Disk& disk, Random& random, KeyFolder folder, const DataKey& master,
                 const KeyStoreOptions& options)
        : random_(random),
          disk_(disk),
          options_(options),
          path_(std::move(folder.path)),
          process_(std::move(folder.process)),
          table_(std::move(folder.table)),
          durable_(table_->size()),
          journal_(std::move(folder.journal)),
          folding_(disk, random, {path_, *process_, *table_, master}, std::move(folder.buckets),
                   folder.oldest_journal, options.fold_in_background) {
        if (folder.oldest_journal < journal_.number) folding_.fold_up_to(journal_.number - 1);
    }

    std::optional<DataKey> find(FragmentNo fragment) const override {
        return table_->find(fragment);
    }
    void prefetch(FragmentNo fragment) const override { table_->prefetch(fragment); }
    DataKey create(FragmentNo fragment) override { return table_->create(fragment, random_); }
    bool has_unpersisted() const override {
        return table_->size() != durable_.load(std::memory_order_acquire);
    }
    FragmentNo highest() const override { return table_->highest(); }
    DataKey process_key(std::string_view name) const override { return folding_.process_key(name); }
    std::uint64_t size() const override { return table_->size(); }
    Result<void> persist() override;
    Result<void> forget(const std::vector<FragmentNo>& fragments,
                        const std::vector<std::string_view>& renewed) override;
    bool is_under(const DataKey& master) const override { return folding_.is_under(master); }
    Result<void> rewrap(const DataKey& master) override;

  private:
    Result<void> persist_locked();
    Result<void> write_pending();
    Result<void> make_room(std::uint64_t bytes);
    Result<std::uint32_t> next_journal(std::uint64_t bytes);
    std::uint64_t grown_journal() const;
    Result<void> replace_buckets(const std::vector<FragmentNo>& forgotten,
                                 const std::vector<std::string_view>& renewed);

    Random& random_;
    Disk& disk_;
    const KeyStoreOptions options_;
    const std::string path_;
    const std::unique_ptr<key_files::ProcessKeys> process_;
    const std::unique_ptr<KeyTable> table_;
    std::atomic<std::uint64_t> durable_;  // keys on disk
    std::mutex mutex_;                    // guards the three below: a journal has one writer
    bool failed_ = false;
    std::vector<FragmentNo> pending_;  // created and not yet durable
    OpenJournal journal_;
    KeyFolding folding_;  // last: it stops first
};

Result<void> DiskKeyStore::persist() {
    const std::lock_guard lock(mutex_);
    return persist_locked();
}

Result<void> DiskKeyStore::persist_locked() {
    if (failed_) {
        return Error{"keys.stopped", "An earlier write of keys failed; nothing more is accepted.",
                     "Look for disk errors, then start filrouge again."};
    }
    if (!has_unpersisted()) return {};
    table_->take_fresh(pending_);
    while (!pending_.empty()) TRY(write_pending());
    return {};
}

// One group: one write, one sync. A second is begun only when the first is durable, so that at most
// one is unfinished after a crash.
Result<void> DiskKeyStore::write_pending() {
    const std::size_t count = std::min(pending_.size(), key_files::kGroupKeysMax);
    std::vector<KeyOfFragment> keys;
    keys.reserve(count);
    for (std::size_t i = pending_.size() - count; i < pending_.size(); ++i) {
        keys.push_back({pending_[i], *table_->find(pending_[i])});
    }
    const Bytes group = key_files::encode_group(keys, journal_.groups, *process_, random_);
    if (journal_.end + group.size() > journal_.file_bytes) {
        return make_room(group.size());  // the caller's loop comes back
    }
    failed_ = true;  // until both calls have answered ok
    TRY(journal_.file->write_at(journal_.end, group));
    TRY(journal_.file->sync_data());
    failed_ = false;
    journal_.end += group.size();
    ++journal_.groups;
    pending_.resize(pending_.size() - count);
    durable_.fetch_add(count, std::memory_order_release);
    return {};
}

Result<void> DiskKeyStore::make_room(std::uint64_t bytes) {
    folding_.fold_up_to(TRY(next_journal(bytes)));
    return {};
}

// Folding writes every bucket, whose syncs hold up the log's, so of many keys it is done seldom: a
// journal takes several times what there is. Bounded, for the log waits while it is laid out.
std::uint64_t DiskKeyStore::grown_journal() const {
    constexpr std::uint64_t kGrowth = 4, kFromBytes = 16 << 20, kBytesMax = 64 << 20;
    const std::uint64_t bytes = kGrowth * table_->size() * key_files::kEntryBytes;
    return bytes < kFromBytes ? 0 : std::min(bytes, kBytesMax);
}

// Answers the number of the one before it.
Result<std::uint32_t> DiskKeyStore::next_journal(std::uint64_t bytes) {
    const std::uint32_t full = journal_.number;
    const std::uint64_t wanted =
        std::max({options_.journal_bytes, key_files::kJournalHeaderBytes + bytes, grown_journal()});
    auto fresh = start_journal(disk_, path_, *process_,
                               {full + 1, table_->highest(), wanted, folding_.bucket_files()});
    if (!fresh.ok()) {
        if (fresh.error().code == "disk.full") {
            return Error{"keys.disk_full",
                         "There is no space for new keys: " + fresh.error().message,
                         "Free space; keys are accepted again as soon as there is some."};
        }
        failed_ = true;
        return std::move(fresh).error();
    }
    journal_ = std::move(fresh).value();
    return full;
}

// The steps of docs/formats/keys.md, "Erasure". The first fold has the most to do and stops nobody;
// the second finds only the keys that were made meanwhile.
Result<void> DiskKeyStore::forget(const std::vector<FragmentNo>& fragments,
                                  const std::vector<std::string_view>& renewed) {
    std::vector<FragmentNo> known;
    for (const FragmentNo f : fragments) {
        if (table_->find(f)) known.push_back(f);
    }
    // Once each: they are counted off what is durable.
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    if ((known.empty() && renewed.empty()) || MUTANT(key_kept)) return {};
    std::uint32_t full = 0;
    {
        const std::lock_guard lock(mutex_);
        TRY(persist_locked());
        full = TRY(next_journal(0));
    }
    TRY(folding_.fold_now(full));
    const std::lock_guard lock(mutex_);
    TRY(persist_locked());
    TRY(folding_.fold_now(TRY(next_journal(0))));
    return replace_buckets(known, renewed);
}

Result<void> DiskKeyStore::replace_buckets(const std::vector<FragmentNo>& forgotten,
                                           const std::vector<std::string_view>& renewed) {
    auto prepared = TRY(folding_.prepare(forgotten));
    key_files::renew(prepared.process.named, renewed, random_);
    // Before the table's own count: has_unpersisted() must never say no too early.
    durable_.fetch_sub(forgotten.size(), std::memory_order_acq_rel);
    auto done = folding_.forget(prepared);
    if (done.ok()) return {};
    if (done.error().code == "disk.full") {  // process.frk is the old one
        durable_.fetch_add(forgotten.size(), std::memory_order_acq_rel);
    } else {
        failed_ = true;
    }
    return done;
}

// The journal's writer need not wait: what it wraps is wrapped under bucket keys, which stay.
Result<void> DiskKeyStore::rewrap(const DataKey& master) {
    auto done = folding_.rewrap(master);
    if (done.ok() || done.error().code == "disk.full") return done;
    const std::lock_guard lock(mutex_);
    failed_ = true;
    return done;
}

}  // namespace

Result<std::unique_ptr<WrappedKeyStore>> open_wrapped_key_store(Disk& disk, Random& random,
                                                                const std::string& folder,
                                                                const DataKey& master,
                                                                const KeyStoreOptions& options,
                                                                KeyStoreOpening* opening) {
    KeyFolder opened = TRY(open_key_folder(
        disk, random, folder, master,
        {options.journal_bytes, {kProcessKeyNames.begin(), kProcessKeyNames.end()}}));
    if (opening != nullptr)
        *opening = {folder + "/" + key_files::journal_name(opened.journal.number),
                    opened.torn_bytes};
    return std::unique_ptr<WrappedKeyStore>(
        std::make_unique<DiskKeyStore>(disk, random, std::move(opened), master, options));
}

Result<std::unique_ptr<KeyStore>> open_key_store(Disk& disk, Random& random,
                                                 const std::string& folder, const DataKey& master,
                                                 const KeyStoreOptions& options,
                                                 KeyStoreOpening* opening) {
    return std::unique_ptr<KeyStore>(
        TRY(open_wrapped_key_store(disk, random, folder, master, options, opening)));
}

std::unique_ptr<KeyStore> make_memory_key_store(Random& random) {
    return std::make_unique<MemoryKeyStore>(random);
}

}  // namespace filrouge
