#include "http/static_file.h"

#include <zlib.h>

#include <map>
#include <mutex>
#include <string>

#include "http/embedded.h"

namespace filrouge::http {

namespace {

constexpr std::size_t kFileBytesMax = 8 * 1024 * 1024;

std::string_view type_of(std::string_view name) {
    if (name.ends_with(".html")) return "text/html; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".svg")) return "image/svg+xml";
    if (name.ends_with(".txt")) return "text/plain; charset=utf-8";
    if (name.ends_with(".woff2")) return "font/woff2";
    return "application/json; charset=utf-8";
}

// For the rare client that takes no compressed answer; nothing when the bytes are no gzip.
std::optional<std::string> gunzip(std::string_view bytes) {
    z_stream stream{};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return std::nullopt;
    std::string out;
    std::string piece(64 * 1024, '\0');
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): zlib reads it only
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    int state = Z_OK;
    while (state == Z_OK && out.size() < kFileBytesMax) {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(piece, 0, piece.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (state != Z_STREAM_END) return std::nullopt;
    return out;
}

bool takes(const HttpRequest& request, std::string_view encoding) {
    return request.header("accept-encoding").find(encoding) != std::string_view::npos;
}

// Unpacked once and kept: there are as many as the program has files.
std::optional<std::string_view> unpacked(const std::string& file, std::string_view bytes) {
    static std::mutex mutex;
    static std::map<std::string, std::optional<std::string>> done;
    const std::lock_guard one(mutex);
    const auto [at, fresh] = done.try_emplace(file);
    if (fresh) at->second = gunzip(bytes);
    return at->second;
}

// In the best form that the client takes and the build has made.
bool fill_body(const HttpRequest& request, std::string_view name, HttpResponse& response) {
    const std::string file(name);
    if (const auto plain = embedded_file(file)) {
        response.file = *plain;
        return true;
    }
    response.headers.emplace_back("Vary", "Accept-Encoding");
    const auto brotli = embedded_file(file + ".br");
    if (brotli && takes(request, "br")) {
        response.headers.emplace_back("Content-Encoding", "br");
        response.file = *brotli;
        return true;
    }
    const auto gzip = embedded_file(file + ".gz");
    if (!gzip) return false;
    if (takes(request, "gzip")) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.file = *gzip;
        return true;
    }
    const std::optional<std::string_view> plain = unpacked(file, *gzip);
    if (!plain) return false;
    response.file = *plain;
    return true;
}

}  // namespace

std::optional<HttpResponse> static_file(const HttpRequest& request, std::string_view name,
                                        std::string_view caching) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", type_of(name));
    response.headers.emplace_back("Cache-Control", caching);
    if (!fill_body(request, name, response)) return std::nullopt;
    return response;
}

}  // namespace filrouge::http
