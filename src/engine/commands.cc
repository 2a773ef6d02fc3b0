// What operators change. One command at a time: validated against the fold, written to the log,
// answered once it is durable and folded.
#include <algorithm>
#include <boost/json.hpp>
#include <future>

#include "audience/compile.h"
#include "audience/json.h"
#include "audience/rule.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "engine/audience_needs.h"
#include "engine/consents.h"
#include "engine/model_names.h"
#include "engine/model_run.h"
#include "engine/quarantined.h"
#include "engine/rate_text.h"
#include "engine/records.h"
#include "engine/request_body.h"
#include "engine/runtime_impl.h"
#include "engine/settings_record.h"
#include "engine/webhook_secret.h"
#include "storage/sha256.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;
constexpr std::size_t kDocumentsMax = 1'000;

bool good_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

// What the API has an address of its own for, beside /audiences/{id} (http/route.cc).
bool is_address_of_audiences(std::string_view id) { return id == "overlap" || id == "stream"; }

// "Lost baskets, Lyon" becomes "lost-baskets-lyon".
std::string id_from(std::string_view name) {
    std::string out;
    for (const char c : ascii_lower(name)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            out.push_back(c);
        else if (!out.empty() && out.back() != '-')
            out.push_back('-');
    }
    while (!out.empty() && out.back() == '-') out.pop_back();
    if (out.size() > 60) out.resize(60);
    return out;
}

Error rule_error(const audience::RuleError& e) { return Error{"rule.invalid", e.message, e.hint}; }

}  // namespace

std::string RuntimeImpl::new_secret(std::size_t bytes) {
    return hex_encode(seams_.random.bytes(bytes));
}

Result<void> RuntimeImpl::write_now(std::vector<Prepared> records) {
    PreparedRequest request;
    for (const Prepared& p : records)
        request.bytes += p.record.clear.size() + p.record.sealed.size() + p.plain.size();
    request.records = std::move(records);
    TRY(write_now(std::move(request)));
    return {};
}

Result<IngestReply> RuntimeImpl::write_now(PreparedRequest request) {
    struct Waiting {
        std::mutex mutex;
        std::condition_variable wake;
        std::optional<Result<IngestReply>> reply;
    };
    auto waiting = std::make_shared<Waiting>();
    request.wait_for_fold = true;
    request.done = [waiting](Result<IngestReply> reply) {
        const std::lock_guard guard(waiting->mutex);
        waiting->reply = std::move(reply);
        waiting->wake.notify_all();
    };
    appender_.submit(std::move(request));
    std::unique_lock guard(waiting->mutex);
    while (!waiting->reply) {
        waiting->wake.wait_for(guard, std::chrono::milliseconds(100));
        if (!waiting->reply && state_.load() == RuntimeState::Failed) {
            return Error{"engine.failed", "The server can no longer write.",
                         "Look at its diagnostic log."};
        }
    }
    return std::move(*waiting->reply);
}

Result<IngestReply> RuntimeImpl::ingest_now(IngestRequest request) {
    auto told = std::make_shared<std::promise<Result<IngestReply>>>();
    auto reply = told->get_future();
    ingest(std::move(request), [told](Result<IngestReply> r) { told->set_value(std::move(r)); });
    while (reply.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
        if (state_.load() == RuntimeState::Failed)
            return Error{"engine.failed", "The server can no longer write.",
                         "Look at its diagnostic log."};
    }
    const IngestReply done = TRY(reply.get());
    TRY(reach(done.sequence));
    return done;
}

Result<void> RuntimeImpl::put_document(RecordType type, std::string_view id, std::string_view text,
                                       bool removed) {
    Prepared p;
    p.record.type = type;
    encode_document({std::string(id), removed, std::string(text)}, p.record.clear);
    return write_now(one_record(std::move(p)));
}

Result<BrandNo> RuntimeImpl::brand_named(std::string_view id) {
    lock_.lock_shared();
    auto number = brand_meant(fold_, id);
    lock_.unlock_shared();
    return number;
}

