// Unpacks a gzip body within bounds that are checked while it grows: a bomb costs no more memory
// than an honest body.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace filrouge::collect {

constexpr std::size_t kGunzipBytesMax = 1024 * 1024;
constexpr std::size_t kGunzipRatioMax = 100;
constexpr std::size_t kBodyPadding = 64;  // what the JSON parser may read past the end of a body

// Concatenated members are one body. Errors: collect.gzip_too_large, collect.gzip_broken. The
// result has room for the JSON parser's padding, so parsing it copies nothing.
Result<Bytes> gunzip(BytesView body, std::size_t bytes_max = kGunzipBytesMax,
                     std::size_t ratio_max = kGunzipRatioMax);

}  // namespace filrouge::collect
