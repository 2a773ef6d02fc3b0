#include "engine/consent_desk.h"

#include <algorithm>
#include <boost/json.hpp>
#include <shared_mutex>

#include "base/json_writer.h"
#include "base/text.h"
#include "engine/consent_verify.h"
#include "engine/request_body.h"
#include "engine/settings_record.h"
#include "engine/times.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

Error unknown_purpose() {
    return Error{"purpose_not_found", "The purpose is not declared.",
                 "GET /api/v1/purposes lists them."};
}

void write_wording(JsonWriter& w, std::string_view purpose, const consent::Wording& wording) {
    w.open_object().field("purpose", purpose).field("version", wording.version);
    w.field("since", iso_time(wording.since)).key("texts").open_object();
    for (const auto& [language, words] : wording.texts) {
        w.key(language).open_object().field("text", words.text);
        w.field("sha256", words.digest.hex()).close();
    }
    w.close().close();
}

// In the first of these languages that there is.
std::optional<consent::ShownWords> words_in_any(const consent::Wording& wording,
                                                std::string_view languages) {
    for (const std::string_view language : split(languages, ',')) {
        if (const auto shown = consent::words_in(wording, trim(language))) return shown;
    }
    return std::nullopt;
}

void write_asked(JsonWriter& w, const consent::Purpose& purpose, const consent::Wording* wording,
                 std::string_view languages) {
    w.open_object().field("name", purpose.name).field("gpc_denies", purpose.gpc_denies);
    w.key("categories").open_array();
    for (const std::string& category : purpose.categories) w.value(category);
    w.close().key("wording");
    const auto shown = wording == nullptr ? std::nullopt : words_in_any(*wording, languages);
    if (shown) {
        w.open_object().field("version", wording->version).field("language", shown->language);
        w.field("text", shown->words->text).close();
    } else {
        w.null();
    }
    w.close();
}

Result<consent::Wording> read_texts(std::string_view body) {
    const json::object object = TRY(object_of(body));
    const json::value* texts = object.if_contains("texts");
    if (texts == nullptr || !texts->is_object() || texts->as_object().empty() ||
        texts->as_object().size() > consent::kWordingLanguagesMax) {
        return Error{"wording.no_texts",
                     "The field 'texts' must be an object of 1 to " +
                         std::to_string(consent::kWordingLanguagesMax) + " languages.",
                     "For example {\"texts\": {\"fr\": \"J'accepte de recevoir...\"}}."};
    }
    consent::Wording wording;
    for (const auto& [language, text] : texts->as_object()) {
        if (!consent::is_language_tag(language))
            return Error{"wording.invalid_language", "A language is a tag such as fr or fr-CA.",
                         ""};
        const bool fits = text.is_string() && !text.as_string().empty() &&
                          text.as_string().size() <= consent::kWordingBytesMax;
        if (!fits)
            return Error{"wording.invalid_text",
                         "The words are text of 1 to " + std::to_string(consent::kWordingBytesMax) +
                             " bytes.",
                         ""};
        const std::string_view exact = text.as_string();
        wording.texts[language] = {std::string(exact), sha256(exact)};
    }
    return wording;
}

std::string stated_json(std::uint64_t sequence, const std::optional<AskedConfirmation>& asked) {
    std::string out;
    JsonWriter w(out);
    w.open_object().field("sequence", sequence);
    if (asked) {
        w.key("pending").open_array();
        for (const std::string& purpose : asked->purposes) w.value(purpose);
        w.close().key("confirmation").open_object();
        w.field("path", "/confirm/" + asked->token).field("expires", iso_time(asked->expires));
        w.close();
    }
    w.close();
    return out;
}

class Desk final : public Consents {
  public:
    explicit Desk(ConsentSeams seams)
        : seams_(std::move(seams)), rules_(contact_rules_of(seams_.library.settings)) {}

    Result<std::string> wordings(std::string_view purpose) override {
        const auto view = seams_.views.get();
        if (!view->purposes.bit_of(purpose)) return unknown_purpose();
        std::string out;
        JsonWriter w(out);
        w.open_object().key("wordings").open_array();
        for (const consent::Wording& wording : view->wordings->of(purpose))
            write_wording(w, purpose, wording);
        w.close().close();
        return out;
    }

    Result<std::string> wording(std::string_view purpose, std::string_view version) override {
        const auto view = seams_.views.get();
        const auto number = parse_int(version);
        const bool fits = number && *number > 0 && *number <= consent::kWordingVersionsMax;
        const consent::Wording* known =
            fits ? view->wordings->find(purpose, static_cast<std::uint32_t>(*number)) : nullptr;
        if (known == nullptr) return not_found("wording", version);
        std::string out;
        JsonWriter w(out);
        write_wording(w, purpose, *known);
        return out;
    }

    Result<std::string> asked(std::string_view languages) override {
        const auto view = seams_.views.get();
        const EventTime now = as_event_time(seams_.clock.now());
        std::string out;
        JsonWriter w(out);
        w.open_object().key("purposes").open_array();
        for (const consent::Purpose& p : view->purposes.list) {
            if (p.basis != LegalBasis::Consent || p.double_opt_in) continue;
            write_asked(w, p, view->wordings->in_force(p.name, now), languages);
        }
        w.close().close();
        return out;
    }

