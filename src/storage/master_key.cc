// Where the master key comes from, and how another takes its place. See storage/master_key.h.
#include "storage/master_key.h"

#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace filrouge {
namespace {

constexpr const char* kVariable = "FILROUGE_MASTER_KEY";
constexpr std::size_t kKeyFileBytesMax = 1024;

std::optional<DataKey> parse_hex(std::string_view text) {
    DataKey key;
    if (text.size() != key.bytes.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        int digit = 0;
        if (c >= '0' && c <= '9') {
            digit = c - '0';
        } else if (c >= 'a' && c <= 'f') {
            digit = c - 'a' + 10;
        } else if (c >= 'A' && c <= 'F') {
            digit = c - 'A' + 10;
        } else {
            return std::nullopt;
        }
        unsigned char& byte = key.bytes[i / 2];
        byte = static_cast<unsigned char>(byte << 4 | digit);
    }
    return key;
}

Result<DataKey> parse_or_refuse(std::string_view text, const std::string& where) {
    const auto key = parse_hex(trim(text));
    if (key) return *key;
    return Error{"keys.bad_master_key", where + " does not hold 64 hex digits.",
                 "`openssl rand -hex 32` makes a key. Never change one that is in use: "
                 "`filrouge keys rotate` does."};
}

std::string hex_of(const DataKey& key) {
    const BytesView raw(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    return hex_encode(raw) + "\n";
}

Result<DataKey> make_key_file(Disk& disk, Random& random, const std::string& path) {
    DataKey key;
    random.fill(reinterpret_cast<char*>(key.bytes.data()), key.bytes.size());
    TRY(replace_whole(disk, path, hex_of(key)));
    return key;
}

const char* of_environment() {
    const char* given = std::getenv(kVariable);
    return given != nullptr && *given != '\0' ? given : nullptr;
}

std::string next_path(const std::string& path) { return path + ".next"; }
// The operator may write the other at any moment; from process.frk's replacement on this one may be
// all that opens the folder.
std::string rotating_path(const std::string& path) { return path + ".rotating"; }

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

Result<DataKey> read_key_file(Disk& disk, const std::string& path) {
    if (TRY(disk.open_to_others(path))) {
        return Error{"keys.file_open_to_others",
                     "The master key in " + path + " can be read by other users of this machine.",
                     "chmod 600 " + path};
    }
    return parse_or_refuse(TRY(read_whole(disk, path, kKeyFileBytesMax)), path);
}

// The last step of a rotation: what the folder is under is in the file that a start reads first.
Result<void> take_over(Disk& disk, const std::string& path) {
    TRY(disk.rename(rotating_path(path), path));
    return disk.sync_folder(folder_of(path));
}

// What is told to whoever asked for a rotation names no path and is no fault of the disk's.
Error told_to_caller(const Error& error) {
    if (error.code == "keys.file_open_to_others")
        return {
            "master_key.open_to_others",
            "The file of the next master key can be read by other users of this machine.",
            "chmod 600 secrets/master-key.next, in the data folder; if somebody may have read it "
            "already, make another key."};
    if (error.code == "keys.bad_master_key" || error.code == "disk.file_too_large")
        return {"master_key.not_a_key",
                "The file of the next master key does not hold 64 hex digits.",
                "`openssl rand -hex 32` makes a key."};
    return error;
}

Error no_next() {
    return {"master_key.no_next", "There is no next master key to rotate to.",
            "Put one into secrets/master-key.next of the data folder, chmod 600, and a copy where "
            "the master key is kept: docs/operations.md."};
}

// Where the key that failed is the former one of a rotation that got as far as process.frk.
Result<OpenedKeys> open_rotated(Disk& disk, Random& random, const std::string& folder,
                                const std::string& path, const KeyStoreOptions& options,
                                KeyStoreOpening* opening) {
    const DataKey next = TRY(read_key_file(disk, rotating_path(path)));
    OpenedKeys opened;
    opened.store = TRY(open_wrapped_key_store(disk, random, folder, next, options, opening));
    opened.next = of_environment() != nullptr ? NextKey::InUse : NextKey::TakenOver;
    if (opened.next == NextKey::TakenOver) TRY(take_over(disk, path));
    return opened;
}

bool holds_key_in_use(Disk& disk, const WrappedKeyStore& store, const std::string& path) {
    const auto key = read_key_file(disk, path);
    return key.ok() && store.is_under(key.value());
}

// The folder is open, and what opens it is neither of the two: of ours, the rotation did not count
// or the environment knows of it by now; the operator's stays, unless its rotation is done.
Result<NextKey> look_at_next(Disk& disk, const WrappedKeyStore& store, const std::string& path) {
    const std::string next = next_path(path), rotating = rotating_path(path);
    const bool is_done = disk.exists(next) && holds_key_in_use(disk, store, next);
    const bool is_ours = disk.exists(rotating);
    const bool is_known = is_ours && holds_key_in_use(disk, store, rotating);
    if (is_done) TRY(disk.remove(next));
    if (is_ours) TRY(disk.remove(rotating));
    if (is_done || is_ours) TRY(disk.sync_folder(folder_of(path)));
    if (is_known) return NextKey::Removed;
    return disk.exists(next) ? NextKey::Waits : NextKey::None;
}

// A former rotation has to be over: its file would be replaced, and may be all that opens the
// folder.
Result<void> finish_former(Disk& disk, const WrappedKeyStore& store, const std::string& path) {
    const std::string rotating = rotating_path(path);
    if (!disk.exists(rotating) || !holds_key_in_use(disk, store, rotating)) return {};
    if (of_environment() == nullptr) return take_over(disk, path);
    return Error{"master_key.unfinished",
                 "The former rotation is not over: FILROUGE_MASTER_KEY is not the key in use yet.",
                 "Give it the key of that rotation and start the server again, then rotate."};
}

}  // namespace

Result<DataKey> load_master_key(Disk& disk, Random& random, const std::string& path) {
    if (const char* given = of_environment())
        return parse_or_refuse(given, std::string("The environment variable ") + kVariable);
    if (!disk.exists(path)) return make_key_file(disk, random, path);
    const DataKey key = TRY(read_key_file(disk, path));
    // The process that made the file may have been killed before its name was durable.
    TRY(disk.sync_folder(folder_of(path)));
    return key;
}

std::string_view name_of(NextKey next) {
    switch (next) {
        case NextKey::None: return "none";
        case NextKey::Waits: return "waits";
        case NextKey::TakenOver: return "taken over";
        case NextKey::InUse: return "in use";
        case NextKey::Removed: return "removed";
    }
    return "none";
}

Result<OpenedKeys> open_keys(Disk& disk, Random& random, const std::string& folder,
                             const std::string& master_path, const KeyStoreOptions& options,
                             KeyStoreOpening* opening) {
    const DataKey master = TRY(load_master_key(disk, random, master_path));
    auto store = open_wrapped_key_store(disk, random, folder, master, options, opening);
    if (!store.ok()) {
        if (store.error().code != "keys.wrong_master_key" ||
            !disk.exists(rotating_path(master_path)))
            return std::move(store).error();
        return open_rotated(disk, random, folder, master_path, options, opening);
    }
    OpenedKeys opened;
    opened.store = std::move(store).value();
    opened.next = TRY(look_at_next(disk, *opened.store, master_path));
    return opened;
}

Result<MasterKeyIn> rotate_master_key(Disk& disk, WrappedKeyStore& store,
                                      const std::string& master_path) {
    const bool in_file = of_environment() == nullptr;
    const std::string path = next_path(master_path);
    if (!disk.exists(path)) return no_next();
    const auto next = read_key_file(disk, path);
    if (!next.ok()) return told_to_caller(next.error());
    if (store.is_under(next.value())) {
        return Error{"master_key.same", "The next master key is the one in use already.",
                     "Put another key into secrets/master-key.next of the data folder; "
                     "`openssl rand -hex 32` makes one."};
    }
    TRY(finish_former(disk, store, master_path));
    TRY(replace_whole(disk, rotating_path(master_path), hex_of(next.value())));
    TRY(store.rewrap(next.value()));
    if (in_file) TRY(take_over(disk, master_path));
    // One that stays, for a disk that fails now, is seen by the next start or rotation.
    if (holds_key_in_use(disk, store, path) && disk.remove(path).ok())
        static_cast<void>(disk.sync_folder(folder_of(path)));
    return in_file ? MasterKeyIn::File : MasterKeyIn::Environment;
}

}  // namespace filrouge
