// `filrouge account ...`, `session ...`, `token ...` and `webhook ...`: who may sign in and who is,
// who else may ask, and who is told.
#include <boost/json.hpp>
#include <cstdio>
#include <iostream>

#include "base/json_writer.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/table.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

void print_done(const json::value&) { std::printf("Done.\n"); }

void print_accounts(const json::value& answer) {
    Table table({"id", "role", "created", "name"});
    for (const json::value& account : rows_of(answer, "accounts")) {
        table.add({cell(account, "id"), cell(account, "role"), cell(account, "created"),
                   cell(account, "name")});
    }
    table.print();
}

void print_account(const json::value& account) { std::printf("%s\n", cell(account, "id").c_str()); }

void print_tokens(const json::value& answer) {
    Table table({"id", "role", "account", "created", "expires", "last_used", "ended", "name"});
    for (const json::value& token : rows_of(answer, "tokens")) {
        table.add({cell(token, "id"), cell(token, "role"), cell(token, "account_name"),
                   cell(token, "created"), cell(token, "expires"), cell(token, "last_used"),
                   cell(token, "ended"), cell(token, "name")});
    }
    for (const char* column : {"account", "expires", "last_used", "ended"})
        table.drop_if_empty(column);
    table.print();
}

void print_sessions(const json::value& answer) {
    Table table({"id", "role", "begun", "used", "name"});
    for (const json::value& session : rows_of(answer, "sessions")) {
        table.add({cell(session, "id"), cell(session, "role"), cell(session, "begun"),
                   cell(session, "used"), cell(session, "name")});
    }
    table.print();
}

void print_token(const json::value& token) {
    std::printf("%s\n", cell(token, "token").c_str());
    std::fprintf(stderr, "%s\n", cell(token, "note").c_str());  // log-ok: the note beside it
}

void print_webhooks(const json::value& answer) {
    Table table({"id", "audience", "created", "url"});
    for (const json::value& hook : rows_of(answer, "webhooks")) {
        table.add(
            {cell(hook, "id"), cell(hook, "audience"), cell(hook, "created"), cell(hook, "url")});
    }
    table.print();
}

void print_webhook(const json::value& hook) {
    for (const std::string_view name : {"id", "url", "audience", "secret"}) {
        print_pair(name, cell(hook, name));
    }
    std::fprintf(stderr, "%s\n", cell(hook, "note").c_str());
}

int list_accounts(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/accounts"}, print_accounts);
}
void write_brands(JsonWriter& body, const Args& args) {
    if (args.has("--all-brands")) body.key("brands").null();
    if (!args.has("--brand") || args.has("--all-brands")) return;
    body.key("brands").open_array();
    for (const std::string& brand : args.many("--brand")) body.value(brand);
    body.close();
}
// The password is the first line of the input: an argument would stand in the shell's history and
// in the list of processes.
int create_account(Context& context, const Args& args) {
    std::fprintf(stderr, "Password, at least 12 letters, then Enter:\n");
    std::string password;
    std::getline(std::cin, password);
    Request request{.method = "POST", .path = "/api/v1/accounts"};
    JsonWriter body(request.body);
    body.open_object()
        .field("name", args.text("name"))
        .field("role", args.text("--role"))
        .field("password", password);
    write_brands(body, args);
    body.close();
    return context.ask(request, print_account);
}
int remove_account(Context& context, const Args& args) {
    return context.ask({.method = "DELETE", .path = "/api/v1/accounts/" + encoded(args.text("id"))},
                       print_done);
}
int list_sessions(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/sessions"}, print_sessions);
}
int end_session(Context& context, const Args& args) {
    return context.ask({.method = "DELETE", .path = "/api/v1/sessions/" + encoded(args.text("id"))},
                       print_done);
}
// Everybody's, or those of the account that asks.
std::string tokens_path(const Args& args) {
    return args.has("--own") ? "/api/v1/session/tokens" : "/api/v1/tokens";
}
int list_tokens(Context& context, const Args& args) {
    return context.ask({.path = tokens_path(args)}, print_tokens);
}
int create_token(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/tokens"};
    const std::string role = args.text("--role"), account = args.text("--account");
    JsonWriter body(request.body);
    body.open_object();
    body.field("name", args.text("--name", role.empty() ? account : role));
    if (!role.empty()) body.field("role", role);
    if (!account.empty()) body.field("account", account);
    if (args.has("--days")) body.field("days", args.number("--days", 0));
    write_brands(body, args);
    body.close();
    return context.ask(request, print_token);
}
int revoke_token(Context& context, const Args& args) {
    return context.ask(
        {.method = "DELETE", .path = tokens_path(args) + "/" + encoded(args.text("id"))},
        print_done);
}
int list_webhooks(Context& context, const Args&) {
    return context.ask({.path = "/api/v1/webhooks"}, print_webhooks);
}
int create_webhook(Context& context, const Args& args) {
    Request request{.method = "POST", .path = "/api/v1/webhooks"};
    JsonWriter(request.body)
        .open_object()
        .field("url", args.text("url"))
        .field("audience", args.text("--audience"))
        .close();
    return context.ask(request, print_webhook);
}
int delete_webhook(Context& context, const Args& args) {
    return context.ask({.method = "DELETE", .path = "/api/v1/webhooks/" + encoded(args.text("id"))},
                       print_done);
}

}  // namespace

