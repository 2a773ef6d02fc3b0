// What a person may ask of a shop: to be forgotten, to be shown everything, to take it along; the
// requests, and who looked.
#include "base/text.h"
#include "engine/rights_desk.h"
#include "http/body_json.h"
#include "http/call.h"
#include "http/export_page.h"
#include "http/handlers.h"

namespace filrouge::http {

// Without confirm=true the engine tells what would go and does nothing.
void post_erase(const CallPtr& call) {
    call->runtime().erase_profile(call->values.at(0), call->query("confirm") == "true",
                                  call->when_done());
}

void get_erasures(const CallPtr& call) {
    call->reply_result(call->runtime().erasures(call->values.empty() ? "" : call->values.front()));
}

// JSON, or with format=html a page for the person, in French where lang= or the browser says so.
void get_export(const CallPtr& call) {
    Result<std::string> json = call->runtime().rights().export_profile(call->values.at(0));
    if (!json.ok() || call->query("format") != "html") return call->reply_result(std::move(json));
    const std::string lang =
        call->query("lang").value_or(std::string(call->request.header("accept-language")));
    call->reply(export_page(json.value(), lang.starts_with("fr")));
}

void post_person(const CallPtr& call) {
    call->reply_result(call->runtime().rights().import_profile(call->request.body));
}

void get_rights_requests(const CallPtr& call) {
    call->reply_result(call->runtime().rights().requests(call->query("state").value_or("")));
}

void post_rights_request(const CallPtr& call) {
    call->reply_result(call->runtime().rights().make_request(call->request.body, call->token), 201);
}

void move_rights_request(const CallPtr& call) {
    call->reply_result(
        call->runtime().rights().move_request(call->values.at(0), call->request.body, call->token));
}

void post_restriction(const CallPtr& call) {
    call->reply_result(
        call->runtime().rights().restrict(call->values.at(0), call->request.body, call->token));
}

void get_restricted(const CallPtr& call) {
    call->reply_result(call->runtime().rights().restricted());
}

void post_objection(const CallPtr& call) {
    call->reply_result(
        call->runtime().rights().object(call->values.at(0), call->request.body, call->token));
}

void post_correction(const CallPtr& call) {
    call->reply_result(
        call->runtime().rights().correct(call->values.at(0), call->request.body, call->token));
}

void get_corrections(const CallPtr& call) {
    call->reply_result(call->runtime().rights().corrections(call->values.at(0)));
}

void get_retention(const CallPtr& call) {
    call->reply_result(call->runtime().rights().retention(call->query("days").value_or("")));
}

// Without confirm=true it tells who would go, as the preview of today.
void post_retention_sweep(const CallPtr& call) {
    engine::RightsDesk& rights = call->runtime().rights();
    const bool confirmed = call->query("confirm") == "true";
    call->reply_result(confirmed ? rights.sweep_retention() : rights.retention("0"));
}

void get_audit(const CallPtr& call) {
    const auto asked = [&](std::string_view name) { return call->query(name).value_or(""); };
    constexpr std::uint64_t kPage = 1'000;
    call->reply_result(call->runtime().rights().audit(
        {asked("actor"), asked("profile"), asked("from"), asked("to"),
         call->query_number("before", 0), call->query_number("limit", kPage),
         asked("daily") == "true"}));
}

void get_audit_verdict(const CallPtr& call) {
    call->reply_result(call->runtime().rights().verify_audit());
}

}  // namespace filrouge::http
