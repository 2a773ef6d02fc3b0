#include "cli/read_file.h"

#include <array>
#include <cstdio>
#include <memory>

namespace filrouge::cli {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Without the mark that some editors begin a file with: it would be the first letter of an address
// or of a purpose's words. Not by a stream of the library: of a folder that one throws where an
// iterator reads it.
Result<std::string> read_all(std::FILE* file, const std::string& name) {
    std::string text;
    std::array<char, 64 * 1024> piece;
    for (;;) {
        const std::size_t size = std::fread(piece.data(), 1, piece.size(), file);
        text.append(piece.data(), size);
        if (std::ferror(file) != 0)
            return Error{"cli.unreadable_file", "'" + name + "' cannot be read.",
                         "Name a file; a folder is none."};
        if (size < piece.size()) break;
    }
    if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
    return text;
}

}  // namespace

Result<std::string> read_file(const std::string& name) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(name.c_str(), "rb"),
                                                               &std::fclose);
    if (file == nullptr)
        return Error{"cli.unreadable_file", "There is no file '" + name + "' that can be read.",
                     ""};
    return read_all(file.get(), name);
}

Result<std::string> read_file_or_input(const std::string& name) {
    return name == "-" ? read_all(stdin, "the standard input") : read_file(name);
}

}  // namespace filrouge::cli
