#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/hash.h"
#include "base/text.h"
#include "files/line_buffer.h"
#include "files/record.h"

namespace filrouge::files {
namespace {

constexpr char kEscape = '\x1f';

// What the bytes 0x80 to 0x9f are in Windows-1252. Whoever says Latin-1 writes it, as browsers
// know (https://encoding.spec.whatwg.org/#names-and-labels): the true ISO 8859-1 has nothing there
// that can be seen, and a name would be stored without its oe or its apostrophe. The five that
// Windows leaves free stay what they are.
constexpr std::array<char16_t, 32> kWestern = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

// As UTF-8: none needs more than three bytes.
void append_western(std::string& out, unsigned char byte) {
    const char16_t c = byte >= 0x80 && byte <= 0x9f ? kWestern[byte - 0x80] : byte;
    if (c < 0x80) {
        out.push_back(static_cast<char>(c));
        return;
    }
    if (c < 0x800) {
        out.push_back(static_cast<char>(0xc0 | c >> 6));
    } else {
        out.push_back(static_cast<char>(0xe0 | c >> 12));
        out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3f)));
    }
    out.push_back(static_cast<char>(0x80 | (c & 0x3f)));
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

class CsvReader final : public RecordReader {
  public:
    CsvReader(std::unique_ptr<ByteStream> bytes, CsvFormat format)
        : lines_(std::move(bytes)), format_(std::move(format)) {}

    const std::vector<std::string>& columns() const override { return format_.columns; }
    std::uint64_t file_bytes_read() const override { return lines_.file_bytes_read(); }
    Result<void> read_heading();
    Result<Read> next(Record& record) override;

  private:
    enum class Quoted { Done, NeedsMore, Broken };
    Result<Read> read_record(Record& record);
    Result<bool> read_quoted(Record& record);
    Quoted parse_quoted(std::string_view all, Record& record, std::size_t& used);
    bool parse_quoted_field(std::string_view all, std::size_t& at, Quoted& state);
    void split(std::string_view line, Record& record) const;
    void split_at_blanks(std::string_view line, Record& record) const;
    void hash_quoted(Record& record);
    bool fits(Record& record);
    bool repair_encoding(Record& record);
    void unfit(Record& record, std::string code, std::string message) {
        record.code = std::move(code);
        record.message = std::move(message);
    }

    struct Piece {
        std::size_t begin, end;
        bool scratch;  // lies in unquoted_, else in the window
    };
    LineBuffer lines_;
    CsvFormat format_;
    std::uint64_t line_ = 0, row_ = 0;
    std::string unquoted_;   // fields that had doubled quotes
    std::string canonical_;  // of a record with quotes, for its hash
    std::string recoded_;
    std::vector<Piece> pieces_;
    bool last_ = false;  // the window reaches to the end of the file
};

Result<void> CsvReader::read_heading() {
    const std::size_t length = TRY(lines_.line_length());
    if (length != LineBuffer::kTooLong && lines_.window().starts_with("\xef\xbb\xbf"))
        lines_.consume(3);
    if (!format_.header) return {};
    Record heading;
    const std::vector<std::string> given = std::move(format_.columns);
    format_.columns.clear();
    const Read read = TRY(read_record(heading));
    if (read == Read::Unfit) return Error{heading.code, "line 1: " + heading.message, ""};
    row_ = 0;
    if (!given.empty()) {
        format_.columns = given;
        return {};
    }
    for (const std::string_view name : heading.fields) format_.columns.emplace_back(trim(name));
    for (std::size_t i = 0; i < format_.columns.size(); ++i) {
        const auto same =
            std::count(format_.columns.begin(), format_.columns.end(), format_.columns[i]);
        if (same > 1) {
            return Error{"files.heading",
                         "line 1: the column '" + format_.columns[i] + "' stands there twice",
                         "Give the columns names of your own: columns = [...] in the map."};
        }
    }
    return {};
}

// Splits a line that holds no quote. The hash is that of the line itself: what hash_quoted() makes
// of the same fields.
void CsvReader::split(std::string_view line, Record& record) const {
    const char delimiter = format_.delimiter;
    const char* begin = line.data();
    const char* const end = begin + line.size();
    for (const char* at = begin; at != end; ++at) {
        if (*at != delimiter) continue;
        record.fields.emplace_back(begin, static_cast<std::size_t>(at - begin));
        begin = at + 1;
    }
    record.fields.emplace_back(begin, static_cast<std::size_t>(end - begin));
}

