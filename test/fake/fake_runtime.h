// An engine that remembers what the doors brought and answers as it is told. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "engine/access_desk.h"
#include "engine/account_desk.h"
#include "engine/call_desk.h"
#include "engine/consents.h"
#include "engine/identity_desk.h"
#include "engine/masking.h"
#include "engine/matching_desk.h"
#include "engine/offer_desk.h"
#include "engine/password.h"
#include "engine/rights_desk.h"
#include "engine/runtime.h"
#include "engine/staff_desk.h"
#include "fake/fake_clock.h"

namespace filrouge::fake {

class FakeRuntime : public engine::Runtime {
  public:
    using IngestReply = engine::IngestReply;
    using SourceInfo = engine::SourceInfo;
    using Role = engine::Role;
    template <class T>
    using Answer = Result<T>;
    using Json = Result<std::string>;

    FakeRuntime() {
        SourceInfo shop;
        shop.number = 1;
        shop.id = "web-shop";
        shop.write_key = "wk";
        shop.name = "Web shop";
        shop.channel = Channel::Web;
        sources_.push_back(shop);
        shop.number = 2;
        shop.id = "old-shop";
        shop.write_key = "wk-off";
        shop.enabled = false;
        sources_.push_back(shop);
        shop.number = 3;
        shop.id = "strict-shop";
        shop.write_key = "wk-strict";
        shop.enabled = shop.strict = true;
        shop.properties = {"coat_length"};
        sources_.push_back(shop);
    }

    // --- what a test sets
    // Before requests come.
    mutable engine::RuntimeState current = engine::RuntimeState::Ready;
    mutable int fails_after_looks = 0;  // at its state; 0: never
    std::optional<int> busy;
    std::optional<Error> ingest_error;
    std::optional<Error> error;  // of every question and command
    bool keep_ingest_open = false;
    std::function<void(std::string_view)> hold;  // called with each question before its answer
    bool disk_is_short = false;
    bool audit_has_room = true;
    std::string person;            // the export of everybody, where it is set
    std::string person_offers;     // the same of what offers tell of a person
    std::string reads;             // the same of who looked at a person
    std::string found;             // whom every identifier leads to, where it is set
    std::vector<ProfileId> names;  // ids that lead to everybody, beside their own
    FakeClock clock;
    std::optional<engine::Account> account;  // of who may sign in
    std::vector<std::string> brands;         // that every token and session is limited to
    std::vector<std::string> brands_of_shop;
    std::map<std::string, std::string> brand_of_item;  // of notes and tasks, by id

    // --- what a test reads
    std::vector<engine::IngestRequest> ingested;
    std::vector<std::string> asked;  // "audience vip after=0", in order
    std::vector<engine::AuditEntry> audited;
    void note(std::string what) {
        const std::lock_guard lock(mutex_);
        asked.push_back(std::move(what));
    }
    std::string last() const {
        const std::lock_guard lock(mutex_);
        return asked.empty() ? "" : asked.back();
    }
    void finish_starting() {
        std::vector<std::function<void()>> calls;
        {
            const std::lock_guard lock(mutex_);
            current = engine::RuntimeState::Ready;
            calls.swap(waiting_);
        }
        for (auto& call : calls) call();
    }
    // Keeps answers as long as it lives; by caller and key.
    struct FakeCallDesk final : engine::CallDesk {
        struct Kept {
            std::string request;
            bool ended = false;
            std::optional<engine::CallAnswer> answer;
        };
        Result<std::optional<engine::CallAnswer>> begin(const engine::CallAsked& asked,
                                                        std::string_view body) override {
            const std::lock_guard lock(mutex);
            const std::string request = asked.request + "\n" + std::string(body);
            const auto [at, is_new] = by_key.try_emplace(name_of(asked), Kept{request, false, {}});
            if (is_new) return std::optional<engine::CallAnswer>();
            if (at->second.request != request)
                return Error{"idempotency.key_reused", "Another request.", ""};
            if (at->second.answer) return at->second.answer;
            return Error{at->second.ended ? "idempotency.outcome_unknown" : "idempotency.under_way",
                         "Not known.", ""};
        }
        void finish(const engine::CallAsked& asked, const engine::CallAnswer& answer,
                    std::function<void()> then) override {
            {
                const std::lock_guard lock(mutex);
                by_key[name_of(asked)].answer = answer;
            }
            then();
        }
        void nothing_done(const engine::CallAsked& asked, std::function<void()> then) override {
            {
                const std::lock_guard lock(mutex);
                by_key.erase(name_of(asked));
            }
            then();
        }
        void lose(const engine::CallAsked& asked) override {
            const std::lock_guard lock(mutex);
            by_key[name_of(asked)].ended = true;
        }
        static std::string name_of(const engine::CallAsked& asked) {
            return asked.caller + "\n" + asked.key;
        }
        std::mutex mutex;
        std::map<std::string, Kept> by_key;  // guarded by mutex
    };
    FakeCallDesk calls_;
    std::vector<std::function<void(Result<IngestReply>)>> open_ingests;
    std::function<bool(const engine::StoredEvent&)> events_follower;
    std::function<bool()> still_followed;
    std::function<bool(const engine::MembershipChange&)> members_follower;

