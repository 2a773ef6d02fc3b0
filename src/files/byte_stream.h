// The bytes of an import file in order, unpacked on the way: plain, gzip or zstd, told apart by
// their first bytes and not by the file's name. Several packed parts in one file are read as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace filrouge::files {

class ByteStream {
  public:
    static Result<std::unique_ptr<ByteStream>> open(const std::string& path);
    virtual ~ByteStream() = default;
    // Up to `size` bytes; 0 only at the end. A damaged or cut file is an Error.
    virtual Result<std::size_t> read(char* out, std::size_t size) = 0;
    virtual std::uint64_t file_bytes_read() const = 0;  // of the file as it lies on the disk
};

// The bytes themselves, handed out `step` at a time.
std::unique_ptr<ByteStream> stream_of(std::string bytes, std::size_t step = 1 << 20);

Result<std::uint64_t> file_size(const std::string& path);

}  // namespace filrouge::files