    void add_wording(std::string purpose, std::string body, Reply done) override {
        const std::lock_guard guard(seams_.commands);
        done([&]() -> Result<std::string> {
            const auto view = seams_.views.get();
            if (!view->purposes.bit_of(purpose)) return unknown_purpose();
            WordingDocument told{purpose, TRY(read_texts(body))};
            const std::vector<consent::Wording>& known = view->wordings->of(purpose);
            std::string out;
            JsonWriter w(out);
            if (!known.empty() && known.back().texts == told.wording.texts) {
                write_wording(w, purpose, known.back());
                return out;
            }
            if (known.size() >= consent::kWordingVersionsMax)
                return Error{"wording.too_many",
                             "The purpose has " + std::to_string(consent::kWordingVersionsMax) +
                                 " versions, the limit.",
                             ""};
            told.wording.version = static_cast<std::uint32_t>(known.size()) + 1;
            told.wording.since = as_event_time(seams_.clock.now());
            TRY(write_wording_record(told));
            write_wording(w, purpose, told.wording);
            return out;
        }());
    }

    void state(std::string body, Reply done) override {
        auto request = read_choice(seams_, body);
        if (!request.ok()) return done(request.error());
        const auto asked = ask_confirmation(seams_, request.value());
        if (!asked.ok()) return done(asked.error());
        seams_.ingest(std::move(request).value(),
                      [asked = asked.value(), done = std::move(done)](Result<IngestReply> reply) {
                          if (!reply.ok()) return done(reply.error());
                          done(stated_json(reply.value().sequence, asked));
                      });
    }
    Result<std::string> take_back(std::string_view body) override {
        const std::lock_guard guard(seams_.commands);
        return take_back_json(seams_, body);
    }
    Result<std::string> unsubscribes_from(std::string_view token) override {
        return engine::unsubscribes_from(seams_, token);
    }
    void unsubscribe(std::string token, Reply done) override {
        engine::unsubscribe(seams_, token, std::move(done));
    }
    std::string receipt_key() override { return receipt_key_json(seams_.library); }
    Result<void> check_confirmation(std::string_view token) override {
        return engine::check_confirmation(seams_, token);
    }
    void confirm(std::string token, Reply done) override {
        engine::confirm(seams_, token, std::move(done));
    }
    void take_sms(std::string body, Reply done) override {
        engine::take_sms(seams_, body, std::move(done));
    }

    Result<consent::Permit> permit(const PermitAsk& ask) override {
        return permit_of(seams_, rules_, ask);
    }
    Result<std::string> permit_json(std::string_view body) override {
        return engine::permit_json(seams_, rules_, body);
    }
    void suppress(std::string body, Reply done) override {
        const std::lock_guard guard(seams_.commands);
        done(engine::suppress(seams_, body));
    }
    Result<std::string> suppressions() override { return suppressions_json(seams_.library); }

    Result<std::string> shown(const ShownQuestion& question) override {
        return shown_json(seams_, question);
    }
    Result<std::string> receipt(std::string_view profile, std::string_view brand) override {
        return receipt_json(seams_, profile, brand);
    }
    Result<std::string> verify() override;

  private:
    Result<void> write_wording_record(const WordingDocument& told) {
        Prepared p;
        p.record.type = RecordType::Wording;
        encode_document(
            {told.purpose + "/" + std::to_string(told.wording.version), false, wording_json(told)},
            p.record.clear);
        return seams_.write(one_record(std::move(p)));
    }

    ConsentSeams seams_;
    const consent::ContactRules rules_;
};

Result<std::string> Desk::verify() {
    const Library& l = seams_.library;
    std::shared_ptr<const consent::Wordings> words;
    std::vector<std::string> purposes;
    consent::ChainHead head;
    std::uint64_t at = 0;
    {
        const std::shared_lock reading(l.lock);
        words = l.fold.wordings;
        for (const consent::Purpose& p : l.fold.purposes.list) purposes.push_back(p.name);
        head = l.fold.proofs.head();
        at = l.fold.applied();
    }
    const ChainReport report = TRY(verify_chain(l.log, l.keys, *words, purposes, head, at));
    std::string out;
    JsonWriter w(out);
    w.open_object().field("whole", report.findings_in_all == 0);
    w.field("entries", report.head.count).field("head", report.head.hash.hex());
    w.field("sequence", at).field("evidence_checked", report.opened);
    w.field("evidence_erased", report.closed).field("findings_in_all", report.findings_in_all);
    w.key("findings").open_array();
    for (const ChainFinding& f : report.findings)
        w.open_object().field("sequence", f.sequence).field("what", f.what).close();
    w.close().close();
    return out;
}

}  // namespace

std::unique_ptr<Consents> make_consents(ConsentSeams seams) {
    return std::make_unique<Desk>(std::move(seams));
}

}  // namespace filrouge::engine
