#include "collect/kept_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/json_writer.h"
#include "collect/identity.h"

namespace filrouge::collect {
namespace {

constexpr std::array<std::string_view, 6> kKinds = {"track",  "identify", "page",
                                                    "screen", "group",    "alias"};

std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

class KeptText {
  public:
    KeptText(const JsonBody& body, JsonAt event, const SaidAround& said)
        : body_(body), event_(event), said_(said) {}

    // Empty when there is nothing to add to the event's own text, and nothing to leave out.
    std::string rewritten(std::size_t own_bytes) {
        const bool fits = own_bytes + said_.envelope.bytes <= kEventBytesMax;
        const Envelope none;
        const Envelope& envelope = fits ? said_.envelope : none;
        out_ = "{";
        add_kind();
        add_sent_at();
        if (!said_.anonymous_id.empty()) put_in_place("anonymousId", quoted(said_.anonymous_id));
        add_context(envelope.context);
        const JsonAt own = body_.find(event_, "integrations");
        if (body_.is(envelope.integrations, JsonType::Object) && is_empty(own))
            put_in_place("integrations", source(envelope.integrations));
        copy_members();
        // Too large because of what its batch says: it must not be read again without that.
        if (!fits && body_.is(said_.envelope.context, JsonType::Object))
            add("context", source(said_.envelope.context));
        out_ += '}';
        return changed_ ? std::move(out_) : std::string();
    }

  private:
    std::string_view source(JsonAt value) const {
        return body_.source(value.token, body_.past(value).token);
    }
    bool is_empty(JsonAt value) const {  // as EventReader has it, or not there
        if (value.none() || body_.is(value, JsonType::Null)) return true;
        if (body_.is(value, JsonType::String)) return body_.string(value).empty();
        return body_.is(value, JsonType::Array) && body_.count(value) == 0;
    }
    void add_raw(std::string_view member) {
        if (out_.back() != '{') out_ += ',';
        out_ += member;
    }
    void add(std::string_view key, std::string_view json) {
        add_raw(quoted(key));
        out_ += ':';
        out_ += json;
        changed_ = true;
    }
    // Instead of the event's first member of this name. A second one stays: the same key twice is a
    // fault of the event, and not mended here.
    void put_in_place(std::string_view key, std::string_view json) {
        add(key, json);
        replaced_.push_back(key);
    }
    void add_kind() {
        if (!said_.kind) return;
        const std::string_view name = kKinds[static_cast<std::size_t>(*said_.kind)];
        const JsonAt own = body_.find(event_, "type");
        const bool says_so = body_.is(own, JsonType::String) && body_.string(own) == name;
        if (!says_so) put_in_place("type", quoted(name));
    }
    void add_sent_at() {
        if (said_.import) {
            replaced_.push_back("sentAt");
        } else if (!said_.sent_at.empty()) {
            put_in_place("sentAt", said_.sent_at);
        }
    }
    // The event's own members, then those of the batch that it does not have. Ours stand first: of
    // two spellings of a name the first one counts.
    void add_context(JsonAt batch) {
        const JsonAt own = body_.find(event_, "context");
        const bool has_own = body_.is(own, JsonType::Object);
        std::string members;
        std::vector<std::string_view> told;
        const auto tell = [&](std::string_view key, std::string_view json) {
            if (!members.empty()) members += ',';
            members.append(quoted(key)).append(":").append(json);
            told.push_back(key);
        };
        if (said_.global_privacy_control) tell("gpc", "true");
        if (said_.prefetch) tell("bot", "true");
        if (!said_.user_agent.empty()) tell("userAgent", quoted(said_.user_agent));
        const std::size_t ours = told.size();
        const auto copy = [&](std::string_view name, JsonAt value) {
            if (std::find(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(ours), name) !=
                told.begin() + static_cast<std::ptrdiff_t>(ours))
                return;
            if (!members.empty()) members += ',';
            members += body_.source(value.token - 2, body_.past(value).token);
        };
        bool more = ours != 0;
        if (has_own) {
            body_.each_member(own, [&](std::string_view name, JsonAt value) {
                copy(name, value);
                return true;
            });
        }
        if (body_.is(batch, JsonType::Object)) {
            body_.each_member(batch, [&](std::string_view name, JsonAt value) {
                if (has_own && !body_.find(own, name).none()) return true;
                copy(name, value);
                more = true;
                return true;
            });
        }
        if (!more) return;
        add("context", "{" + members + "}");
        if (has_own || is_empty(own)) replaced_.push_back("context");
    }
    void copy_members() {
        body_.each_member(event_, [&](std::string_view name, JsonAt value) {
            const auto instead = std::find(replaced_.begin(), replaced_.end(), name);
            // A key that opens the door is not shown to who repairs what came through it.
            if (name == "writeKey" || instead != replaced_.end()) {
                if (instead != replaced_.end()) replaced_.erase(instead);
                changed_ = true;
                return true;
            }
            add_raw(body_.source(value.token - 2, body_.past(value).token));
            return true;
        });
    }

    const JsonBody& body_;
    const JsonAt event_;
    const SaidAround& said_;
    std::string out_;
    std::vector<std::string_view> replaced_;
    bool changed_ = false;
};

}  // namespace

std::string kept_text(const JsonBody& body, JsonAt event, JsonAt past, const SaidAround& said) {
    const std::string_view own = body.source(event.token, past.token);
    std::string text;
    if (body.is(event, JsonType::Object)) text = KeptText(body, event, said).rewritten(own.size());
    if (text.empty()) text = own;
    text.resize(std::min<std::size_t>(text.size(), kEventBytesMax));
    return text;
}

}  // namespace filrouge::collect
