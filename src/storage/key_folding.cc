#include "storage/key_folding.h"

#include <algorithm>

#include "base/assert.h"
#include "base/thread_name.h"

namespace filrouge {

KeyFolding::KeyFolding(Disk& disk, Random& random, Keys keys, std::vector<StoredBucket> buckets,
                       std::uint32_t oldest_journal, bool in_background)
    : disk_(disk),
      random_(random),
      keys_(keys),
      buckets_(std::move(buckets)),
      oldest_journal_(oldest_journal) {
    for (std::uint32_t b = 0; b < kKeyBuckets; ++b) bucket_files_[b] = buckets_[b].exists;
    if (in_background)
        thread_ = std::thread([this] {
            name_thread("keys");
            run();
        });
}

KeyFolding::~KeyFolding() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void KeyFolding::fold_up_to(std::uint32_t journal) {
    if (!thread_.joinable()) {
        static_cast<void>(fold_now(journal));
        return;
    }
    const std::lock_guard lock(mutex_);
    wanted_ = std::max(wanted_, journal);
    changed_.notify_all();
}

key_files::BucketSet KeyFolding::bucket_files() const {
    const std::lock_guard lock(mutex_);
    return bucket_files_;
}

bool KeyFolding::stopping() const {
    const std::lock_guard lock(mutex_);
    return stop_;
}

void KeyFolding::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stop_ || wanted_ != 0; });
        if (stop_) return;
        const std::uint32_t journal = std::exchange(wanted_, 0);
        lock.unlock();
        static_cast<void>(fold_now(journal));
        lock.lock();
    }
}

Result<void> KeyFolding::fold_now(std::uint32_t journal) {
    const std::lock_guard work(work_mutex_);
    return fold(journal);
}

// Of a full disk the names are still there to be synced; of a disk that failed nobody knows.
Result<void> KeyFolding::sync_folder() {
    auto synced = disk_.sync_folder(keys_.path);
    if (!synced.ok() && synced.error().code != "disk.full") {
        const std::lock_guard lock(mutex_);
        sync_failed_ = true;
    }
    return synced;
}

Result<void> KeyFolding::check_synced() const {
    const std::lock_guard lock(mutex_);
    if (!sync_failed_) return {};
    return Error{"keys.stopped",
                 "An earlier sync of the folder of keys failed; none is moved or forgotten.",
                 "Look for disk errors, then start filrouge again."};
}

Result<void> KeyFolding::fold(std::uint32_t journal) {
    TRY(check_synced());
    key_files::BucketSet replaced;
    for (std::uint32_t b = 0; b < kKeyBuckets; ++b) {
        if (stopping()) return {};
        if (TRY(fold_bucket(b))) replaced.set(b);
    }
    TRY(sync_folder());
    {
        const std::lock_guard lock(mutex_);
        bucket_files_ |= replaced;
    }
    // Oldest first and each made durable, so that a crash on the way leaves no gap in the numbers.
    for (; oldest_journal_ <= journal; ++oldest_journal_) {
        TRY(disk_.remove(keys_.path + "/" + key_files::journal_name(oldest_journal_)));
        TRY(sync_folder());
    }
    return {};
}

key_files::Bucket KeyFolding::bucket_of_table(std::uint32_t number) const {
    key_files::Bucket bucket{buckets_[number].highest, {}};
    const FragmentNo highest = keys_.table.highest();
    if (highest.is_none()) return bucket;
    for (std::uint64_t f = number; f <= highest.value; f += kKeyBuckets) {
        const FragmentNo fragment{static_cast<std::uint32_t>(f)};
        if (const auto key = keys_.table.find(fragment)) bucket.keys.push_back({fragment, *key});
    }
    if (bucket.keys.empty()) return bucket;
    const FragmentNo last = bucket.keys.back().fragment;
    bucket.highest = bucket.highest.is_none() ? last : std::max(bucket.highest, last);
    return bucket;
}