    // --- Runtime
    engine::RuntimeState state() const override {
        const std::lock_guard lock(mutex_);
        const engine::RuntimeState told = current;
        if (fails_after_looks > 0 && --fails_after_looks == 0)
            current = engine::RuntimeState::Failed;
        return told;
    }
    IngestTime now() override { return clock.now(); }
    std::string state_text() const override {
        const auto now = state();
        return now == engine::RuntimeState::Failed ? "failed: data/keys/process.frk: fsync failed."
                                                   : "folding 12 of 34";
    }
    std::optional<int> overloaded() const override { return busy; }
    bool short_of_disk() const override { return disk_is_short; }
    void when_started(std::function<void()> call) override {
        {
            const std::lock_guard lock(mutex_);
            if (current == engine::RuntimeState::Starting) {
                waiting_.push_back(std::move(call));
                return;
            }
        }
        call();
    }
    void ingest(engine::IngestRequest request,
                std::function<void(Result<IngestReply>)> done) override {
        IngestReply reply;
        {
            const std::lock_guard lock(mutex_);
            reply.received = reply.stored = static_cast<std::uint32_t>(request.items.size());
            reply.sequence = 100 + ingested.size();
            ingested.push_back(std::move(request));
            if (keep_ingest_open) {
                open_ingests.push_back(std::move(done));
                return;
            }
        }
        if (ingest_error) return done(*ingest_error);
        done(reply);
    }
    std::optional<SourceInfo> source_by_write_key(std::string_view key) const override {
        for (const SourceInfo& source : sources_) {
            if (source.write_key == key) return source;
        }
        return std::nullopt;
    }
    std::optional<SourceInfo> source_by_id(std::string_view id) const override {
        for (const SourceInfo& source : sources_) {
            if (source.id == id) return source;
        }
        return std::nullopt;
    }
    Json stats(std::uint64_t after) override { return asks("stats" + at(after)); }
    Json sources(std::string_view brand) override { return asks("sources" + of(brand)); }
    Json purposes() override { return asks("purposes"); }
    Json find_profile(std::string_view type, std::string_view value, std::string_view brand,
                      std::uint64_t after) override {
        Json told = asks("find " + text(type) + " " + text(value) + of(brand) + at(after));
        return told.ok() && !found.empty() ? Json(R"({"id":")" + found + "\"}") : told;
    }
    Json people_named(std::string_view name, std::string_view purpose, std::string_view brand,
                      const engine::Mask& mask) override {
        Json told = asks("named " + text(name) + " " + text(purpose) + of(brand) +
                         (mask.hides_nothing() ? "" : " masked"));
        return told.ok() && !found.empty()
                   ? Json(R"({"people":[{"id":")" + found + R"(","name":"Camille Martin"}]})")
                   : told;
    }
    Json profile(std::string_view id, std::string_view purpose, std::string_view brand,
                 std::uint64_t after, engine::Role) override {
        return asks("profile " + text(id) + " for " + text(purpose) + of(brand) + at(after));
    }
    Json thread(std::string_view id, std::string_view purpose, std::string_view brand,
                std::uint64_t before, std::size_t limit, std::uint64_t after) override {
        return asks("thread " + text(id) + " for " + text(purpose) + of(brand) +
                    page(before, limit) + at(after));
    }
    Json audiences(std::string_view brand, std::uint64_t after) override {
        return asks("audiences" + of(brand) + at(after));
    }
    Json audience(std::string_view id, std::uint64_t after) override {
        return asks("audience " + text(id) + at(after));
    }
    Json growth(std::string_view audience, std::uint64_t days, std::uint64_t after) override {
        return asks("growth " + text(audience) + " " + std::to_string(days) + at(after));
    }
    Json members(std::string_view audience, std::string_view cursor, std::size_t limit,
                 std::uint64_t after) override {
        return asks("members " + text(audience) + " from " + text(cursor) + page(0, limit) +
                    at(after));
    }
    Json why(std::string_view audience, std::string_view profile, std::uint64_t after) override {
        return asks("why " + text(audience) + " " + text(profile) + at(after));
    }
    Json overlap(const std::vector<std::string>& audiences) override {
        std::string what = "overlap";
        for (const std::string& id : audiences) what += " " + id;
        return asks(what);
    }
    Json check_rule(std::string_view rule) override { return asks("check " + text(rule)); }
    Json count_rule(std::string_view rule, std::string_view purpose,
                    std::string_view brand) override {
        return asks("count " + text(rule) + " for " + text(purpose) + of(brand));
    }
    Json ask(std::string_view json, engine::AnswerForm form, const std::string& id,
             const engine::Mask& mask) override {
        Json answer = asks("ask " + text(json) + (id.empty() ? "" : " as " + id) +
                           (mask.hides_nothing() ? "" : " masked"));
        if (!answer.ok() || form == engine::AnswerForm::Json) return answer;
        return std::string("channel,persons\r\nweb,2\r\n");
    }
    Json question_events(std::string_view json, const std::string& id,
                         const engine::Mask& mask) override {
        Json answer = asks("events of " + text(json) + (id.empty() ? "" : " as " + id) +
                           (mask.hides_nothing() ? "" : " masked"));
        if (!answer.ok() || found.empty()) return answer;
        return R"({"events":[{"profile":")" + std::string(found) +
               R"(","properties":{"id":"00000000000000000000000000000001"}}]})";
    }
    Json questions(std::string_view id) override { return asks("questions " + text(id)); }
    Json cancel_question(std::string_view id) override { return asks("cancel " + text(id)); }
    Json run_model(ModelKind kind, std::string_view json, const engine::Mask& mask) override {
        return asks(text(name_of(kind)) + " model " + text(json) +
                    (mask.hides_nothing() ? "" : " masked"));
    }
    Json models(std::string_view brand) override { return asks("models" + of(brand)); }
    void delete_model(std::string id, bool confirmed, engine::Reply done) override {
        done(asks("delete_model " + id + (confirmed ? " confirmed" : "")));
    }
    Json quarantine(std::string_view reason, std::uint64_t before, std::size_t limit) override {
        return asks("quarantine " + text(reason) + page(before, limit));
    }
    Json quarantined(std::uint64_t sequence) override {
        return asks("quarantined " + std::to_string(sequence));
    }
    Json webhooks() override { return asks("webhooks"); }
    Json rates() override { return asks("rates"); }
    Json event_names() override { return asks("event_names"); }
    std::string metrics() override { return "filrouge_events_total 7\n"; }
    Json erasures(std::string_view id) override { return asks("erasures " + text(id)); }

    void create_source(std::string json, engine::Reply done) override {
        done(asks("create_source " + json));
    }
    void delete_source(std::string id, bool confirmed, engine::Reply done) override {
        done(asks("delete_source " + id + (confirmed ? " confirmed" : "")));
    }
    void create_audience(std::string json, engine::Reply done) override {
        done(asks("create_audience " + json));
    }
    void delete_audience(std::string id, bool confirmed, engine::Reply done) override {
        done(asks("delete_audience " + id + (confirmed ? " confirmed" : "")));
    }
    void set_consent(std::string json, engine::Reply done) override {
        done(asks("set_consent " + json));
    }
    engine::Consents& consents() override { return consents_; }
    void create_webhook(std::string json, engine::Reply done) override {
        done(asks("create_webhook " + json));
    }
    void set_rate(std::string json, engine::Reply done) override { done(asks("set_rate " + json)); }
    void delete_webhook(std::string id, engine::Reply done) override {
        done(asks("delete_webhook " + id));
    }
    void replay_quarantined(std::uint64_t sequence, std::string repaired,
                            engine::Reply done) override {
        done(asks("replay " + std::to_string(sequence) + " " + repaired));
    }
    void discard_quarantined(std::uint64_t sequence, engine::Reply done) override {
        done(asks("discard " + std::to_string(sequence)));
    }
    engine::IdentityDesk& identity() override { return identity_; }
    engine::AccountDesk& accounts() override { return accounts_; }
    engine::AccessDesk& access() override { return access_; }
    engine::CallDesk& calls() override { return calls_; }
    engine::OfferDesk& offers() override { return offers_; }
    engine::RightsDesk& rights() override { return rights_; }
    engine::StaffDesk& staff() override { return staff_; }
    void erase_profile(std::string id, bool confirmed, engine::Reply done) override {
        done(asks("erase " + id + (confirmed ? " confirmed" : "")));
    }
    engine::MatchingDesk& matching() override { return matching_; }
    void follow_memberships(std::string audience,
                            std::function<bool(const engine::MembershipChange&)> each,
                            std::function<bool()> still) override {
        note("follow " + audience);
        members_follower = std::move(each);
        still_followed = std::move(still);
    }
    void follow_events(std::function<bool(const engine::StoredEvent&)> each,
                       std::function<bool()> still) override {
        note("follow_events");
        events_follower = std::move(each);
        still_followed = std::move(still);
    }
    void end_questions() override {}
    void stop() override {}
    std::string state_hash() override { return "0"; }
    void wait_until_folded() override {}
    std::uint64_t folded() const override { return 1'000; }

  private:
    class FakeConsents final : public engine::Consents {
      public:
        explicit FakeConsents(FakeRuntime& runtime) : runtime_(runtime) {}
        Json wordings(std::string_view purpose) override {
            return runtime_.asks("wordings " + text(purpose));
        }
        Json wording(std::string_view purpose, std::string_view version) override {
            return runtime_.asks("wording " + text(purpose) + " " + text(version));
        }
        Json asked(std::string_view languages) override {
            return runtime_.asks("asked in " + text(languages));
        }
        void add_wording(std::string purpose, std::string json, engine::Reply done) override {
            done(runtime_.asks("add_wording " + purpose + " " + json));
        }
        void state(std::string json, engine::Reply done) override {
            done(runtime_.asks("set_consent " + json));
        }
        Result<void> check_confirmation(std::string_view token) override {
            runtime_.note("check " + text(token));
            if (runtime_.error) return *runtime_.error;
            return {};
        }
        void confirm(std::string token, engine::Reply done) override {
            done(runtime_.asks("confirm " + token));
        }
        void take_sms(std::string json, engine::Reply done) override {
            done(runtime_.asks("sms " + json));
        }
        Result<consent::Permit> permit(const engine::PermitAsk&) override {
            return Error{"permit.no_consent", "This engine knows nobody.", ""};
        }
        Json permit_json(std::string_view json) override {
            return runtime_.asks("permit " + text(json));
        }
        void suppress(std::string json, engine::Reply done) override {
            done(runtime_.asks("suppress " + json));
        }
        Json suppressions() override { return runtime_.asks("suppressions"); }
        Json take_back(std::string_view json) override {
            return runtime_.asks("take back " + text(json));
        }
        Json unsubscribes_from(std::string_view token) override {
            return runtime_.asks("unsubscribes from " + text(token));
        }
        void unsubscribe(std::string token, engine::Reply done) override {
            done(runtime_.asks("unsubscribe " + token));
        }
        std::string receipt_key() override {
            runtime_.note("receipt key");
            return R"({"kty":"OKP"})";
        }
        Json shown(const engine::ShownQuestion& q) override {
            return runtime_.asks("shown " + q.purpose + " to " + q.profile + of(q.brand) + " at " +
                                 q.at + " in " + q.language);
        }
        Json receipt(std::string_view profile, std::string_view brand) override {
            return runtime_.asks("receipt " + text(profile) + of(brand));
        }
        Json verify() override { return runtime_.asks("verify"); }

      private:
        FakeRuntime& runtime_;
    };

    static std::string text(std::string_view v) { return std::string(v); }
    static std::string of(std::string_view brand) {
        return brand.empty() ? "" : " of " + std::string(brand);
    }
    static std::string at(std::uint64_t after) {
        return after == 0 ? "" : " after=" + std::to_string(after);
    }
    static std::string page(std::uint64_t before, std::size_t limit) {
        return " before=" + std::to_string(before) + " limit=" + std::to_string(limit);
    }
    Json asks(const std::string& what) {
        note(what);
        if (hold) hold(what);
        if (error) return *error;
        return std::string(R"({"ok":true})");
    }
    // The token "token-analyst" has the role analyst, the session "session-analyst" as well; who
    // signs in is the one account there is, by the session "s_1".
    struct FakeAccessDesk final : engine::AccessDesk {
        using Caller = engine::Caller;
        explicit FakeAccessDesk(FakeRuntime& of) : runtime(of) {}
        static Answer<Caller> caller_named(std::string_view secret, std::string_view begins) {
            if (secret.starts_with(begins)) {
                const std::string_view name = secret.substr(begins.size());
                if (const auto role = engine::role_named(name))
                    return Caller{*role, "id-" + std::string(name)};
            }
            return Error{"token.not_found", "no such token", ""};
        }
        Answer<engine::SignedIn> caller_of_token(std::string_view token) override {
            auto caller = caller_named(token, "token-");
            if (!caller.ok()) return caller.error();
            return engine::SignedIn{caller.value(), {}, {}, runtime.brands};
        }
        Json sign_in(std::uint32_t, std::uint64_t) override {
            runtime.note("sign in");
            signed_in = true;
            return std::string("s_1");
        }
        std::optional<engine::SignedIn> session(std::string_view secret, engine::Use use) override {
            if (use == engine::Use::Background) runtime.note("in the background");
            if (const auto caller = caller_named(secret, "session-"); caller.ok())
                return engine::SignedIn{caller.value(), "", "id", runtime.brands};
            if (secret != "s_1" || !signed_in || !runtime.account) return std::nullopt;
            return engine::SignedIn{
                {runtime.account->role, runtime.account->id}, runtime.account->name, "id", {}};
        }
        Result<void> sign_out(std::string_view secret) override {
            runtime.note("sign out " + text(secret));
            signed_in = false;
            return {};
        }
        Json sessions(const Caller& who) override { return runtime.asks("sessions " + who.token); }
        Json end_session(std::string_view id, const Caller& who) override {
            return runtime.asks("end session " + text(id) + " by " + who.token);
        }
        Answer<engine::FirstSignIn> redeem_admin_link(std::string_view secret) override {
            if (secret != "one-time") return Error{"token.not_found", "used", ""};
            return engine::FirstSignIn{"token-admin", "session-admin"};
        }
        std::vector<std::string> brands_of_shop() override { return runtime.brands_of_shop; }
        Json tokens() override { return runtime.asks("tokens"); }
        Json create_token(std::string_view json) override {
            return runtime.asks("create_token " + text(json));
        }
        Json revoke_token(std::string_view id) override {
            return runtime.asks("revoke_token " + text(id));
        }
        Json own_tokens(const Caller& who) override {
            return runtime.asks("tokens of " + who.token);
        }
        Json create_own_token(std::string_view json, const engine::SignedIn& who) override {
            return runtime.asks("token of " + who.caller.token + " " + text(json));
        }
        Json revoke_own_token(std::string_view id, const Caller& who) override {
            return runtime.asks("revoke token " + text(id) + " of " + who.token);
        }
        Json rotate_master_key() override { return runtime.asks("rotate master key"); }
        FakeRuntime& runtime;
        bool signed_in = false;
    };
    // One account, which a test may give a name.
    struct FakeAccountDesk final : engine::AccountDesk {
        explicit FakeAccountDesk(FakeRuntime& of) : runtime(of) {}
        std::optional<engine::Account> named(std::string_view name) const override {
            if (!runtime.account || runtime.account->name != name) return std::nullopt;
            return runtime.account;
        }
        Json list() const override { return runtime.asks("accounts"); }
        Json put(std::string_view json) override { return runtime.asks("account " + text(json)); }
        Answer<engine::Account> change_password(const engine::Account& known,
                                                std::string_view password) override {
            const Json told = runtime.asks("password of " + known.id);
            if (!told.ok()) return told.error();
            const auto checked = engine::check_password(password, known.name);
            if (!checked.ok()) return checked.error();
            auto hash = engine::password_hash(password);
            if (!hash.ok()) return hash.error();
            runtime.account->password = hash.value();
            return *runtime.account;
        }
        Json remove(std::string_view id) override {
            return runtime.asks("remove account " + text(id));
        }
        FakeRuntime& runtime;
    };
    struct FakeIdentityDesk final : engine::IdentityDesk {
        explicit FakeIdentityDesk(FakeRuntime& of) : runtime(of) {}
        Json graph(std::string_view profile, std::string_view purpose, std::string_view brand,
                   bool sees_values, std::uint64_t after) override {
            return runtime.asks("graph " + text(profile) + " for " + text(purpose) + of(brand) +
                                (sees_values ? " with values" : "") + at(after));
        }
        void decide(std::string json, std::string_view role, engine::Reply done) override {
            done(runtime.asks("decide " + json + " as " + text(role)));
        }
        Json preview(std::string_view json) override {
            return runtime.asks("preview " + text(json));
        }
        Json suspicious(std::string_view brand, std::size_t skip, std::size_t limit) override {
            return runtime.asks("suspicious" + of(brand) + page(skip, limit));
        }
        Json rules() override { return runtime.asks("identity_rules"); }
        Json preview_rules(std::string_view json) override {
            return runtime.asks("preview_rules " + text(json));
        }
        void set_rules(std::string json, std::string_view role, engine::Reply done) override {
            done(runtime.asks("set_rules " + json + " as " + text(role)));
        }
        Json decisions(std::uint64_t before, std::size_t limit) override {
            return runtime.asks("decisions" + page(before, limit));
        }
        FakeRuntime& runtime;
    };
    struct FakeRightsDesk final : engine::RightsDesk {
        explicit FakeRightsDesk(FakeRuntime& of) : runtime(of) {}
        bool audit_has_room() override { return runtime.audit_has_room; }
        void note(engine::AuditEntry entry) override {
            const std::lock_guard lock(runtime.mutex_);
            runtime.audited.push_back(std::move(entry));
        }
        Result<void> note_durably(engine::AuditEntry entry) override {
            note(std::move(entry));
            return {};
        }
        Json audit(const engine::AuditSearch& s) override {
            Json told = runtime.asks("audit " + s.actor + " of " + s.profile + " from " + s.from +
                                     " to " + s.to + page(s.before, s.limit));
            return told.ok() && !runtime.reads.empty() ? Json(runtime.reads) : told;
        }
        Json verify_audit() override { return runtime.asks("verify audit"); }
        Json export_profile(std::string_view id) override {
            Json told = runtime.asks("export " + text(id));
            return told.ok() && !runtime.person.empty() ? Json(runtime.person) : told;
        }
        Json overview(std::string_view id) override {
            Json told = runtime.asks("overview " + text(id));
            return told.ok() && !runtime.person.empty() ? Json(runtime.person) : told;
        }
        Result<std::vector<ProfileId>> names_of(std::string_view id) const override {
            std::vector<ProfileId> names = runtime.names;
            names.push_back(ProfileId::parse(id).value_or(ProfileId{}));
            return names;
        }
        Json import_profile(std::string_view) override { return runtime.asks("import a person"); }
        Json requests(std::string_view state) override {
            return runtime.asks("requests " + text(state));
        }
        Json make_request(std::string_view json, std::string_view by) override {
            return runtime.asks("request " + text(json) + " by " + text(by));
        }
        Json move_request(std::string_view id, std::string_view json,
                          std::string_view by) override {
            return runtime.asks("move request " + text(id) + " " + text(json) + " by " + text(by));
        }
        Json restrict(std::string_view id, std::string_view json, std::string_view by) override {
            return runtime.asks("restrict " + text(id) + " " + text(json) + " by " + text(by));
        }
        Json restricted() override { return runtime.asks("restricted"); }
        Json object(std::string_view id, std::string_view json, std::string_view by) override {
            return runtime.asks("object " + text(id) + " " + text(json) + " by " + text(by));
        }
        Json choose(std::string_view id, std::string_view json) override {
            return runtime.asks("choose " + text(id) + " " + text(json));
        }
        Json correct(std::string_view id, std::string_view json, std::string_view by) override {
            return runtime.asks("correct " + text(id) + " " + text(json) + " by " + text(by));
        }
        Json corrections(std::string_view id) override {
            return runtime.asks("corrections of " + text(id));
        }
        Json retention(std::string_view days_ahead) override {
            return runtime.asks("retention " + text(days_ahead));
        }
        Json sweep_retention() override { return runtime.asks("sweep"); }
        FakeRuntime& runtime;
    };
    FakeIdentityDesk identity_{*this};
    struct FakeMatchingDesk final : engine::MatchingDesk {
        explicit FakeMatchingDesk(FakeRuntime& of) : runtime(of) {}
        Json run(std::string_view json, const std::string& id) override {
            return runtime.asks("match " + text(json) + " id " + id);
        }
        Json runs() override { return runtime.asks("match runs"); }
        Json review(std::string_view brand, std::size_t limit) override {
            return runtime.asks("match review" + of(brand) + page(0, limit));
        }
        void decide(std::string id, std::string json, std::string_view role,
                    engine::Reply done) override {
            done(runtime.asks("match " + id + " " + json + " as " + text(role)));
        }
        FakeRuntime& runtime;
    };
    struct FakeStaffDesk final : engine::StaffDesk {
        explicit FakeStaffDesk(FakeRuntime& of) : runtime(of) {}
        using Caller = engine::Caller;
        Json boards(const Caller& who) override { return runtime.asks("boards by " + who.token); }
        Json board(std::string_view id, const Caller& who) override {
            return runtime.asks("board " + text(id) + " by " + who.token);
        }
        Json make_board(std::string_view json, const Caller& who) override {
            return runtime.asks("make board " + text(json) + " by " + who.token);
        }
        Json change_board(std::string_view id, std::string_view json, const Caller& who) override {
            return runtime.asks("change board " + text(id) + " " + text(json) + " by " + who.token);
        }
        Json remove_board(std::string_view id, const Caller& who) override {
            return runtime.asks("remove board " + text(id) + " by " + who.token);
        }
        using Mask = engine::Mask;
        Json metrics(const Caller& who, const Mask&) override {
            return runtime.asks("metrics by " + who.token);
        }
        Json metric(std::string_view name, const Caller& who, const Mask&) override {
            return runtime.asks("metric " + text(name) + " by " + who.token);
        }
        Json make_metric(std::string_view json, const Caller& who, const Mask&) override {
            return runtime.asks("make metric " + text(json) + " by " + who.token);
        }
        Json change_metric(std::string_view name, std::string_view json, const Caller& who,
                           const Mask&) override {
            return runtime.asks("change metric " + text(name) + " " + text(json) + " by " +
                                who.token);
        }
        Json remove_metric(std::string_view name, bool even_in_use, const Caller& who,
                           const Mask&) override {
            return runtime.asks("remove metric " + text(name) + (even_in_use ? " used" : "") +
                                " by " + who.token);
        }
        Json notes(std::string_view profile, std::string_view brand) override {
            return runtime.asks("notes of " + text(profile) + of(brand));
        }
        Json add_note(std::string_view profile, std::string_view json, const Caller& who) override {
            return runtime.asks("note of " + text(profile) + " " + text(json) + " by " + who.token);
        }
        Json remove_note(std::string_view profile, std::string_view id,
                         const Caller& who) override {
            return runtime.asks("remove note " + text(id) + " of " + text(profile) + " by " +
                                who.token);
        }
        std::optional<std::string> brand_of_note(std::string_view, std::string_view id) override {
            return brand_of_task(id);
        }
        std::optional<std::string> brand_of_task(std::string_view id) override {
            const auto at = runtime.brand_of_item.find(text(id));
            if (at == runtime.brand_of_item.end()) return std::nullopt;
            return at->second;
        }
        Json tasks(const engine::TaskQuestion& q) override {
            return runtime.asks("tasks " + q.state + " in " + q.store + " for " + q.profile +
                                of(q.brand) + page(0, q.limit));
        }
        Json add_task(std::string_view json, const Caller& who) override {
            return runtime.asks("task " + text(json) + " by " + who.token);
        }
        Json change_task(std::string_view id, std::string_view json, const Caller& who) override {
            return runtime.asks("change task " + text(id) + " " + text(json) + " by " + who.token);
        }
        Json remove_task(std::string_view id) override {
            return runtime.asks("remove task " + text(id));
        }
        Json greet(const engine::GreetQuestion& q) override {
            return runtime.asks("greet " + q.profile + " " + q.type + " " + q.value + of(q.brand));
        }
        Json actors() override { return runtime.asks("actors"); }
        FakeRuntime& runtime;
    };
    FakeStaffDesk staff_{*this};
    FakeMatchingDesk matching_{*this};
    struct FakeOfferDesk final : engine::OfferDesk {
        explicit FakeOfferDesk(FakeRuntime& of) : runtime(of) {}
        Json offers(std::string_view brand) override { return runtime.asks("offers" + of(brand)); }
        Json make(std::string_view json) override { return runtime.asks("offer " + text(json)); }
        Json end(std::string_view id) override { return runtime.asks("end offer " + text(id)); }
        Json of_person(std::string_view profile, bool with_answers) override {
            Json told =
                runtime.asks("offers to " + text(profile) + (with_answers ? " with answers" : ""));
            return told.ok() && !runtime.person_offers.empty() ? Json(runtime.person_offers) : told;
        }
        Json tell(std::string_view profile, const engine::OfferForm& form) override {
            std::string what = "tells " + text(profile) + " " + form.offer + " in " +
                               form.language + " " + std::to_string(form.wording);
            for (const auto& [name, value] : form.fields)
                what.append(" ").append(name).append("=").append(value);
            return runtime.asks(what);
        }
        Json take_back(std::string_view profile, std::string_view offer,
                       std::string_view line) override {
            return runtime.asks("takes back " + text(profile) + " " + text(offer) + " " +
                                text(line));
        }
        FakeRuntime& runtime;
    };
    FakeOfferDesk offers_{*this};
    FakeAccountDesk accounts_{*this};
    FakeAccessDesk access_{*this};
    FakeRightsDesk rights_{*this};
    mutable std::mutex mutex_;
    std::vector<std::function<void()>> waiting_;  // guarded by mutex_
    std::vector<SourceInfo> sources_;
    FakeConsents consents_{*this};
};

}  // namespace filrouge::fake
