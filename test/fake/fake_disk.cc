#include "fake/fake_disk.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "base/hash.h"

namespace filrouge::fake {
namespace {

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash);
}

Error fault(const std::string& code, const std::string& path) {
    return {code, "An injected fault at " + path + ".", ""};
}

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t below(std::uint64_t n) { return mix64(state_ += 0x9e3779b97f4a7c15u) % n; }

  private:
    std::uint64_t state_;
};

// Fires at the n-th call after it was set.
struct Fuse {
    std::uint64_t left = 0;
    std::string code;
    bool burns() { return left != 0 && --left == 0; }
};

}  // namespace

struct FakeDisk::Node {
    Bytes now;  // what read_at sees
    Bytes durable;
    std::set<std::uint64_t> dirty;  // sectors written since the last sync

    void write(std::uint64_t offset, BytesView bytes) {
        if (now.size() < offset + bytes.size()) now.resize(offset + bytes.size(), '\0');
        std::memcpy(now.data() + offset, bytes.data(), bytes.size());
        touch(offset, bytes.size());
    }
    void resize(std::uint64_t size) {
        const std::uint64_t from = std::min<std::uint64_t>(size, now.size());
        const std::uint64_t to = std::max<std::uint64_t>(size, now.size());
        now.resize(size, '\0');
        touch(from, to - from);
    }
    void touch(std::uint64_t offset, std::uint64_t length) {
        if (length == 0) return;
        for (std::uint64_t s = offset / kSectorBytes; s <= (offset + length - 1) / kSectorBytes;
             ++s) {
            dirty.insert(s);
        }
    }
    void make_durable(std::uint64_t sector) {
        const std::uint64_t from = sector * kSectorBytes;
        if (from >= now.size()) return;
        const std::uint64_t length = std::min<std::uint64_t>(kSectorBytes, now.size() - from);
        if (durable.size() < from + length) durable.resize(from + length, '\0');
        std::memcpy(durable.data() + from, now.data() + from, length);
    }
    void sync() {
        for (const std::uint64_t sector : dirty) make_durable(sector);
        durable.resize(now.size(), '\0');
        dirty.clear();
    }
    // What of the unsynced survives a loss of power.
    void crash(Crash how, Dice& dice) {
        std::uint64_t keep = how == Crash::KeepPrefix ? dice.below(dirty.size() + 1) : 0;
        const bool keep_length = how != Crash::LoseUnsynced && dice.below(2) == 0;
        for (const std::uint64_t sector : dirty) {
            if (how == Crash::KeepRandom ? dice.below(2) == 0 : keep > 0) make_durable(sector);
            if (keep > 0) --keep;
        }
        if (keep_length) durable.resize(now.size(), '\0');
        now = durable;
        dirty.clear();
    }
};

struct FakeDisk::Change {
    std::string folder;
    std::string removed;  // path that disappears; may be empty
    std::string made;     // path that appears; may be empty
    std::shared_ptr<Node> node;
};

struct FakeDisk::State {
    using Entries = std::map<std::string, std::shared_ptr<Node>>;
    mutable std::mutex mutex;  // guards everything
    Entries now;
    Entries durable;
    std::vector<Change> changes;
    std::set<std::string> folders;  // made for good at once, as the real make_folder does
    std::set<std::string> locks;
    std::set<std::string> open_to_others;
    DiskCounts counts;
    std::uint64_t capacity = ~std::uint64_t{0};
    std::function<void()> watcher;
    std::uint64_t stop_in = 0;
    bool stopped = false;
    Fuse write_fuse;
    Fuse sync_fuse;
    Fuse read_fuse;

    static void apply(const Change& change, Entries& entries) {
        if (!change.removed.empty()) entries.erase(change.removed);
        if (!change.made.empty()) entries[change.made] = change.node;
    }
    void change(Change made) {
        apply(made, now);
        changes.push_back(std::move(made));
    }
    // True when the machine is off: the change under way may or may not have happened.
    bool counted() {
        ++counts.changes;
        if (stop_in != 0 && --stop_in == 0) stopped = true;
        return stopped;
    }
    std::uint64_t used() const {
        std::uint64_t sum = 0;
        for (const auto& [path, node] : now) sum += node->now.size();
        return sum;
    }
    bool fits(const Node& node, std::uint64_t size) const {
        return size <= node.now.size() || used() + (size - node.now.size()) <= capacity;
    }
};

