// Where the master key comes from. See storage/keys.h.
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "storage/keys.h"

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
                 "`openssl rand -hex 32` makes a key. Never change one that is in use."};
}

Result<DataKey> make_key_file(Disk& disk, Random& random, const std::string& path) {
    DataKey key;
    random.fill(reinterpret_cast<char*>(key.bytes.data()), key.bytes.size());
    const BytesView raw(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
    TRY(replace_whole(disk, path, hex_encode(raw) + "\n"));
    return key;
}

}  // namespace

Result<DataKey> load_master_key(Disk& disk, Random& random, const std::string& path) {
    if (const char* given = std::getenv(kVariable); given != nullptr && *given != '\0') {
        return parse_or_refuse(given, std::string("The environment variable ") + kVariable);
    }
    if (!disk.exists(path)) return make_key_file(disk, random, path);
    if (TRY(disk.open_to_others(path))) {
        return Error{"keys.file_open_to_others",
                     "The master key in " + path + " can be read by other users of this machine.",
                     "chmod 600 " + path};
    }
    const DataKey key = TRY(parse_or_refuse(TRY(read_whole(disk, path, kKeyFileBytesMax)), path));
    // The process that made the file may have been killed before its name was durable.
    TRY(disk.sync_folder(path.substr(0, path.rfind('/'))));
    return key;
}

}  // namespace filrouge
