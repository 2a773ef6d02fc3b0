#include "collect/choices.h"

#include <algorithm>

#include "base/text.h"

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

bool is_true(const JsonBody& body, JsonAt at) {
    return !at.none() && choice(body, at).value_or(false);
}

}  // namespace

bool read_choices(const JsonBody& body, const Told& told, bool consent_event,
                  std::vector<NamedConsent>& out) {
    Choices choices(body, out);
    const JsonAt consent = told.context[ContextKey::Consent];
    if (!consent.none()) choices.read_map(body.find(consent, "categoryPreferences"));
    const JsonAt management = told.context[ContextKey::ConsentManagement];
    if (!management.none()) {
        choices.read_list(body.find(management, "allowedConsentIds"), true);
        choices.read_list(body.find(management, "deniedConsentIds"), false);
    }
    if (consent_event) {
        choices.read_map(told.property[PropertyKey::Purposes]);
        choices.read_map(told.property[PropertyKey::CategoryPreferences]);
    }
    return choices.fits();
}

bool states_privacy_control(const JsonBody& body, const Told& told) {
    return is_true(body, told.context[ContextKey::Gpc]);
}

}  // namespace filrouge::collect