// Declared before the lock is taken, so it speaks when the lock is free again.
class FakeDisk::Told {
  public:
    explicit Told(State& state) : state_(state) {}
    ~Told() {
        if (state_.watcher) state_.watcher();
    }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;

  private:
    State& state_;
};

class FakeFile : public File {
  public:
    FakeFile(FakeDisk::State& state, std::shared_ptr<FakeDisk::Node> node, std::string path)
        : state_(state), node_(std::move(node)), path_(std::move(path)) {}

    Result<void> write_at(std::uint64_t offset, BytesView bytes) override {
        const FakeDisk::Told told(state_);
        const std::lock_guard lock(state_.mutex);
        ++state_.counts.writes;
        const bool was_off = state_.stopped;
        if (state_.counted()) {
            if (!was_off) node_->write(offset, bytes);  // unsynced: the crash decides how much
            return fault("disk.io", path_);
        }
        if (state_.write_fuse.burns()) {
            node_->write(offset, bytes.substr(0, bytes.size() / 2));
            return fault(state_.write_fuse.code, path_);
        }
        if (!state_.fits(*node_, offset + bytes.size())) return fault("disk.full", path_);
        node_->write(offset, bytes);
        return {};
    }
    Result<void> read_at(std::uint64_t offset, std::size_t size, Bytes& out) const override {
        const std::lock_guard lock(state_.mutex);
        if (state_.read_fuse.burns()) return fault("disk.io", path_);
        const Bytes& bytes = node_->now;
        out.assign(bytes, std::min<std::size_t>(offset, bytes.size()), size);
        return {};
    }
    Result<void> sync_data() override {
        const FakeDisk::Told told(state_);
        const std::lock_guard lock(state_.mutex);
        ++state_.counts.syncs;
        if (state_.counted()) return fault("disk.io", path_);
        if (state_.sync_fuse.burns()) {
            node_->dirty.clear();
            return fault(state_.sync_fuse.code, path_);
        }
        node_->sync();
        return {};
    }
    Result<std::uint64_t> size() const override {
        const std::lock_guard lock(state_.mutex);
        return std::uint64_t{node_->now.size()};
    }
    Result<void> preallocate(std::uint64_t size) override {
        const FakeDisk::Told told(state_);
        const std::lock_guard lock(state_.mutex);
        if (size <= node_->now.size()) return {};
        const bool was_off = state_.stopped;
        if (state_.counted()) {
            if (!was_off) node_->resize(size);
            return fault("disk.io", path_);
        }
        if (!state_.fits(*node_, size)) return fault("disk.full", path_);
        node_->resize(size);
        return {};
    }
    Result<void> truncate(std::uint64_t size) override {
        const FakeDisk::Told told(state_);
        const std::lock_guard lock(state_.mutex);
        const bool was_off = state_.stopped;
        if (state_.counted() && was_off) return fault("disk.io", path_);
        node_->resize(size);
        if (state_.stopped) return fault("disk.io", path_);
        return {};
    }

  private:
    FakeDisk::State& state_;
    std::shared_ptr<FakeDisk::Node> node_;
    std::string path_;
};

namespace {

class FakeLock : public DiskLock {
  public:
    FakeLock(std::mutex& mutex, std::set<std::string>& locks, std::string path)
        : mutex_(mutex), locks_(locks), path_(std::move(path)) {}
    ~FakeLock() override {
        const std::lock_guard lock(mutex_);
        locks_.erase(path_);
    }

  private:
    std::mutex& mutex_;
    std::set<std::string>& locks_;
    std::string path_;
};

}  // namespace

FakeDisk::FakeDisk() : state_(std::make_unique<State>()) {}
FakeDisk::~FakeDisk() = default;

