#include "http/masked.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "audience/json.h"
#include "audience/rule.h"
#include "base/text.h"
#include "engine/question_fields.h"

namespace filrouge::http {
namespace {

using engine::FieldScope;
using engine::Mask;

constexpr std::string_view kMasked = R"({"masked":true})";
// Of persons, where an answer counts them.
constexpr std::array<std::string_view, 6> kCounts = {"count", "allowed", "only_these",
                                                     "size",  "entered", "left"};

// Walks JSON without building it; what is not replaced keeps its bytes, numbers above all.
class Masker {
  public:
    Masker(std::string_view json, const Mask& mask, bool counts)
        : json_(json), mask_(mask), counts_(counts) {
        out_.reserve(json.size());
    }
    std::string run() {
        value({}, {});
        return std::move(out_);
    }

  private:
    using Scope = std::optional<FieldScope>;
    struct Object {  // what was seen of one so far
        std::string type;
        bool rule_hidden = false;
        bool first = true;
    };

    bool at(char c) const { return at_ < json_.size() && json_[at_] == c; }

    // Past one value.
    std::string_view skip() {
        const std::size_t from = at_;
        int depth = 0;
        do {
            const char c = json_[at_];
            if (c == '"') {
                skip_string();
            } else {
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
                ++at_;
                if (depth == 0 && c != '}' && c != ']') skip_scalar();
            }
        } while (depth > 0 && at_ < json_.size());
        return json_.substr(from, at_ - from);
    }
    void skip_string() {
        ++at_;
        while (at_ < json_.size() && json_[at_] != '"') at_ += json_[at_] == '\\' ? 2 : 1;
        ++at_;
    }
    void skip_scalar() {
        while (at_ < json_.size() && json_[at_] != ',' && json_[at_] != '}' && json_[at_] != ']')
            ++at_;
    }

    void value(Scope scope, const std::string& path) {
        if (at('{')) return object(scope, path);
        if (at('[')) return array(scope, path);
        out_.append(skip());
    }

    void array(Scope scope, const std::string& path) {
        out_.push_back('[');
        ++at_;
        while (!at(']') && at_ < json_.size()) {
            value(scope, path);
            if (!at(',')) continue;
            out_.push_back(',');
            ++at_;
        }
        out_.push_back(']');
        ++at_;
    }

    void object(Scope scope, const std::string& path) {
        Object seen;
        out_.push_back('{');
        ++at_;
        while (!at('}') && at_ < json_.size()) {
            const std::string_view quoted = skip();
            ++at_;  // the colon
            member(quoted, scope, path, seen);
            if (at(',')) ++at_;
        }
        out_.push_back('}');
        ++at_;
    }

    void begin_member(std::string_view quoted, Object& seen) {
        if (!seen.first) out_.push_back(',');
        seen.first = false;
        out_.append(quoted).push_back(':');
    }

    void member(std::string_view quoted, Scope scope, const std::string& path, Object& seen) {
        const std::string_view key = quoted.substr(1, quoted.size() - 2);
        if (scope) return field(quoted, key, *scope, path, seen);
        if (key == "value" && !seen.type.empty() &&
            mask_.hides(FieldScope::Identifiers, seen.type)) {
            skip();
            begin_member(R"("masked")", seen);
            out_.append("true");
            return;
        }
        if (seen.rule_hidden && (key == "why" || key == "events" || key == "json")) {
            skip();
            return;
        }
        begin_member(quoted, seen);
        if (at('{') && key == "traits") return object(FieldScope::Traits, {});
        if (at('{') && (key == "properties" || key == "context"))
            return object(FieldScope::Properties, {});
        if (at('"') && key == "type") {
            const std::string_view type = skip();
            seen.type = type.substr(1, type.size() - 2);
            out_.append(type);
            return;
        }
        if (at('"') && key == "rule") return rule(seen);
        if (at('[') && key == "tiles") return tiles();
        if (counts_ && std::find(kCounts.begin(), kCounts.end(), key) != kCounts.end())
            return count();
        value({}, {});
    }

    void field(std::string_view quoted, std::string_view key, FieldScope scope,
               const std::string& path, Object& seen) {
        std::string whole = path;
        if (!whole.empty()) whole.push_back('.');
        whole.append(key);
        begin_member(quoted, seen);
        if (!mask_.hides(scope, whole)) return value(scope, whole);
        skip();
        out_.append(kMasked);
    }

    void rule(Object& seen) {
        const std::string_view text = skip();
        boost::json::error_code bad;
        const auto told = boost::json::parse({text.data(), text.size()}, bad);
        const std::string plain = !bad && told.is_string() ? told.as_string().c_str() : "";
        seen.rule_hidden = !may_ask(plain, mask_).ok();
        if (!seen.rule_hidden) {
            out_.append(text);
            return;
        }
        out_.push_back('"');
        out_.append(kHiddenRule).push_back('"');
    }

    // Of a board. A tile's title and view may repeat what its question asks, so they go with it;
    // its number is what a board is saved by (engine/staff_boards.cc).
    void tiles() {
        out_.push_back('[');
        ++at_;
        for (std::size_t number = 0; !at(']') && at_ < json_.size(); ++number) {
            tile(skip(), number);
            if (!at(',')) continue;
            out_.push_back(',');
            ++at_;
        }
        out_.push_back(']');
        ++at_;
    }

    void tile(std::string_view text, std::size_t number) {
        boost::json::error_code bad;
        boost::json::value told = boost::json::parse({text.data(), text.size()}, bad);
        boost::json::object* tile = bad ? nullptr : told.if_object();
        const boost::json::value* question =
            tile == nullptr ? nullptr : tile->if_contains("question");
        if (question == nullptr || !question->is_object() ||
            engine::check_question_fields(question->get_object(), mask_).ok()) {
            out_.append(text);
            return;
        }
        tile->erase("title");
        tile->erase("view");
        tile->insert_or_assign("question", boost::json::object{{"masked", true}, {"tile", number}});
        out_.append(boost::json::serialize(*tile));
    }

    void count() {
        const std::string_view text = skip();
        std::uint64_t persons = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), persons);
        const bool whole = error == std::errc{} && end == text.data() + text.size();
        out_.append(whole && mask_.hides_count(persons) ? "null" : text);
    }

    const std::string_view json_;
    const Mask& mask_;
    const bool counts_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace

std::string masked_json(std::string_view json, const Mask& mask, bool counts) {
    return Masker(json, mask, counts).run();
}

Result<void> may_ask(std::string_view rule, const Mask& mask) {
    if (mask.hides_nothing()) return {};
    const std::string_view begins = trim(rule);
    const auto read = begins.starts_with('{') ? audience::from_json(rule) : audience::parse(rule);
    if (const auto* tree = std::get_if<audience::Rule>(&read))
        return engine::check_fields(*tree, mask);
    return {};
}

}  // namespace filrouge::http
