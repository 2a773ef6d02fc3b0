#include "http/html.h"

#include "base/mutant.h"

namespace filrouge::http {

std::string html_escaped(std::string_view text) {
    if (MUTANT(no_escape)) return std::string(text);
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out.push_back(c);
        }
    }
    return out;
}

}  // namespace filrouge::http