void CsvReader::split_at_blanks(std::string_view line, Record& record) const {
    std::size_t at = 0;
    for (;;) {
        while (at < line.size() && is_blank(line[at])) ++at;
        if (at == line.size()) return;
        const std::size_t begin = at;
        while (at < line.size() && !is_blank(line[at])) ++at;
        record.fields.push_back(line.substr(begin, at - begin));
    }
}

// Reads the field that begins with the quote at `at`, and leaves `at` behind its closing quote.
bool CsvReader::parse_quoted_field(std::string_view all, std::size_t& at, Quoted& state) {
    const std::size_t begin = at + 1;
    const std::size_t scratch_begin = unquoted_.size();
    std::size_t from = begin;
    for (;;) {
        const std::size_t quote = all.find('"', from);
        if (quote == std::string_view::npos || (quote + 1 == all.size() && !last_)) {
            state = last_ ? Quoted::Broken : Quoted::NeedsMore;
            return false;
        }
        const bool doubled = quote + 1 < all.size() && all[quote + 1] == '"';
        if (!doubled) {
            at = quote + 1;
            if (from == begin) {
                pieces_.push_back({begin, quote, false});
            } else {
                unquoted_.append(all.substr(from, quote - from));
                pieces_.push_back({scratch_begin, unquoted_.size(), true});
            }
            return true;
        }
        unquoted_.append(all.substr(from, quote + 1 - from));
        from = quote + 2;
    }
}

CsvReader::Quoted CsvReader::parse_quoted(std::string_view all, Record& record, std::size_t& used) {
    pieces_.clear();
    unquoted_.clear();
    std::size_t at = 0;
    for (;;) {
        Quoted state = Quoted::Done;
        if (pieces_.size() > kFieldsMax) return Quoted::Broken;
        if (at < all.size() && all[at] == '"') {
            if (!parse_quoted_field(all, at, state)) return state;
        } else {
            const std::size_t begin = at;
            while (at < all.size() && all[at] != format_.delimiter && all[at] != '\n') ++at;
            std::size_t end = at;
            if (at < all.size() && all[at] == '\n' && end > begin && all[end - 1] == '\r') --end;
            pieces_.push_back({begin, end, false});
        }
        if (at < all.size() && all[at] == '\r' && (at + 1 == all.size() || all[at + 1] == '\n'))
            ++at;
        if (at == all.size() && !last_) return Quoted::NeedsMore;
        if (at == all.size() || all[at] == '\n') break;
        if (all[at] != format_.delimiter) return Quoted::Broken;
        ++at;
    }
    used = std::min(at + 1, all.size());
    record.raw = without_line_end(all.substr(0, used));
    for (const Piece& piece : pieces_) {
        const std::string_view from = piece.scratch ? std::string_view(unquoted_) : all;
        record.fields.push_back(from.substr(piece.begin, piece.end - piece.begin));
    }
    return Quoted::Done;
}

// False: unfit, and only its first line is given up, so that one stray quote does not swallow the
// rows behind it.
Result<bool> CsvReader::read_quoted(Record& record) {
    for (;;) {
        std::size_t used = 0;
        const std::string_view all = lines_.window();
        last_ = lines_.at_end() && all.size() <= kRecordBytesMax;
        Quoted state = parse_quoted(all.substr(0, kRecordBytesMax), record, used);
        if (state == Quoted::NeedsMore && !TRY(lines_.more())) {
            if (lines_.at_end() && all.size() <= kRecordBytesMax)
                continue;  // parse it as the last one
            state = Quoted::Broken;
        }
        if (state == Quoted::NeedsMore) continue;
        if (state == Quoted::Broken) {
            const std::size_t length = TRY(lines_.line_length());
            record.fields.clear();
            record.raw = without_line_end(lines_.window().substr(0, length));
            record.hash = siphash(kImportHashKey, record.raw);
            lines_.consume(length);
            ++line_;
            unfit(record, "files.quote",
                  "a quote that is not closed within " + std::to_string(kRecordBytesMax) +
                      " bytes, or has text behind it");
            return false;
        }
        line_ += static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(
            1, std::count(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(used), '\n')));
        lines_.consume(used);
        return true;
    }
}

