#include "storage/backup_manifest.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/json_writer.h"
#include "storage/sha256.h"

namespace filrouge {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kFormat = 1;
constexpr std::string_view kOpening = R"({"sha256":")";
constexpr std::string_view kBody = R"(","backup":)";
constexpr std::string_view kClosing = "}\n";
constexpr std::size_t kDigestDigits = 64;

void write_file(JsonWriter& writer, const BackupFile& file) {
    writer.open_object()
        .field("name", file.name)
        .field("stored", file.stored)
        .field("bytes", file.bytes)
        .field("sha256", file.sha256);
    if (file.is_segment()) {
        writer.field("first_sequence", file.first_sequence)
            .field("last_sequence", file.last_sequence)
            .field("end", file.end)
            .field("last_crc", std::uint64_t{file.last_crc});
    }
    writer.close();
}

std::uint64_t number(const json::object& object, std::string_view name) {
    return object.at({name.data(), name.size()}).to_number<std::uint64_t>();
}

std::string text(const json::object& object, std::string_view name) {
    return json::value_to<std::string>(object.at({name.data(), name.size()}));
}

BackupFile read_file(const json::object& object) {
    BackupFile file;
    file.name = text(object, "name");
    file.stored = text(object, "stored");
    file.bytes = number(object, "bytes");
    file.sha256 = text(object, "sha256");
    if (object.contains("first_sequence")) {
        file.first_sequence = number(object, "first_sequence");
        file.last_sequence = number(object, "last_sequence");
        file.end = number(object, "end");
        file.last_crc = static_cast<std::uint32_t>(number(object, "last_crc"));
    }
    return file;
}

// A restore writes to these names: none may lead out of the data folder.
bool may_be_restored(const BackupFile& file) {
    const auto inside = [](std::string_view name) {
        return !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos;
    };
    return inside(file.name) && inside(file.stored) && file.stored.find('/') == std::string::npos;
}

}  // namespace

const BackupFile* BackupManifest::find(std::string_view name) const {
    const auto at = std::find_if(files.begin(), files.end(),
                                 [name](const BackupFile& file) { return file.name == name; });
    return at == files.end() ? nullptr : &*at;
}

const BackupFile* BackupManifest::last_segment() const {
    const auto at = std::find_if(files.rbegin(), files.rend(),
                                 [](const BackupFile& file) { return file.is_segment(); });
    return at == files.rend() ? nullptr : &*at;
}

BackupReport BackupManifest::report() const {
    BackupReport out;
    out.kind = kind;
    out.taken = taken;
    if (const BackupFile* last = last_segment()) out.last_sequence = last->last_sequence;
    out.files = files.size();
    for (const BackupFile& file : files) out.bytes += file.bytes;
    return out;
}

Bytes encode_manifest(const BackupManifest& manifest) {
    std::string body;
    JsonWriter writer(body);
    writer.open_object()
        .field("format", kFormat)
        .field("kind", manifest.kind == BackupKind::Data ? "data" : "keys")
        .field("source", manifest.source)
        .field("taken_us", manifest.taken.us)
        .key("files")
        .open_array();
    for (const BackupFile& file : manifest.files) write_file(writer, file);
    writer.close().close();
    Bytes out(kOpening);
    out.append(sha256_hex(body)).append(kBody).append(body).append(kClosing);
    return out;
}

Result<BackupManifest> decode_manifest(BytesView bytes, const std::string& path) {
    constexpr std::size_t kBefore = kOpening.size() + kDigestDigits + kBody.size();
    if (bytes.size() < kBefore + kClosing.size()) return backup_damaged(path, "it is cut short");
    const BytesView body = bytes.substr(kBefore, bytes.size() - kBefore - kClosing.size());
    if (bytes.substr(kOpening.size(), kDigestDigits) != sha256_hex(body)) {
        return backup_damaged(path, "its checksum is wrong");
    }
    // The checksum is right: what does not fit below was written so, by another version.
    try {
        const json::value parsed = json::parse({body.data(), body.size()});
        const json::object& object = parsed.as_object();
        if (const std::uint64_t format = number(object, "format"); format != kFormat) {
            return Error{"backup.newer_format",
                         path + " has backup format " + std::to_string(format) +
                             "; this program knows format " + std::to_string(kFormat) + ".",
                         "Use the newer filrouge that wrote it. Nothing has been changed."};
        }
        BackupManifest out;
        out.kind = text(object, "kind") == "keys" ? BackupKind::Keys : BackupKind::Data;
        out.source = text(object, "source");
        out.taken = {object.at("taken_us").to_number<std::int64_t>()};
        for (const json::value& file : object.at("files").as_array()) {
            out.files.push_back(read_file(file.as_object()));
            if (!may_be_restored(out.files.back()))
                return backup_damaged(path, "it names a file outside of the folder");
        }
        return out;
    } catch (const std::exception&) {  // of the JSON library alone
        return backup_damaged(path, "it is not the list of a backup");
    }
}

Error backup_damaged(const std::string& path, const std::string& what) {
    return {"backup.damaged", path + ": " + what + ".",
            "Use an older backup. To repair this one from the running shop, remove the file and "
            "back up again."};
}

}  // namespace filrouge
