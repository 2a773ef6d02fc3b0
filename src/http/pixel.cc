#include "http/pixel.h"

namespace filrouge::http {

HttpResponse pixel_response() {
    static constexpr char kGif[] =
        "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
        "\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;";
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "image/gif");
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body.assign(kGif, sizeof kGif - 1);
    return response;
}

}  // namespace filrouge::http