void CsvReader::hash_quoted(Record& record) {
    canonical_.clear();
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
        if (i != 0) canonical_.push_back(format_.delimiter);
        for (const char c : record.fields[i].text) {
            if (c == format_.delimiter) canonical_.push_back(kEscape);
            canonical_.push_back(c);
        }
    }
    record.hash = siphash(kImportHashKey, canonical_);
}

Result<Read> CsvReader::read_record(Record& record) {
    record.fields.clear();
    for (;;) {
        const std::size_t length = TRY(lines_.line_length());
        if (length == 0) return Read::End;
        record.line = line_ + 1;
        if (length == LineBuffer::kTooLong) {
            unfit(record, "files.line_too_long",
                  "a line of more than " + std::to_string(kRecordBytesMax) + " bytes");
            record.raw = {};
            record.row = ++row_;
            record.hash = mix64(record.line);
            TRY(lines_.skip_line());
            ++line_;
            return Read::Unfit;
        }
        const std::string_view with_end = lines_.window().substr(0, length);
        const std::string_view line = without_line_end(with_end);
        if (line.empty()) {
            lines_.consume(length);
            ++line_;
            continue;
        }
        record.row = ++row_;
        if (format_.quotes && std::memchr(line.data(), '"', line.size()) != nullptr) {
            if (!TRY(read_quoted(record))) return Read::Unfit;
            hash_quoted(record);
        } else {
            lines_.consume(length);
            ++line_;
            record.raw = line;
            record.hash = siphash(kImportHashKey, line);
            if (format_.blanks)
                split_at_blanks(line, record);
            else
                split(line, record);
            if (record.fields.empty()) {  // blanks only
                --row_;
                continue;
            }
        }
        return fits(record) ? Read::Record : Read::Unfit;
    }
}

// Puts the fields into UTF-8 by the format's encoding; false when they are not what it says.
bool CsvReader::repair_encoding(Record& record) {
    if (simdjson::validate_utf8(record.raw.data(), record.raw.size())) {
        if (format_.encoding != Encoding::Latin1) return true;
        if (std::none_of(record.raw.begin(), record.raw.end(),
                         [](char c) { return (c & 0x80) != 0; }))
            return true;
    } else if (format_.encoding == Encoding::Utf8) {
        return false;
    }
    recoded_.clear();
    std::vector<std::size_t> ends;
    for (const std::string_view field : record.fields) {
        for (const char c : field) append_western(recoded_, static_cast<unsigned char>(c));
        ends.push_back(recoded_.size());
    }
    std::size_t begin = 0;
    for (std::size_t i = 0; i < ends.size(); ++i) {
        record.fields[i] = std::string_view(recoded_).substr(begin, ends[i] - begin);
        begin = ends[i];
    }
    return true;
}

bool CsvReader::fits(Record& record) {
    if (record.fields.size() > kFieldsMax) {
        unfit(record, "files.field_count", "more than " + std::to_string(kFieldsMax) + " fields");
        return false;
    }
    if (!repair_encoding(record)) {
        unfit(record, "files.encoding", "not valid UTF-8");
        return false;
    }
    if (format_.trim) {
        for (Cell& field : record.fields) field = trim(field);
    }
    const std::size_t expected = format_.columns.size();
    if (expected == 0 || record.fields.size() == expected) return true;
    if (format_.ragged) {
        record.fields.resize(std::max(expected, record.fields.size()));
        return true;
    }
    unfit(record, "files.field_count",
          std::to_string(record.fields.size()) + " fields where the heading has " +
              std::to_string(expected));
    return false;
}

Result<Read> CsvReader::next(Record& record) { return read_record(record); }

}  // namespace

Result<std::unique_ptr<RecordReader>> open_csv(std::unique_ptr<ByteStream> bytes,
                                               CsvFormat format) {
    if (format.blanks) format.quotes = false;
    auto reader = std::make_unique<CsvReader>(std::move(bytes), std::move(format));
    TRY(reader->read_heading());
    return std::unique_ptr<RecordReader>(std::move(reader));
}

}  // namespace filrouge::files