std::vector<Command> access_commands() {
    const Param id{"id", "its id", Param::Kind::Value, true};
    const Param brands{"--brand", "sees this brand alone; several: again", Param::Kind::Many};
    const Param own{"--own", "of the account whose token asks", Param::Kind::Flag};
    return {
        {"account list", "who may sign in", "filrouge account list", {}, list_accounts},
        {"account create",
         "make an account, or give a known name another role and password, read from the input",
         "filrouge account create camille --role marketer",
         {{"name", "what to sign in by", Param::Kind::Value, true},
          {"--role", "staff, call_centre, analyst, marketer, privacy or admin", Param::Kind::Value,
           true},
          brands,
          {"--all-brands", "a known name that was limited to brands sees all of them again",
           Param::Kind::Flag}},
         create_account},
        {"account remove",
         "remove an account; its sessions end",
         "filrouge account remove 0a1b2c3d4e5f6071",
         {id},
         remove_account},
        {"session list", "browsers that are signed in", "filrouge session list", {}, list_sessions},
        {"session end",
         "sign a browser out",
         "filrouge session end 5f1e2d3c4b5a6978",
         {id},
         end_session},
        {"token list", "tokens, without their secrets", "filrouge token list", {own}, list_tokens},
        {"token create",
         "make a token; it is printed once",
         "filrouge token create --role marketer --name console",
         {{"--role",
           "staff, call_centre, analyst, marketer, privacy or admin (default: the account's)"},
          {"--name", "what it is for (default: the role)"},
          {"--account", "the name of the account it is for; without it, nobody's own"},
          {"--days",
           "how long it is good for, at most 365 (default: 90 for an account, else for ever)"},
          brands},
         create_token},
        {"token revoke", "end a token", "filrouge token revoke c1d2", {id, own}, revoke_token},
        {"webhook list",
         "who is told of audience changes",
         "filrouge webhook list",
         {},
         list_webhooks},
        {"webhook create",
         "tell a server of an audience's changes; the secret is printed once",
         "filrouge webhook create https://crm.shop.example/hook --audience lost-baskets",
         {{"url", "where to", Param::Kind::Value, true},
          {"--audience", "its id (default: all audiences)"}},
         create_webhook},
        {"webhook delete",
         "remove a webhook",
         "filrouge webhook delete a0b1",
         {id},
         delete_webhook},
    };
}

}  // namespace filrouge::cli
