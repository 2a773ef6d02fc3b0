// What those who work here keep: boards, notes, tasks; and the card by which they greet somebody.
#include "engine/staff_desk.h"

#include <algorithm>

#include "http/body_json.h"
#include "http/call.h"
#include "http/handlers.h"

namespace filrouge::http {

namespace {

engine::Caller caller_of(const Call& call) { return call.who(); }

}  // namespace

void get_actors(const CallPtr& call) { call->reply_result(call->runtime().staff().actors()); }

void get_boards(const CallPtr& call) {
    call->reply_result(call->runtime().staff().boards(caller_of(*call)));
}

void get_board(const CallPtr& call) {
    call->reply_result(call->runtime().staff().board(call->values.at(0), caller_of(*call)));
}

void post_board(const CallPtr& call) {
    call->reply_result(call->runtime().staff().make_board(call->request.body, caller_of(*call)),
                       201);
}

void change_board(const CallPtr& call) {
    call->reply_result(call->runtime().staff().change_board(call->values.at(0), call->request.body,
                                                            caller_of(*call)));
}

void delete_board(const CallPtr& call) {
    call->reply_result(call->runtime().staff().remove_board(call->values.at(0), caller_of(*call)));
}

void get_named_metrics(const CallPtr& call) {
    call->reply_result(call->runtime().staff().metrics(caller_of(*call), call->mask()));
}

void get_named_metric(const CallPtr& call) {
    call->reply_result(
        call->runtime().staff().metric(call->values.at(0), caller_of(*call), call->mask()));
}

void post_named_metric(const CallPtr& call) {
    call->reply_result(
        call->runtime().staff().make_metric(call->request.body, caller_of(*call), call->mask()),
        201);
}

void change_named_metric(const CallPtr& call) {
    call->reply_result(call->runtime().staff().change_metric(call->values.at(0), call->request.body,
                                                             caller_of(*call), call->mask()));
}

void delete_named_metric(const CallPtr& call) {
    const bool even_in_use = call->query("even_in_use") == "true";
    call->reply_result(call->runtime().staff().remove_metric(call->values.at(0), even_in_use,
                                                             caller_of(*call), call->mask()));
}

void get_notes(const CallPtr& call) {
    call->reply_result(
        call->runtime().staff().notes(call->values.at(0), call->query("brand").value_or("")));
}

void post_note(const CallPtr& call) {
    call->reply_result(
        call->runtime().staff().add_note(call->values.at(0), call->request.body, caller_of(*call)),
        201);
}

void delete_note(const CallPtr& call) {
    call->reply_result(call->runtime().staff().remove_note(call->values.at(0), call->values.at(1),
                                                           caller_of(*call)));
}

void get_tasks(const CallPtr& call) {
    engine::TaskQuestion question;
    question.state = call->query("state").value_or(question.state);
    question.store = call->query("store").value_or("");
    question.profile = call->query("profile").value_or("");
    question.brand = call->query("brand").value_or("");
    const std::uint64_t limit = call->query_number("limit", question.limit);
    question.limit = std::clamp<std::uint64_t>(limit, 1, engine::kTasksPageMax);
    call->reply_result(call->runtime().staff().tasks(question));
}

void post_task(const CallPtr& call) {
    call->reply_result(call->runtime().staff().add_task(call->request.body, caller_of(*call)), 201);
}

void change_task(const CallPtr& call) {
    call->reply_result(call->runtime().staff().change_task(call->values.at(0), call->request.body,
                                                           caller_of(*call)));
}

void delete_task(const CallPtr& call) {
    call->reply_result(call->runtime().staff().remove_task(call->values.at(0)));
}

// A card as a scanner reads it, or a profile that is open already.
void get_greet(const CallPtr& call) {
    engine::GreetQuestion question;
    question.profile = call->query("profile").value_or("");
    question.type = "loyalty_card";
    question.value = call->query("card").value_or("");
    question.brand = call->query("brand").value_or("");
    if (question.profile.empty() && question.value.empty())
        return call->reply_problem(
            422, {"http.missing_argument", "The address lacks 'card=' or 'profile='.",
                  "By e-mail or phone, POST the same with \"type\" and \"value\" in its body."});
    // A card that is scanned is an identifier asked for, like one in a body.
    if (question.profile.empty() &&
        call->mask().hides(engine::FieldScope::Identifiers, question.type))
        return call->reply_problem(403, engine::forbidden_field(question.type));
    question.mask = &call->mask();
    call->reply_result(call->runtime().staff().greet(question));
}

// What names a person stands in the body: addresses end up in other people's logs.
void post_greet(const CallPtr& call) {
    const auto body = read_object(call->request.body);
    if (!body.ok()) return call->reply_problem(400, body.error());
    engine::GreetQuestion question;
    const auto type = text_of(body.value(), "type");
    const auto value = text_of(body.value(), "value");
    if (!type || !value) return call->reply_problem(422, missing_field(type ? "value" : "type"));
    if (call->mask().hides(engine::FieldScope::Identifiers, *type))
        return call->reply_problem(403, engine::forbidden_field(*type));
    question.type = *type;
    question.value = *value;
    question.brand = text_of(body.value(), "brand").value_or("");
    question.mask = &call->mask();
    call->reply_result(call->runtime().staff().greet(question));
}

}  // namespace filrouge::http
