// The console's files as they were built, and the API's document.
#include <zlib.h>

#include "http/call.h"
#include "http/embedded.h"
#include "http/handlers.h"
#include "http/protect.h"

namespace filrouge::http {

namespace {

constexpr std::size_t kFileBytesMax = 8 * 1024 * 1024;

std::string_view type_of(std::string_view name) {
    if (name.ends_with(".html")) return "text/html; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".svg")) return "image/svg+xml";
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

bool takes(const Call& call, std::string_view encoding) {
    return call.request.header("accept-encoding").find(encoding) != std::string_view::npos;
}

// The body, in the best form that the client takes and the build has made.
bool fill_body(const Call& call, std::string_view name, HttpResponse& response) {
    const std::string file(name);
    if (const auto plain = embedded_file(file)) {
        response.body = *plain;
        return true;
    }
    response.headers.emplace_back("Vary", "Accept-Encoding");
    const auto brotli = embedded_file(file + ".br");
    if (brotli && takes(call, "br")) {
        response.headers.emplace_back("Content-Encoding", "br");
        response.body = *brotli;
        return true;
    }
    const auto gzip = embedded_file(file + ".gz");
    if (!gzip) return false;
    if (takes(call, "gzip")) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = *gzip;
        return true;
    }
    std::optional<std::string> plain = gunzip(*gzip);
    if (!plain) return false;
    response.body = std::move(*plain);
    return true;
}

void send_file(const Call& call, std::string_view name, std::string_view caching) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", type_of(name));
    response.headers.emplace_back("Cache-Control", caching);
    protect(response);
    if (!fill_body(call, name, response)) {
        return call.reply_text(404, "This build has no such file: './dev console' builds them.");
    }
    call.reply(std::move(response));
}

}  // namespace

void openapi(const CallPtr& call) { send_file(*call, "api.json", "no-cache"); }

void page_style(const CallPtr& call) { send_file(*call, "style.css", "no-cache"); }

// Never kept: it names the files of the build that serves it.
void console_index(const CallPtr& call) { send_file(*call, "index.html", "no-store"); }

// A file's name changes with its content, so it can be kept for ever.
void console_asset(const CallPtr& call) {
    const std::string name = "assets/" + call->values.at(0);
    send_file(*call, name, "public, max-age=31536000, immutable");
}

}  // namespace filrouge::http
