#include "storage/key_folding.h"

#include <algorithm>

namespace filrouge {

KeyFolding::KeyFolding(Disk& disk, Random& random, Keys keys, std::vector<StoredBucket> buckets,
                       std::uint32_t oldest_journal, bool in_background)
    : disk_(disk),
      random_(random),
      keys_(keys),
      buckets_(std::move(buckets)),
      oldest_journal_(oldest_journal) {
    for (std::uint32_t b = 0; b < kKeyBuckets; ++b) bucket_files_[b] = buckets_[b].exists;
    if (in_background) thread_ = std::thread([this] { run(); });
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
        static_cast<void>(fold(journal));
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
        static_cast<void>(fold(journal));
        lock.lock();
    }
}

Result<void> KeyFolding::fold(std::uint32_t journal) {
    key_files::BucketSet replaced;
    for (std::uint32_t b = 0; b < kKeyBuckets; ++b) {
        if (stopping()) return {};
        if (TRY(fold_bucket(b))) replaced.set(b);
    }
    TRY(disk_.sync_folder(keys_.path));
    {
        const std::lock_guard lock(mutex_);
        bucket_files_ |= replaced;
    }
    // Oldest first and each made durable, so that a crash on the way leaves no gap in the numbers.
    for (; oldest_journal_ <= journal; ++oldest_journal_) {
        TRY(disk_.remove(keys_.path + "/" + key_files::journal_name(oldest_journal_)));
        TRY(disk_.sync_folder(keys_.path));
    }
    return {};
}

Result<bool> KeyFolding::fold_bucket(std::uint32_t number) {
    StoredBucket& stored = buckets_[number];
    key_files::Bucket bucket{stored.highest, {}};
    const FragmentNo highest = keys_.table.highest();
    if (highest.is_none()) return false;
    for (std::uint64_t f = number; f <= highest.value; f += kKeyBuckets) {
        const FragmentNo fragment{static_cast<std::uint32_t>(f)};
        if (const auto key = keys_.table.find(fragment)) bucket.keys.push_back({fragment, *key});
    }
    if (bucket.keys.size() == stored.keys) return false;
    const FragmentNo last = bucket.keys.back().fragment;
    bucket.highest = bucket.highest.is_none() ? last : std::max(bucket.highest, last);

    const std::string path = keys_.path + "/" + key_files::bucket_name(number);
    {
        const auto file = TRY(disk_.open(path + ".new", Disk::Open::Create));
        TRY(file->truncate(0));
        TRY(file->write_at(0, key_files::encode_bucket(bucket, number, keys_.process, random_)));
        TRY(file->sync_data());
    }
    TRY(disk_.rename(path + ".new", path));
    stored = {true, static_cast<std::uint32_t>(bucket.keys.size()), bucket.highest};
    return true;
}

}  // namespace filrouge
