#include <simdjson.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/assert.h"
#include "base/hash.h"
#include "base/text.h"
#include "files/line_buffer.h"
#include "files/record.h"

namespace filrouge::files {
namespace {

template <class T>
void append_number(std::string& out, T n) {
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
    out.append(buffer, end);
}

// Never with an exponent: a customer 100000.0 (so pandas writes the integers of a column with gaps)
// is no "1e+05". The longest are of 1e308 and 1e-324.
void append_double(std::string& out, double n) {
    constexpr double kWholeMax = 9'007'199'254'740'992;  // 2^53: past it integers share a double
    if (n == std::trunc(n) && std::fabs(n) < kWholeMax)
        return append_number(out, static_cast<std::int64_t>(n));
    std::array<char, 512> digits;  // NOLINT: filled below
    const auto [end, error] =
        std::to_chars(digits.data(), digits.data() + digits.size(), n, std::chars_format::fixed);
    ASSERT(error == std::errc{});
    out.append(digits.data(), end);
}

class JsonLinesReader final : public RecordReader {
  public:
    JsonLinesReader(std::unique_ptr<ByteStream> bytes, std::vector<std::string> columns)
        : lines_(std::move(bytes)), columns_(std::move(columns)), texts_(columns_.size()) {
        for (const std::string& column : columns_) paths_.push_back(split(column, '.'));
    }
    const std::vector<std::string>& columns() const override { return columns_; }
    std::uint64_t file_bytes_read() const override { return lines_.file_bytes_read(); }

    Result<Read> next(Record& record) override {
        record.fields.clear();
        for (;;) {
            const std::size_t length = TRY(lines_.line_length());
            if (length == 0) return Read::End;
            record.line = ++line_;
            if (length == LineBuffer::kTooLong) {
                record.raw = {};
                record.code = "files.line_too_long";
                record.message =
                    "a line of more than " + std::to_string(kRecordBytesMax) + " bytes";
                record.row = ++row_;
                record.hash = mix64(record.line);
                TRY(lines_.skip_line());
                return Read::Unfit;
            }
            const std::string_view line = without_line_end(lines_.window().substr(0, length));
            record.raw = line_ == 1 && line.starts_with("\xef\xbb\xbf") ? line.substr(3) : line;
            lines_.consume(length);
            if (trim(record.raw).empty()) continue;
            record.row = ++row_;
            record.hash = siphash(kImportHashKey, record.raw);
            return parse(record);
        }
    }

  private:
    Read parse(Record& record) {
        simdjson::dom::element root;
        // The window has padding behind it, so nothing is copied.
        const auto error = parser_.parse(record.raw.data(), record.raw.size(), false).get(root);
        if (error != simdjson::SUCCESS || !root.is_object()) {
            record.code = "files.json";
            record.message = error != simdjson::SUCCESS ? simdjson::error_message(error)
                                                        : "a line that is not an object";
            return Read::Unfit;
        }
        for (std::size_t i = 0; i < columns_.size(); ++i) record.fields.push_back(field(root, i));
        return Read::Record;
    }
    Cell field(simdjson::dom::element root, std::size_t column) {
        simdjson::dom::element value;
        if (root.at_key(columns_[column]).get(value) != simdjson::SUCCESS) {
            value = root;
            for (const std::string_view name : paths_[column]) {
                if (value.at_key(name).get(value) != simdjson::SUCCESS) return {};
            }
        }
        std::string& text = texts_[column];
        text.clear();
        using Type = simdjson::dom::element_type;
        switch (value.type()) {
            case Type::STRING: return std::string_view(value.get_string().value_unsafe());
            case Type::NULL_VALUE: return {};
            case Type::BOOL: return value.get_bool().value_unsafe() ? "true" : "false";
            case Type::INT64: append_number(text, value.get_int64().value_unsafe()); break;
            case Type::UINT64: append_number(text, value.get_uint64().value_unsafe()); break;
            case Type::DOUBLE: append_double(text, value.get_double().value_unsafe()); break;
            case Type::ARRAY:
            case Type::OBJECT: text = simdjson::minify(value); return text;
        }
        Cell number = text;
        number.is_number = true;
        return number;
    }

    LineBuffer lines_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string_view>> paths_;  // of columns_
    std::vector<std::string> texts_;                    // beside columns_
    simdjson::dom::parser parser_;
    std::uint64_t line_ = 0, row_ = 0;
};

}  // namespace

Result<std::unique_ptr<RecordReader>> open_json_lines(std::unique_ptr<ByteStream> bytes,
                                                      std::vector<std::string> columns) {
    return std::unique_ptr<RecordReader>(
        std::make_unique<JsonLinesReader>(std::move(bytes), std::move(columns)));
}

}  // namespace filrouge::files