Result<std::unique_ptr<File>> FakeDisk::open(const std::string& path, Open how) {
    const Told told(*state_);
    const std::lock_guard lock(state_->mutex);
    const auto at = state_->now.find(path);
    if (at != state_->now.end()) {
        if (how == Open::CreateNew) return fault("disk.exists", path);
        return std::unique_ptr<File>(std::make_unique<FakeFile>(*state_, at->second, path));
    }
    if (how == Open::Existing || !state_->folders.contains(folder_of(path))) {
        return fault("disk.not_found", path);
    }
    const bool was_off = state_->stopped;
    const bool off = state_->counted();
    auto node = std::make_shared<Node>();
    if (!was_off) state_->change({folder_of(path), "", path, node});
    if (off) return fault("disk.io", path);
    return std::unique_ptr<File>(std::make_unique<FakeFile>(*state_, node, path));
}

Result<std::vector<std::string>> FakeDisk::list(const std::string& folder) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->folders.contains(folder)) return fault("disk.not_found", folder);
    std::set<std::string> names;
    for (const auto& [path, node] : state_->now) {
        if (folder_of(path) == folder) names.insert(path.substr(path.rfind('/') + 1));
    }
    for (const auto& path : state_->folders) {
        if (path != folder && folder_of(path) == folder)
            names.insert(path.substr(path.rfind('/') + 1));
    }
    return std::vector<std::string>(names.begin(), names.end());
}

Result<void> FakeDisk::make_folder(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    for (std::size_t slash = 0; slash != std::string::npos;) {
        slash = path.find('/', slash + 1);
        state_->folders.insert(path.substr(0, slash));
    }
    return {};
}

bool FakeDisk::exists(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    return state_->now.contains(path) || state_->folders.contains(path);
}

Result<void> FakeDisk::rename(const std::string& from, const std::string& to) {
    const Told told(*state_);
    const std::lock_guard lock(state_->mutex);
    const auto at = state_->now.find(from);
    if (at == state_->now.end()) return fault("disk.not_found", from);
    ASSERT(folder_of(from) == folder_of(to));  // across folders its durability is not modelled
    const bool was_off = state_->stopped;
    const bool off = state_->counted();
    if (!was_off) state_->change({folder_of(to), from, to, at->second});
    if (off) return fault("disk.io", from);
    return {};
}

Result<void> FakeDisk::remove(const std::string& path) {
    const Told told(*state_);
    const std::lock_guard lock(state_->mutex);
    if (!state_->now.contains(path)) return fault("disk.not_found", path);
    const bool was_off = state_->stopped;
    const bool off = state_->counted();
    if (!was_off) state_->change({folder_of(path), path, "", nullptr});
    if (off) return fault("disk.io", path);
    return {};
}

Result<void> FakeDisk::sync_folder(const std::string& path) {
    const Told told(*state_);
    const std::lock_guard lock(state_->mutex);
    ++state_->counts.syncs;
    if (state_->counted()) return fault("disk.io", path);
    if (state_->sync_fuse.burns()) return fault(state_->sync_fuse.code, path);
    std::vector<Change> others;
    for (Change& change : state_->changes) {
        if (change.folder != path) {
            others.push_back(std::move(change));
        } else {
            State::apply(change, state_->durable);
        }
    }
    state_->changes = std::move(others);
    return {};
}

Result<DiskSpace> FakeDisk::space(const std::string&) {
    const std::lock_guard lock(state_->mutex);
    const std::uint64_t used = state_->used();
    return DiskSpace{used > state_->capacity ? 0 : state_->capacity - used, state_->capacity};
}

Result<bool> FakeDisk::open_to_others(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    return state_->open_to_others.contains(path);
}

Result<std::unique_ptr<DiskLock>> FakeDisk::lock(const std::string& path) {
    const std::lock_guard guard(state_->mutex);
    if (!state_->locks.insert(path).second) return fault("disk.locked", path);
    return std::unique_ptr<DiskLock>(
        std::make_unique<FakeLock>(state_->mutex, state_->locks, path));
}