void RuntimeImpl::create_source(std::string text, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        const json::object body = TRY(object_of(text));
        SourceInfo info;
        info.name = TRY(text_of(body, "name", true));
        info.id = TRY(text_of(body, "id", false));
        if (info.id.empty()) info.id = id_from(info.name);
        if (!good_id(info.id))
            return Error{"source.invalid_id", "An id is 1 to 64 of a-z, 0-9, '-' and '_'.", ""};
        const std::string channel = TRY(text_of(body, "channel", false));
        const auto known_channel = channel_named(channel.empty() ? "web" : channel);
        if (!known_channel)
            return Error{"source.unknown_channel", "The channel is not known.",
                         "One of: web, app, store, kiosk, beacon, call, chat, email, sms, push, "
                         "social, tv, object, server, catalog, other."};
        info.channel = *known_channel;
        info.brand = TRY(text_of(body, "brand", false));
        TRY(brand_named(info.brand));
        const std::string currency = TRY(text_of(body, "currency", false));
        info.currency =
            Currency::parse(currency.empty() ? settings_.brand(info.brand).currency : currency)
                .value_or(Currency{});
        info.default_purpose = TRY(text_of(body, "purpose", false));
        if (info.default_purpose.empty()) info.default_purpose = "measurement";
        const std::string basis = TRY(text_of(body, "basis", false));
        const auto known_basis = basis_named(basis.empty() ? "consent" : basis);
        if (!known_basis)
            return Error{"source.unknown_basis", "The legal basis is not known.",
                         "One of: consent, contract, legal_obligation, legitimate_interest."};
        info.basis = *known_basis;
        info.write_key = TRY(text_of(body, "write_key", false));
        if (info.write_key.empty()) info.write_key = "wk_" + new_secret(12);
        const auto view = views_.get();
        if (!view->purposes.bit_of(info.default_purpose))
            return Error{"source.unknown_purpose", "The purpose is not declared.",
                         "GET /api/v1/purposes lists them; filrouge.toml declares more."};
        for (const SourceInfo& known : view->sources) {
            if (known.id == info.id && known.enabled)
                return Error{"source_exists", "There is a source with this id.",
                             "Take another id, or use the one there is."};
            if (known.write_key == info.write_key)
                return Error{"source_exists", "Another source has this write key.",
                             "Leave write_key out to get a new one."};
        }
        if (view->sources.size() > kDocumentsMax)
            return Error{"source.too_many", "There are 1000 sources, the limit.", ""};
        TRY(put_document(RecordType::SourceChange, info.id, source_json(info), false));
        std::string out;
        JsonWriter w(out);
        w.open_object()
            .field("id", info.id)
            .field("name", info.name)
            .field("write_key", info.write_key);
        w.field("channel", name_of(info.channel))
            .field("currency", info.currency.text())
            .field("purpose", info.default_purpose);
        w.field("basis", name_of(info.basis));
        if (!info.brand.empty()) w.field("brand", info.brand);
        w.close();
        return out;
    }());
}

void RuntimeImpl::delete_source(std::string id, bool confirmed, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        const auto view = views_.get();
        const auto at =
            std::find_if(view->sources.begin(), view->sources.end(), [&](const SourceInfo& s) {
                return s.id == id && s.number != 0 && !s.write_key.empty();
            });
        if (at == view->sources.end()) return not_found("source", id);
        lock_.lock_shared();
        const std::uint64_t events = fold_.counted(at->number, "stored");
        lock_.unlock_shared();
        if (confirmed) TRY(put_document(RecordType::SourceChange, id, "", true));
        std::string out;
        JsonWriter w(out);
        w.open_object().field("id", id).field("deleted", confirmed).key("follows").open_array();
        w.value(
            "Its write key stops working at once: senders that still use it are refused with 404 "
            "and drop their events.");
        w.value("Its " + std::to_string(events) +
                " stored events stay, with the people they belong to.");
        w.close();
        if (!confirmed) w.field("confirm", "Send the same request with ?confirm=true.");
        w.close();
        return out;
    }());
}