Result<void> KeyFolding::write_beside(std::uint32_t number, const key_files::Bucket& bucket,
                                      const key_files::ProcessKeys& process) {
    const std::string path = keys_.path + "/" + key_files::bucket_name(number) + ".new";
    const auto file = TRY(disk_.open(path, Disk::Open::Create));
    TRY(file->truncate(0));
    TRY(file->write_at(0, key_files::encode_bucket(bucket, number, process, random_)));
    return file->sync_data();
}

Result<bool> KeyFolding::fold_bucket(std::uint32_t number) {
    StoredBucket& stored = buckets_[number];
    const key_files::Bucket bucket = bucket_of_table(number);
    if (bucket.keys.size() == stored.keys) return false;
    TRY(write_beside(number, bucket, keys_.process));
    const std::string path = keys_.path + "/" + key_files::bucket_name(number);
    TRY(disk_.rename(path + ".new", path));
    stored = {true, static_cast<std::uint32_t>(bucket.keys.size()), bucket.highest};
    return true;
}

Result<KeyFolding::Forgetting> KeyFolding::prepare(const std::vector<FragmentNo>& fragments) {
    Forgetting out{std::unique_lock(work_mutex_), fragments, keys_.process, {}};
    TRY(check_synced());
    for (const FragmentNo f : fragments) out.left.try_emplace(key_files::bucket_of(f));
    for (auto& [number, bucket] : out.left) {
        bucket = bucket_of_table(number);
        std::erase_if(bucket.keys, [&](const key_files::KeyOfFragment& entry) {
            return std::find(fragments.begin(), fragments.end(), entry.fragment) != fragments.end();
        });
        DataKey& fresh = out.process.buckets[number];
        random_.fill(reinterpret_cast<char*>(fresh.bytes.data()), fresh.bytes.size());
        TRY(write_beside(number, bucket, out.process));
    }
    // Their names are durable before the keys that open the old files are gone.
    TRY(sync_folder());
    return out;
}

DataKey KeyFolding::process_key(std::string_view name) const {
    const std::lock_guard lock(named_mutex_);
    return key_files::key_named(keys_.process.named, name);
}

bool KeyFolding::is_under(const DataKey& master) const {
    const std::lock_guard lock(named_mutex_);
    return keys_.master == master;
}

// A bucket that is folded after it may be sealed with a key that process.frk no longer holds.
Error KeyFolding::stop_after(const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    if (error.code != "disk.full") return error;
    return {"disk.io", error.message, "Free space, then start filrouge again."};
}

Result<void> KeyFolding::forget(const Forgetting& prepared) {
    ASSERT(prepared.work.owns_lock());
    auto done = write_process(disk_, random_, keys_.path, prepared.process, keys_.master);
    if (!done.ok() && done.error().code == "disk.full") return done;  // process.frk is the old one
    if (done.ok()) done = switch_to(prepared);
    if (done.ok()) return done;
    return stop_after(done.error());
}

Result<void> KeyFolding::rewrap(const DataKey& master) {
    const std::lock_guard work(work_mutex_);
    TRY(check_synced());
    if (stopping()) {
        return Error{"keys.stopped", "An earlier write of keys failed; nothing more is accepted.",
                     "Look for disk errors, then start filrouge again."};
    }
    const auto done = write_process(disk_, random_, keys_.path, keys_.process, master);
    if (!done.ok()) {
        if (done.error().code == "disk.full") return done;  // process.frk is the old one
        return stop_after(done.error());
    }
    const std::lock_guard lock(named_mutex_);
    keys_.master = master;
    return {};
}

Result<void> KeyFolding::switch_to(const Forgetting& prepared) {
    keys_.process.buckets = prepared.process.buckets;
    {
        const std::lock_guard lock(named_mutex_);
        keys_.process.named = prepared.process.named;
    }
    for (const FragmentNo f : prepared.fragments) keys_.table.remove(f);
    for (const auto& [number, bucket] : prepared.left) {
        const std::string path = keys_.path + "/" + key_files::bucket_name(number);
        TRY(disk_.rename(path + ".new", path));
        buckets_[number] = {true, static_cast<std::uint32_t>(bucket.keys.size()), bucket.highest};
    }
    return sync_folder();
}

}  // namespace filrouge
