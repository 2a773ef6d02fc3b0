#include "consent/wordings.h"

#include <algorithm>

#include "consent/proof.h"

namespace filrouge::consent {

void Wordings::add(const std::string& purpose, Wording wording) {
    std::vector<Wording>& known = by_purpose_[purpose];
    if (wording.version != known.size() + 1 || wording.texts.empty()) return;
    known.push_back(std::move(wording));
}

const std::vector<Wording>& Wordings::of(std::string_view purpose) const {
    static const std::vector<Wording> kNone;
    const auto at = by_purpose_.find(purpose);
    return at == by_purpose_.end() ? kNone : at->second;
}

const Wording* Wordings::find(std::string_view purpose, std::uint32_t version) const {
    const std::vector<Wording>& known = of(purpose);
    return version == 0 || version > known.size() ? nullptr : &known[version - 1];
}

const Wording* Wordings::in_force(std::string_view purpose, EventTime at) const {
    const std::vector<Wording>& known = of(purpose);
    const auto later = std::find_if(known.rbegin(), known.rend(),
                                    [at](const Wording& w) { return w.since <= at; });
    return later == known.rend() ? nullptr : &*later;
}

std::optional<ShownWords> words_in(const Wording& wording, std::string_view language) {
    for (std::string_view tag = language; !tag.empty();) {
        if (const auto at = wording.texts.find(tag); at != wording.texts.end())
            return ShownWords{at->first, &at->second};
        const std::size_t cut = tag.rfind('-');
        tag = tag.substr(0, cut == std::string_view::npos ? 0 : cut);
    }
    if (wording.texts.size() != 1) return std::nullopt;
    return ShownWords{wording.texts.begin()->first, &wording.texts.begin()->second};
}

bool is_language_tag(std::string_view tag) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    };
    return tag.size() >= 2 && tag.size() <= kLanguageBytesMax &&
           std::all_of(tag.begin(), tag.end(), fits) && tag.front() != '-' && tag.back() != '-';
}

}  // namespace filrouge::consent