void RuntimeImpl::create_audience(std::string text, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        const json::object body = TRY(object_of(text));
        AudienceDocument document;
        document.name = TRY(text_of(body, "name", true));
        document.purpose = TRY(text_of(body, "purpose", true));
        std::string id = TRY(text_of(body, "id", false));
        if (id.empty()) id = id_from(document.name);
        if (!good_id(id))
            return Error{"audience.invalid_id", "An id is 1 to 64 of a-z, 0-9, '-' and '_'.", ""};
        if (is_address_of_audiences(id))
            return Error{"audience.reserved_id", "The id '" + id + "' is a word of the API.",
                         "Take another name, or tell another 'id'."};
        const json::value* rule_value = body.if_contains("rule");
        if (rule_value == nullptr)
            return Error{"api.missing_field", "The field 'rule' is missing.",
                         "docs/rules.md has examples."};
        auto rule = rule_value->is_string()
                        ? audience::parse(std::string_view(rule_value->as_string().data(),
                                                           rule_value->as_string().size()))
                        : audience::from_json(json::serialize(*rule_value));
        if (const auto* wrong = std::get_if<audience::RuleError>(&rule)) return rule_error(*wrong);
        document.rule = audience::print(std::get<audience::Rule>(rule));
        document.created_us = seams_.clock.now().us;
        document.brand = TRY(text_of(body, "brand", false));
        const BrandNo brand = TRY(brand_named(document.brand));
        {
            lock_.lock_shared();
            const auto checked = [&]() -> Result<void> {
                const auto purpose = fold_.purposes.bit_of(document.purpose);
                if (!purpose)
                    return Error{"audience.unknown_purpose", "The purpose is not declared.",
                                 "GET /api/v1/purposes lists them."};
                DraftNames names(fold_);
                const auto compiled = audience::compile(std::get<audience::Rule>(rule), names);
                if (const auto* wrong = std::get_if<audience::RuleError>(&compiled))
                    return rule_error(*wrong);
                TRY(only_of_use(fold_, std::get<audience::Compiled>(compiled), {brand, *purpose}));
                TRY(refuse_without_names(fold_, names));
                TRY(refuse_circle(fold_, id, document.name, std::get<audience::Rule>(rule),
                                  "audience.circle"));
                std::vector<bool> used(audience::kAudiencesMax);
                for (const auto& [known_id, info] : fold_.audiences) {
                    // Rules name audiences by either: one's name is not another's id.
                    if (known_id == id || info.name == document.name || known_id == document.name ||
                        info.name == id)
                        return Error{"audience_exists",
                                     "There is an audience with this name or id.",
                                     "Take another name, or delete the other one first."};
                    used[info.slot.value] = true;
                }
                for (const DocumentView& d : fold_.documents.of(RecordType::WebhookChange)) {
                    // It was made for an audience that is gone, perhaps another brand's.
                    if (const auto hook = parse_webhook(d.json); hook && hook->audience == id)
                        return Error{"audience.webhook_left",
                                     "A webhook of an audience that was removed names this id.",
                                     "Delete the webhook first, or tell another 'id'."};
                }
                const auto free = std::find(used.begin(), used.end(), false);
                if (free == used.end())
                    return Error{"audience.too_many",
                                 "There are " + std::to_string(audience::kAudiencesMax) +
                                     " audiences, the limit.",
                                 "Delete one that is no longer used."};
                document.slot = static_cast<std::uint32_t>(free - used.begin());
                return {};
            }();
            lock_.unlock_shared();
            TRY(checked);
        }
        TRY(put_document(RecordType::AudienceChange, id, audience_json(document), false));
        return audience_json_of(answering(), id);
    }());
}

