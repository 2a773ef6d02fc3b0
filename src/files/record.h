// One record of an import file: a row of a CSV file, a line of a JSON-lines file.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "files/byte_stream.h"

namespace filrouge::files {

constexpr std::size_t kRecordBytesMax =
    1024 * 1024;  // past it the record is unfit, the next one is read
constexpr std::size_t kFieldsMax = 4'096;

// In the id of every imported event: never change it.
constexpr HashKey kImportHashKey{0x66696c726f756765u, 0x696d706f72743031u};

// What stands in one column of a row.
struct Cell {
    Cell() = default;
    Cell(const char* at, std::size_t size) : text(at, size) {}
    template <std::convertible_to<std::string_view> Text>
    Cell(const Text& told) : text(told) {}
    operator std::string_view() const { return text; }
    bool empty() const { return text.empty(); }

    std::string_view text;
    // A number of JSON: written with a decimal point, whatever the texts of the same file are
    // written with.
    bool is_number = false;
};

// Views are good until the next call of the reader.
struct Record {
    std::vector<Cell> fields;   // UTF-8, in the order of columns()
    std::string_view raw;       // as it stood in the file, without the line end
    std::uint64_t line = 0;     // of its first byte, from 1
    std::uint64_t row = 0;      // among the records of the file, from 1, the heading apart
    std::uint64_t hash = 0;     // of the fields: the same however they were quoted
    std::string code, message;  // of an unfit record: "files.field_count"
};

enum class Read { Record, Unfit, End };

// Latin1 is Windows-1252, as whoever says "Latin-1" writes it.
enum class Encoding { Utf8, Latin1, Utf8OrLatin1 };

struct CsvFormat {
    char delimiter = ',';
    bool blanks = false;  // fields are parted by runs of blanks and tabs; nothing is quoted
    bool quotes = true;
    bool header = true;
    bool ragged = false;  // rows may be shorter or longer than the columns
    bool trim = false;
    Encoding encoding = Encoding::Utf8OrLatin1;
    std::vector<std::string> columns;  // names, where there is no heading or in its place
};

class RecordReader {
  public:
    virtual ~RecordReader() = default;
    virtual const std::vector<std::string>& columns() const = 0;
    // An Error means that the file cannot be read on; an unfit record costs only itself.
    virtual Result<Read> next(Record& record) = 0;
    virtual std::uint64_t file_bytes_read() const = 0;
};

// Reads the heading at once. RFC 4180: a field may stand in double quotes, which then may hold
// delimiters, line ends and doubled quotes. Lines end with LF or CRLF; empty lines are passed over.
Result<std::unique_ptr<RecordReader>> open_csv(std::unique_ptr<ByteStream> bytes, CsvFormat format);

// `columns` are paths of members, parted by dots: "user.address.city". Numbers are handed on as
// text in plain decimals, marked as numbers, true and false as words, null and missing ones as
// nothing, arrays and objects as JSON text.
Result<std::unique_ptr<RecordReader>> open_json_lines(std::unique_ptr<ByteStream> bytes,
                                                      std::vector<std::string> columns);

}  // namespace filrouge::files
