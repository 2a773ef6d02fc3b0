// The words by which each purpose is asked for: every version that was ever told, in each of its
// languages, byte for byte. A version is never changed; other words are another version.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "storage/sha256.h"

namespace filrouge::consent {

constexpr std::size_t kWordingBytesMax = 8 * 1024;    // of one language
constexpr std::size_t kWordingLanguagesMax = 24;      // 8 KiB each fit into one record of the log
constexpr std::uint32_t kWordingVersionsMax = 1'000;  // of one purpose

struct WordingText {
    std::string text;
    Digest digest;  // SHA-256 of it
    bool operator==(const WordingText&) const = default;
};
struct Wording {
    std::uint32_t version = 0;                              // from 1, without gaps
    EventTime since;                                        // it is the one to show from then on
    std::map<std::string, WordingText, std::less<>> texts;  // by language tag; at least one
};
struct ShownWords {
    std::string_view language;  // of these words; may be less exact than the one asked for
    const WordingText* words = nullptr;
};

class Wordings {
  public:
    // Ignores a version that is there already: what was told is never told otherwise.
    void add(const std::string& purpose, Wording wording);
    const std::vector<Wording>& of(std::string_view purpose) const;  // by version
    // Nothing when there is no such version.
    const Wording* find(std::string_view purpose, std::uint32_t version) const;
    const Wording* in_force(std::string_view purpose, EventTime at) const;

  private:
    std::map<std::string, std::vector<Wording>, std::less<>> by_purpose_;
};

// "fr-FR" reads "fr" where there is no other; a version in one language is that one's for all.
// Nothing when no language of it fits.
std::optional<ShownWords> words_in(const Wording& wording, std::string_view language);

// Letters, digits and hyphens, as BCP 47 has them; at most kLanguageBytesMax.
bool is_language_tag(std::string_view tag);

}  // namespace filrouge::consent