namespace {

// What an audience takes with it, and who would miss it.
struct AudienceRemoval {
    std::uint64_t members = 0;
    std::size_t hooks = 0;
    std::vector<std::string> models;  // of who resembles it, by id
    std::vector<std::string> users;   // audiences that name it, or ask who resembles it
};

std::optional<AudienceRemoval> removal_of(const Fold& fold, std::string_view id) {
    const auto at = fold.audiences.find(std::string(id));
    if (at == fold.audiences.end()) return std::nullopt;
    const AudienceInfo& info = at->second;
    AudienceRemoval out;
    out.members = fold.live.count(info.slot);
    for (const auto& [other, user] : fold.audiences) {
        if (std::find(user.needs.begin(), user.needs.end(), info.slot) != user.needs.end())
            out.users.push_back(user.name);
    }
    for (const DocumentView& d : fold.documents.of(RecordType::WebhookChange)) {
        const auto hook = parse_webhook(d.json);
        if (hook && hook->audience == id) ++out.hooks;
    }
    for (const DocumentView& d : fold.documents.of(RecordType::ModelChange)) {
        const auto model = read_model_name(d.json);
        if (!model || model->kind != ModelKind::Lookalike || model->audience != id) continue;
        out.models.emplace_back(d.id);
        for (std::string& user : who_ask_for(fold, traits_of(*model), info.use)) {
            if (std::find(out.users.begin(), out.users.end(), user) == out.users.end())
                out.users.push_back(std::move(user));
        }
    }
    return out;
}

}  // namespace

void RuntimeImpl::delete_audience(std::string id, bool confirmed, Reply done) {
    // A run would write its model after this.
    const std::unique_lock running(model_mutex_, kRunWait);
    if (!running.owns_lock()) return done(model_under_way());
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        lock_.lock_shared();
        const auto removal = removal_of(fold_, id);
        lock_.unlock_shared();
        if (!removal) return not_found("audience", id);
        if (!removal->users.empty())
            return Error{"audience_in_use",
                         "Other audiences name this one, or ask who resembles it: " +
                             quoted_list(removal->users) + ".",
                         "Delete those first."};
        if (confirmed) {
            for (const std::string& model : removal->models)
                TRY(put_document(RecordType::ModelChange, model, "", true));
            TRY(put_document(RecordType::AudienceChange, id, "", true));
        }
        std::string out;
        JsonWriter w(out);
        w.open_object()
            .field("id", id)
            .field("deleted", confirmed)
            .field("members", removal->members)
            .key("follows")
            .open_array();
        w.value("Its " + std::to_string(removal->members) +
                " members are no longer known as such; their events and profiles stay.");
        w.value(std::to_string(removal->hooks) + " webhooks no longer hear of it.");
        if (!removal->models.empty())
            w.value("The model of who resembles it goes, and everybody's score with it.");
        w.close();
        if (!confirmed) w.field("confirm", "Send the same request with ?confirm=true.");
        w.close();
        return out;
    }());
}

void RuntimeImpl::set_consent(std::string text, Reply done) {
    consents_->state(std::move(text), std::move(done));
}

void RuntimeImpl::set_rate(std::string text, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        const json::object body = TRY(object_of(text));
        const auto from = Currency::parse(TRY(text_of(body, "from", true)));
        const auto to = Currency::parse(TRY(text_of(body, "to", true)));
        const auto rate = parse_rate(TRY(text_of(body, "rate", true)));
        const auto day = parse_day(TRY(text_of(body, "valid_from", true)));
        if (!from || !to || *from == *to)
            return Error{"rate.invalid_currency",
                         "A rate is between two different ISO 4217 currencies.",
                         "For example from USD to EUR."};
        if (!rate)
            return Error{"rate.invalid",
                         "A rate is a text above 0 with at most 9 digits and 8 decimals.",
                         "For example \"0.9215\": a number could lose its last decimals."};
        if (!day)
            return Error{"rate.invalid_day", "A rate counts from a day on.",
                         "For example \"2026-01-31\"."};
        const audience::Rate told{*from, *to, *day, *rate};
        lock_.lock_shared();
        const bool room = fold_.rates.has_room_for(told);
        lock_.unlock_shared();
        if (!room)
            return Error{"rate.too_many",
                         "There are " + std::to_string(audience::kRatesMax) + " rates, the limit.",
                         "A later word on a day that has one still takes its place."};
        Prepared p;
        p.record.type = RecordType::RateTold;
        encode_rate(told, p.record.clear);
        TRY(write_now(one_record(std::move(p))));
        return rate_json(told);
    }());
}

