#include "collect/choices.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "consent/tcf.h"

namespace filrouge::collect {
namespace {

std::optional<bool> choice(const JsonBody& body, JsonAt at) {
    switch (body.type(at)) {
        case JsonType::True: return true;
        case JsonType::False: return false;
        case JsonType::Int:
            if (body.integer(at) == 0 || body.integer(at) == 1) return body.integer(at) == 1;
            return std::nullopt;
        case JsonType::String: break;
        default: return std::nullopt;
    }
    const std::string word = ascii_lower(body.string(at));
    if (word == "granted" || word == "true" || word == "yes") return true;
    if (word == "denied" || word == "false" || word == "no") return false;
    return std::nullopt;
}

class Choices {
  public:
    Choices(const JsonBody& body, std::vector<NamedConsent>& out) : body_(body), out_(out) {}
    bool fits() const { return out_.size() <= kConsentsPerEventMax; }
    void state(std::string_view name, bool granted) {
        name = trim(name);
        if (name.empty() || !fits()) return;
        for (NamedConsent& known : out_) {
            if (known.name != name) continue;
            known.granted = known.granted && granted;  // said twice: a refusal wins
            return;
        }
        out_.push_back({std::string(name), granted});
    }
    void read_map(JsonAt map) {
        if (!body_.is(map, JsonType::Object)) return;
        body_.each_member(map, [&](std::string_view name, JsonAt value) {
            if (const auto granted = choice(body_, value)) state(name, *granted);
            return fits();
        });
    }
    void read_list(JsonAt list, bool granted) {
        if (!body_.is(list, JsonType::Array)) return;
        body_.each_element(list, [&](JsonAt name) {
            if (body_.is(name, JsonType::String)) {
                state(body_.string(name), granted);
            } else if (body_.is(name, JsonType::Int)) {
                state(body_.number_text(name), granted);
            }
            return fits();
        });
    }

  private:
    const JsonBody& body_;
    std::vector<NamedConsent>& out_;
};

constexpr std::array<std::string_view, 4> kConsentMode = {"ad_storage", "analytics_storage",
                                                          "ad_user_data", "ad_personalization"};

// The first `told` of them.
void state_mode(const ConsentMode& mode, std::size_t told, Choices& choices) {
    const std::array<bool, 4> granted = {mode.ad_storage, mode.analytics_storage, mode.ad_user_data,
                                         mode.ad_personalization};
    for (std::size_t i = 0; i < told; ++i) choices.state(kConsentMode[i], granted[i]);
}

void state_tc(std::string_view text, std::uint16_t vendor, Choices& choices) {
    const auto tc = consent::parse_tc_string(text);
    if (!tc.ok()) return;  // it allows nothing, and withdraws nothing
    const consent::TcPurposes allowed = consent::allowed_by_consent(tc.value(), vendor);
    for (int purpose = 1; purpose <= consent::kTcDefinedPurposes; ++purpose)
        choices.state("tcf:" + std::to_string(purpose), allowed.has(purpose));
}

// The members of context.consent.
void read_signals(const JsonBody& body, JsonAt consent, std::uint16_t tcf_vendor, Choices& choices,
                  Incoming& out) {
    std::array<std::optional<bool>, 4> mode;
    body.each_member(consent, [&](std::string_view name, JsonAt value) {
        if (name == "categoryPreferences") {
            choices.read_map(value);
        } else if (name == "tcString" && body.is(value, JsonType::String)) {
            state_tc(body.string(value), tcf_vendor, choices);
            out.means = consent::Means::TcString;
        } else if ((name == "gcs" || name == "gcd") && body.is(value, JsonType::String)) {
            const auto told =
                name == "gcs" ? parse_gcs(body.string(value)) : parse_gcd(body.string(value));
            if (told) state_mode(*told, name == "gcs" ? 2 : kConsentMode.size(), choices);
            out.means = consent::Means::ConsentMode;
        } else if (const auto* at = std::find(kConsentMode.begin(), kConsentMode.end(), name);
                   at != kConsentMode.end()) {
            mode[static_cast<std::size_t>(at - kConsentMode.begin())] =
                choice(body, value).value_or(false);
        }
        return choices.fits();
    });
    const bool is_mode =
        std::any_of(mode.begin(), mode.end(), [](auto m) { return m.has_value(); });
    if (!is_mode) return;
    // What is not told is denied.
    state_mode({mode[0].value_or(false), mode[1].value_or(false), mode[2].value_or(false),
                mode[3].value_or(false)},
               kConsentMode.size(), choices);
    out.means = consent::Means::ConsentMode;
}

bool is_true(const JsonBody& body, JsonAt at) {
    return !at.none() && choice(body, at).value_or(false);
}

}  // namespace

bool read_choices(const JsonBody& body, const Told& told, std::uint16_t tcf_vendor, Incoming& out) {
    Choices choices(body, out.consents);
    const JsonAt consent = told.context[ContextKey::Consent];
    if (body.is(consent, JsonType::Object)) read_signals(body, consent, tcf_vendor, choices, out);
    const JsonAt management = told.context[ContextKey::ConsentManagement];
    if (!management.none()) {
        choices.read_list(body.find(management, "allowedConsentIds"), true);
        choices.read_list(body.find(management, "deniedConsentIds"), false);
    }
    if (out.consent_change) {
        choices.read_map(told.property[PropertyKey::Purposes]);
        choices.read_map(told.property[PropertyKey::CategoryPreferences]);
    }
    return choices.fits();
}

bool states_privacy_control(const JsonBody& body, const Told& told) {
    return is_true(body, told.context[ContextKey::Gpc]);
}

std::optional<ConsentMode> parse_gcs(std::string_view text) {
    const bool fits = text.size() == 4 && text.starts_with("G1") &&
                      text.find_first_not_of("01", 2) == std::string_view::npos;
    if (!fits) return std::nullopt;
    // It tells two of the four.
    return ConsentMode{text[2] == '1', text[3] == '1', false, false};
}

std::optional<ConsentMode> parse_gcd(std::string_view text) {
    constexpr std::string_view kStates = "lmnpqrtuv";  // what is known of them
    constexpr std::string_view kChosen = "nrv";        // a yes that somebody gave
    if (text.size() < 10 || (!text.starts_with("11") && !text.starts_with("13")))
        return std::nullopt;
    std::array<bool, 4> granted{};
    for (std::size_t i = 0; i < granted.size(); ++i) {
        const char state = text[2 + 2 * i], between = text[3 + 2 * i];
        if (kStates.find(state) == std::string_view::npos || between < '0' || between > '9')
            return std::nullopt;
        granted[i] = kChosen.find(state) != std::string_view::npos;
    }
    return ConsentMode{granted[0], granted[1], granted[2], granted[3]};
}

}  // namespace filrouge::collect
