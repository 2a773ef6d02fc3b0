// Every handler of the route table, by the file that holds it.
#pragma once

#include "http/route.h"

namespace filrouge::http {

// routes_track.cc
void track_batch(const CallPtr& call);
void track_import(const CallPtr& call);
void track_track(const CallPtr& call);
void track_identify(const CallPtr& call);
void track_page(const CallPtr& call);
void track_screen(const CallPtr& call);
void track_group(const CallPtr& call);
void track_alias(const CallPtr& call);
void track_typed(const CallPtr& call);
void track_webhook(const CallPtr& call);
void pixel_track(const CallPtr& call);
void pixel_page(const CallPtr& call);
void sdk_metrics(const CallPtr& call);

// routes_sdk.cc
void segment_settings(const CallPtr& call);
void rudder_source_config(const CallPtr& call);
void sdk_bundle(const CallPtr& call);
void consent_asked(const CallPtr& call);

// routes_health.cc
void health(const CallPtr& call);
void version(const CallPtr& call);
void robots(const CallPtr& call);
void healthz(const CallPtr& call);
void readyz(const CallPtr& call);
void metrics(const CallPtr& call);

// routes_read.cc
void get_stats(const CallPtr& call);
void get_sources(const CallPtr& call);
void get_purposes(const CallPtr& call);
void get_audiences(const CallPtr& call);
void get_audience(const CallPtr& call);
void get_growth(const CallPtr& call);
void get_members(const CallPtr& call);
void get_why(const CallPtr& call);
void get_overlap(const CallPtr& call);
void get_quarantine(const CallPtr& call);
void get_quarantined(const CallPtr& call);
void get_webhooks(const CallPtr& call);
void get_events(const CallPtr& call);
void get_rates(const CallPtr& call);
void get_find_profile(const CallPtr& call);
void post_find_profile(const CallPtr& call);
void post_search_people(const CallPtr& call);
void get_profile(const CallPtr& call);
void get_thread(const CallPtr& call);
void post_check_rule(const CallPtr& call);
void post_count_rule(const CallPtr& call);
void post_question(const CallPtr& call);
void post_question_events(const CallPtr& call);
void post_value_model(const CallPtr& call);
void post_lookalike_model(const CallPtr& call);
void get_models(const CallPtr& call);
void delete_model(const CallPtr& call);
void get_questions(const CallPtr& call);
void delete_question(const CallPtr& call);

// routes_command.cc
void post_source(const CallPtr& call);
void delete_source(const CallPtr& call);
void post_audience(const CallPtr& call);
void delete_audience(const CallPtr& call);
void post_consent(const CallPtr& call);
void post_webhook(const CallPtr& call);
void delete_webhook(const CallPtr& call);
void post_rate(const CallPtr& call);
void post_replay(const CallPtr& call);
void delete_quarantined(const CallPtr& call);
void post_import(const CallPtr& call);

// routes_identity.cc
void get_graph(const CallPtr& call);
void get_decisions(const CallPtr& call);
void get_suspicious(const CallPtr& call);
void get_identity_rules(const CallPtr& call);
void post_identity_rules(const CallPtr& call);
void post_identity_rules_preview(const CallPtr& call);
void post_identity_preview(const CallPtr& call);
void post_decision(const CallPtr& call);
// routes_rights.cc
void post_erase(const CallPtr& call);
void get_erasures(const CallPtr& call);
void get_export(const CallPtr& call);
void post_person(const CallPtr& call);
void get_rights_requests(const CallPtr& call);
void post_rights_request(const CallPtr& call);
void move_rights_request(const CallPtr& call);
void post_restriction(const CallPtr& call);
void get_restricted(const CallPtr& call);
void post_objection(const CallPtr& call);
void post_correction(const CallPtr& call);
void get_corrections(const CallPtr& call);
void get_retention(const CallPtr& call);
void post_retention_sweep(const CallPtr& call);
void get_audit(const CallPtr& call);
void get_audit_verdict(const CallPtr& call);

// routes_staff.cc
void get_actors(const CallPtr& call);
void get_boards(const CallPtr& call);
void get_board(const CallPtr& call);
void post_board(const CallPtr& call);
void change_board(const CallPtr& call);
void delete_board(const CallPtr& call);
void get_named_metrics(const CallPtr& call);
void get_named_metric(const CallPtr& call);
void post_named_metric(const CallPtr& call);
void change_named_metric(const CallPtr& call);
void delete_named_metric(const CallPtr& call);
void get_notes(const CallPtr& call);
void post_note(const CallPtr& call);
void delete_note(const CallPtr& call);
void get_tasks(const CallPtr& call);
void post_task(const CallPtr& call);
void change_task(const CallPtr& call);
void delete_task(const CallPtr& call);
void get_greet(const CallPtr& call);
void post_greet(const CallPtr& call);

// routes_matching.cc
void post_match_run(const CallPtr& call);
void get_match_runs(const CallPtr& call);
void get_match_review(const CallPtr& call);
void post_match_decision(const CallPtr& call);

// routes_consent.cc
void get_shown(const CallPtr& call);
void get_verify(const CallPtr& call);
void get_receipt(const CallPtr& call);
void get_wordings(const CallPtr& call);
void get_wording(const CallPtr& call);
void post_wording(const CallPtr& call);
void post_permit(const CallPtr& call);
void post_sms(const CallPtr& call);
void get_suppressions(const CallPtr& call);
void post_suppression(const CallPtr& call);

// routes_confirm.cc
void confirm_page(const CallPtr& call);
void confirm(const CallPtr& call);
void unsubscribe_page(const CallPtr& call);
void unsubscribe(const CallPtr& call);
void get_receipt_key(const CallPtr& call);
void post_take_back(const CallPtr& call);
// routes_me.cc
void post_me_link(const CallPtr& call);
void get_me_sign_in(const CallPtr& call);
void post_me_sign_in(const CallPtr& call);
void post_me_sign_out(const CallPtr& call);
void get_me(const CallPtr& call);
void get_me_export(const CallPtr& call);
void get_me_receipt(const CallPtr& call);
void get_me_looked(const CallPtr& call);
void me_style(const CallPtr& call);

// routes_me_forms.cc
void post_me_choice(const CallPtr& call);
void post_me_offer(const CallPtr& call);
void post_me_take_back(const CallPtr& call);
void post_me_request(const CallPtr& call);
void post_me_restraint(const CallPtr& call);
void post_me_correction(const CallPtr& call);
void post_me_erase(const CallPtr& call);

// routes_offers.cc
void get_offers(const CallPtr& call);
void post_offer(const CallPtr& call);
void end_offer(const CallPtr& call);
void get_profile_offers(const CallPtr& call);

// routes_stream.cc
void stream_tail(const CallPtr& call);
void stream_audience(const CallPtr& call);
void stream_audiences(const CallPtr& call);

// routes_page.cc
void openapi(const CallPtr& call);
void page_style(const CallPtr& call);
void console_index(const CallPtr& call);
void console_licences(const CallPtr& call);
void console_asset(const CallPtr& call);
void banner_script(const CallPtr& call);

// routes_session.cc
void get_admin(const CallPtr& call);
void post_admin(const CallPtr& call);
void get_session(const CallPtr& call);
void post_session(const CallPtr& call);
void delete_session(const CallPtr& call);
void post_own_password(const CallPtr& call);
void get_accounts(const CallPtr& call);
void post_account(const CallPtr& call);
void delete_account(const CallPtr& call);

// routes_access.cc
void post_key_rotation(const CallPtr& call);
void get_tokens(const CallPtr& call);
void post_token(const CallPtr& call);
void delete_token(const CallPtr& call);
void get_own_tokens(const CallPtr& call);
void post_own_token(const CallPtr& call);
void delete_own_token(const CallPtr& call);
void get_sessions(const CallPtr& call);
void end_session(const CallPtr& call);

}  // namespace filrouge::http