void RuntimeImpl::create_webhook(std::string text, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        const json::object body = TRY(object_of(text));
        WebhookDocument document;
        document.url = TRY(text_of(body, "url", true, 2'000));
        document.audience = TRY(text_of(body, "audience", false));
        if (!document.url.starts_with("https://") && !document.url.starts_with("http://")) {
            return Error{"webhook.invalid_url",
                         "A webhook's URL begins with https:// (or http:// on your own network).",
                         ""};
        }
        lock_.lock_shared();
        const bool known = document.audience.empty() || fold_.audiences.contains(document.audience);
        const std::size_t count = fold_.documents.of(RecordType::WebhookChange).size();
        lock_.unlock_shared();
        if (!known) return not_found("audience", document.audience);
        if (count >= kWebhooksMax)
            return Error{"webhook.too_many",
                         "There are " + std::to_string(kWebhooksMax) + " webhooks, the limit.", ""};
        document.created_us = seams_.clock.now().us;
        const std::string id = new_secret(8);
        TRY(put_document(RecordType::WebhookChange, id, webhook_json(document), false));
        std::string out;
        JsonWriter w(out);
        w.open_object()
            .field("id", id)
            .field("url", document.url)
            .field("audience", document.audience);
        w.field("secret", webhook_secret(keys_->process_key(kKeyReceipts), id))
            .field("note", "Shown once: it signs what is sent (Standard Webhooks).")
            .close();
        return out;
    }());
}

void RuntimeImpl::delete_webhook(std::string id, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        lock_.lock_shared();
        bool known = false;
        for (const DocumentView& d : fold_.documents.of(RecordType::WebhookChange))
            known |= d.id == id;
        lock_.unlock_shared();
        if (!known) return not_found("webhook", id);
        TRY(put_document(RecordType::WebhookChange, id, "", true));
        return std::string("{\"deleted\":true}");
    }());
}

void RuntimeImpl::discard_quarantined(std::uint64_t sequence, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        TRY(quarantined_json(answering(), sequence));
        TRY(resolve_quarantined(sequence, kQuarantineDiscarded));
        return std::string("{\"discarded\":true}");
    }());
}

Result<void> RuntimeImpl::resolve_quarantined(std::uint64_t sequence, std::uint8_t how) {
    Prepared p;
    p.record.type = RecordType::QuarantineResolved;
    ByteWriter w(p.record.clear);
    w.u64(sequence);
    w.u8(how);
    return write_now(one_record(std::move(p)));
}

void RuntimeImpl::replay_quarantined(std::uint64_t sequence, std::string repaired, Reply done) {
    const std::lock_guard guard(command_mutex_);
    done([&]() -> Result<std::string> {
        const auto view = views_.get();
        IngestRequest ingest_request =
            TRY(read_again(answering(), settings_, view->sources, sequence, repaired));
        for (collect::Item& item : ingest_request.items) {
            // Its own id was taken by another content, or may be once more: the replay has one of
            // its own.
            auto& event = std::get<collect::Incoming>(item).event;
            event.message_id = "replay-" + std::to_string(sequence) + "-" + event.message_id;
        }
        // As a request that is received: what becomes of its events is counted.
        const IngestReply reply =
            TRY(write_now(admission_.prepare(std::move(ingest_request), seams_.clock.now())));
        TRY(resolve_quarantined(sequence, kQuarantineReplayed));
        std::string out;
        JsonWriter(out)
            .open_object()
            .field("replayed", true)
            .field("not_kept", reply.not_kept)
            .field("sequence", folded_.load())
            .close();
        return out;
    }());
}

}  // namespace filrouge::engine
