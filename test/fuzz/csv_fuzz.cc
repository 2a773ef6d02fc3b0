// Any bytes as an import file, and any text as an import map: nothing crashes, every line is
// accounted for, and a file read in small pieces gives the rows that it gives whole. Built by
// -DFILROUGE_FUZZ=ON with clang:
//   build/.../csv_fuzz test/fuzz/corpus/csv
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "files/expression.h"
#include "files/map.h"
#include "files/record.h"
#include "files/zone.h"

namespace {

using namespace filrouge;
using namespace filrouge::files;

struct Seen {
    Read read;
    std::uint64_t line, hash;
    std::vector<std::string> fields;
    bool operator==(const Seen&) const = default;
};

std::vector<Seen> read_all(RecordReader& reader) {
    std::vector<Seen> out;
    Record record;
    for (;;) {
        const auto read = reader.next(record);
        ASSERT(read.ok());
        if (read.value() == Read::End) return out;
        Seen seen{read.value(), record.line, record.hash, {}};
        ASSERT(out.empty() || seen.line > out.back().line);
        if (seen.read == Read::Record)
            seen.fields.assign(record.fields.begin(), record.fields.end());
        out.push_back(std::move(seen));
    }
}

CsvFormat format_of(std::uint8_t choice) {
    CsvFormat format;
    constexpr char kDelimiters[] = {',', ';', '\t', '|'};
    format.delimiter = kDelimiters[choice & 3];
    format.header = (choice & 4) != 0;
    format.ragged = (choice & 8) != 0;
    format.quotes = (choice & 16) == 0;
    format.blanks = (choice & 32) != 0;
    format.trim = (choice & 64) != 0;
    return format;
}

void read_csv(std::uint8_t choice, const std::string& bytes) {
    auto whole = open_csv(stream_of(bytes), format_of(choice));
    auto pieces = open_csv(stream_of(bytes, 7), format_of(choice));
    ASSERT(whole.ok() == pieces.ok());
    if (!whole.ok()) return;
    ASSERT(read_all(*whole.value()) == read_all(*pieces.value()));
    ASSERT(whole.value()->file_bytes_read() == bytes.size());
}

void read_json(const std::string& bytes) {
    auto reader = open_json_lines(stream_of(bytes, 11), {"a", "a.b", "c"});
    ASSERT(reader.ok());
    read_all(*reader.value());
}

void read_words(const std::string& text) {
    const auto slot_of = [](std::string_view name) -> std::optional<Slot> {
        return name == "a" ? std::optional<Slot>(0) : std::nullopt;
    };
    const auto expression = Expression::parse(text, slot_of);
    if (expression.ok()) (void)expression.value().evaluate({"-12.5"});
    const std::size_t half = text.find('\n');
    const auto format = TimeFormat::parse(text.substr(0, half));
    if (format.ok() && half != std::string::npos) (void)format.value().read(text.substr(half + 1));
    ASSERT(read_fixed(text) == read_fixed(text + " "));
}

}  // namespace

// The first byte chooses the reader and its format.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string rest(reinterpret_cast<const char*>(data) + 2, size - 2);
    switch (data[0] % 4) {
        case 0: read_csv(data[1], rest); break;
        case 1: read_json(rest); break;
        case 2: read_words(rest); break;
        default:
            if (const auto map = parse_map(rest, "fuzz.toml"); !map.ok())
                ASSERT(map.error().code == "files.map");
    }
    return 0;
}
