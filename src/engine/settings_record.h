// The part of the settings that the fold reads, as the JSON of a Settings record. Canonical: equal
// settings give equal bytes, so a start appends a record only when something changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consent/gate.h"
#include "consent/wordings.h"
#include "engine/runtime.h"
#include "engine/settings.h"
#include "identity/graph.h"

namespace filrouge::engine {

constexpr std::string_view kSettingsDocument = "shop";

// With the version of the tables of time zones (engine/zone.h) that the fold reads days by.
std::string settings_json(const Settings& settings, std::string_view zone_tables = {});
struct BrandFacts {
    std::string id, name, time_zone;
    bool operator==(const BrandFacts&) const = default;
};
struct FoldSettings {
    consent::Purposes purposes;
    std::vector<BrandFacts> brands;  // by BrandNo; at least one
    identity::Limits limits;
    std::string zone_tables;
    bool operator==(const FoldSettings&) const = default;
};
std::optional<FoldSettings> parse_fold_settings(std::string_view json);

std::string source_json(const SourceInfo& source);
std::optional<SourceInfo> parse_source(std::string_view id, std::string_view json);

struct AudienceDocument {
    std::string name, rule, purpose;
    std::uint32_t slot = 0;
    std::int64_t created_us = 0;
    std::string brand;  // id; empty: the only one
};
std::string audience_json(const AudienceDocument& audience);
std::optional<AudienceDocument> parse_audience(std::string_view json);

struct TokenDocument {
    std::string name;
    Role role = Role::None;
    std::string hash;  // SHA-256 of the token, hex
    std::int64_t created_us = 0;
    std::string account = {};              // id of whose own it is; empty: nobody's
    std::vector<std::string> brands = {};  // ids: all it may see; empty: every brand
    std::int64_t expires_us = 0;           // 0: never
};
std::string token_json(const TokenDocument& token);
std::optional<TokenDocument> parse_token(std::string_view json);

struct WebhookDocument {
    std::string url;
    std::string secret;    // signs what is sent (Standard Webhooks)
    std::string audience;  // id; empty for all
    std::int64_t created_us = 0;
};
std::string webhook_json(const WebhookDocument& webhook);
std::optional<WebhookDocument> parse_webhook(std::string_view json);

struct WordingDocument {
    std::string purpose;
    consent::Wording wording;
};
std::string wording_json(const WordingDocument& wording);
std::optional<WordingDocument> parse_wording(std::string_view json);

std::string_view name_of(LegalBasis basis);
std::optional<LegalBasis> basis_named(std::string_view name);

}  // namespace filrouge::engine