void FakeDisk::stop_at(std::uint64_t change) {
    const std::lock_guard lock(state_->mutex);
    state_->stop_in = change;
    state_->stopped = false;
}

void FakeDisk::fail_write(std::uint64_t n, const std::string& code) {
    const std::lock_guard lock(state_->mutex);
    state_->write_fuse = {n, code};
}

void FakeDisk::fail_sync(std::uint64_t n, const std::string& code) {
    const std::lock_guard lock(state_->mutex);
    state_->sync_fuse = {n, code};
}

void FakeDisk::fail_read(std::uint64_t n) {
    const std::lock_guard lock(state_->mutex);
    state_->read_fuse = {n, {}};
}

void FakeDisk::set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock(state_->mutex);
    state_->capacity = bytes;
}

std::uint64_t FakeDisk::used() const {
    const std::lock_guard lock(state_->mutex);
    return state_->used();
}

void FakeDisk::watch(std::function<void()> each_change) {
    const std::lock_guard lock(state_->mutex);
    state_->watcher = std::move(each_change);
}

void FakeDisk::crash(Crash how, std::uint64_t seed) {
    const std::lock_guard lock(state_->mutex);
    State& s = *state_;
    s.locks.clear();
    s.stop_in = 0;
    s.stopped = false;
    s.write_fuse = {};
    s.sync_fuse = {};
    s.read_fuse = {};
    if (how == Crash::KeepAll) return;
    Dice dice(seed);
    std::uint64_t prefix = dice.below(s.changes.size() + 1);
    for (const Change& change : s.changes) {
        const bool keep = (how == Crash::KeepPrefix && prefix > 0) ||
                          (how == Crash::KeepRandom && dice.below(2) == 0);
        if (prefix > 0) --prefix;
        if (keep) State::apply(change, s.durable);
    }
    s.changes.clear();
    // Handles from before the crash keep the old nodes and reach nothing any more.
    std::map<Node*, std::shared_ptr<Node>> fresh;
    for (auto& [path, node] : s.durable) {
        auto& copy = fresh[node.get()];
        if (!copy) {
            copy = std::make_shared<Node>(*node);
            copy->crash(how, dice);
        }
        node = copy;
    }
    s.now = s.durable;
}

std::unique_ptr<FakeDisk> FakeDisk::clone() const {
    const std::lock_guard lock(state_->mutex);
    auto out = std::make_unique<FakeDisk>();
    State& to = *out->state_;
    std::map<Node*, std::shared_ptr<Node>> copies;
    auto copy = [&copies](const std::shared_ptr<Node>& node) {
        if (!node) return node;
        auto& held = copies[node.get()];
        if (!held) held = std::make_shared<Node>(*node);
        return held;
    };
    for (const auto& [path, node] : state_->now) to.now[path] = copy(node);
    for (const auto& [path, node] : state_->durable) to.durable[path] = copy(node);
    for (const Change& c : state_->changes) {
        to.changes.push_back({c.folder, c.removed, c.made, copy(c.node)});
    }
    to.folders = state_->folders;
    to.open_to_others = state_->open_to_others;
    return out;
}

DiskCounts FakeDisk::counts() const {
    const std::lock_guard lock(state_->mutex);
    return state_->counts;
}

std::vector<std::string> FakeDisk::paths() const {
    const std::lock_guard lock(state_->mutex);
    std::vector<std::string> out;
    for (const auto& [path, node] : state_->now) out.push_back(path);
    return out;
}

Bytes FakeDisk::raw(const std::string& path) const {
    const std::lock_guard lock(state_->mutex);
    const auto at = state_->now.find(path);
    ASSERT(at != state_->now.end());
    return at->second->now;
}

void FakeDisk::set_raw(const std::string& path, Bytes bytes) {
    const std::lock_guard lock(state_->mutex);
    auto node = std::make_shared<Node>();
    node->now = bytes;
    node->durable = std::move(bytes);
    state_->now[path] = node;
    state_->durable[path] = node;
}

void FakeDisk::set_open_to_others(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    state_->open_to_others.insert(path);
}

}  // namespace filrouge::fake
