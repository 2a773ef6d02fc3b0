// Which browsers are signed in, and when each token was used last: the fold's part of it. A row is
// edited by the fold alone. A session's last use is as coarse as its records (kSessionUseEvery);
// the exact one is the AccessDesk's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "engine/session_record.h"
#include "storage/table.h"

namespace filrouge::engine {

constexpr Duration kSessionIdle = minutes(30);
constexpr Duration kSessionLife = hours(12);
// A use is written at most this often: after a start a session idles out so much early, never late.
constexpr Duration kSessionUseEvery = minutes(5);
constexpr std::size_t kSessionsMax = 4'096;  // past it the one that was idle longest ends

class SessionBook {
  public:
    struct Row {
        std::array<unsigned char, 32> secret;  // SHA-256; zeros: free
        std::int64_t begun, used;
        std::uint64_t version;   // of the document it began by
        std::uint32_t document;  // whose it is
        std::uint32_t spare;
        Digest digest() const { return {secret}; }
        bool is_free() const { return digest().is_zero(); }
    };
    struct TokenRow {
        std::uint32_t document;
        std::int32_t day;  // since 1970-01-01, UTC
    };

    SessionBook(TableSpace& space, std::uint16_t first_id)  // takes 2 ids
        : rows_(space, first_id), tokens_(space, static_cast<std::uint16_t>(first_id + 1)) {}
    std::uint32_t size() const { return rows_.size(); }
    const Row& at(std::uint32_t number) const { return rows_.at(number); }
    std::optional<std::int32_t> used_on(std::uint32_t token_document) const;

    void change(const SessionChange& change);
    void use(const CredentialsUsed& used);

  private:
    std::optional<std::uint32_t> find(const Digest& secret) const;
    // A free row or one whose session is too old; a new one while there are not kSessionsMax.
    std::uint32_t room(IngestTime at);
    void use_token(std::uint32_t document, std::int32_t day);

    Table<Row> rows_;
    Table<TokenRow> tokens_;
};

}  // namespace filrouge::engine
