#include "engine/session_book.h"

#include <algorithm>

namespace filrouge::engine {

std::optional<std::uint32_t> SessionBook::find(const Digest& secret) const {
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        if (rows_.at(i).secret == secret.bytes) return i;
    }
    return std::nullopt;
}

std::uint32_t SessionBook::room(IngestTime at) {
    std::uint32_t oldest = 0;
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
        const Row& row = rows_.at(i);
        if (row.is_free() || row.begun + kSessionLife.us < at.us) return i;
        if (row.used < rows_.at(oldest).used) oldest = i;
    }
    return rows_.size() < kSessionsMax ? rows_.append({}) : oldest;
}

void SessionBook::change(const SessionChange& change) {
    const auto known = find(change.secret);
    if (change.ended) {
        if (known) rows_.edit(*known) = {};
        return;
    }
    if (known || change.secret.is_zero()) return;
    rows_.edit(room(change.at)) = {change.secret.bytes, change.at.us,    change.at.us,
                                   change.version,      change.document, 0};
}

void SessionBook::use(const CredentialsUsed& used) {
    for (const auto& [secret, at] : used.sessions) {
        const auto known = secret.is_zero() ? std::nullopt : find(secret);
        if (known) rows_.edit(*known).used = std::max(rows_.at(*known).used, at.us);
    }
    for (const auto& [document, day] : used.tokens) use_token(document, day);
}

void SessionBook::use_token(std::uint32_t document, std::int32_t day) {
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
        if (tokens_.at(i).document != document) continue;
        tokens_.edit(i).day = std::max(tokens_.at(i).day, day);
        return;
    }
    tokens_.append({document, day});
}

std::optional<std::int32_t> SessionBook::used_on(std::uint32_t token_document) const {
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
        if (tokens_.at(i).document == token_document) return tokens_.at(i).day;
    }
    return std::nullopt;
}

}  // namespace filrouge::engine
