// `filrouge consent ...`: the words of a purpose, what was shown, receipts, and whether the chain
// of proofs is whole.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstring>

#include "base/base64url.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/answer_json.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/read_file.h"
#include "cli/table.h"
#include "storage/signing.h"

namespace filrouge::cli {

namespace json = boost::json;

namespace {

std::string wordings_path(const Args& args) {
    return "/api/v1/purposes/" + encoded(args.text("purpose")) + "/wordings";
}

void print_wording(const json::value& wording) {
    const json::object& texts = wording.at("texts").as_object();
    for (const auto& [language, words] : texts) {
        std::printf("version %s, since %s, %s:\n%s\n\n", cell(wording, "version").c_str(),
                    cell(wording, "since").c_str(), std::string(language).c_str(),
                    cell(words, "text").c_str());
    }
}

void print_wordings(const json::value& answer) {
    for (const json::value& wording : rows_of(answer, "wordings")) print_wording(wording);
}

int wordings(Context& context, const Args& args) {
    return context.ask({.path = wordings_path(args)}, print_wordings);
}

// "fr=The words.", or "fr=@FILE".
bool add_text(JsonWriter& body, const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) return false;
    std::string words = text.substr(equals + 1);
    if (words.starts_with('@')) {
        auto read = read_file(words.substr(1));
        if (!read.ok()) return false;
        words = std::move(read).value();
    }
    body.field(text.substr(0, equals), words);
    return true;
}

int tell(Context& context, const Args& args) {
    Request request{.method = "POST", .path = wordings_path(args)};
    JsonWriter body(request.body);
    body.open_object().key("texts").open_object();
    for (const std::string& text : args.many("--text")) {
        if (add_text(body, text)) continue;
        std::fprintf(stderr,
                     "filrouge: --text wants language=words, or language=@FILE of a file that can "
                     "be read.\n");
        return kExitUsage;
    }
    body.close().close();
    return context.ask(request, print_wording);
}

void print_shown(const json::value& shown) {
    const json::object& answer = shown.as_object();
    const json::value* statement = answer.if_contains("statement");
    const json::value& told = statement == nullptr ? shown : *statement;
    if (statement != nullptr) {
        for (const std::string_view name : {"state", "channel", "basis", "at", "means", "record"})
            print_pair(name, cell(told, name));
    }
    const json::value* wording = told.as_object().if_contains("wording");
    if (wording == nullptr) {
        std::printf("No words are on record.\n");
        return;
    }
    print_pair("version", cell(*wording, "version"));
    print_pair("language", cell(*wording, "language"));
    std::printf("\n%s\n", cell(*wording, "text").c_str());
}

int shown(Context& context, const Args& args) {
    Request request{.path = "/api/v1/consents/shown"};
    add_query(request.query, "purpose", args.text("purpose"));
    for (const char* name : {"profile", "at", "language", "brand"})
        add_query(request.query, name, args.text("--" + std::string(name)));
    return context.ask(request, print_shown);
}

void print_verified(const json::value& report) {
    for (const std::string_view name :
         {"entries", "head", "sequence", "evidence_checked", "evidence_erased"})
        print_pair(name, cell(report, name));
    if (report.at("whole").as_bool()) {
        std::printf("Whole: nothing was changed, taken out, moved or put in.\n");
        return;
    }
    Table table({"record", "found"});
    for (const json::value& row : rows_of(report, "findings"))
        table.add({cell(row, "sequence"), cell(row, "what")});
    table.print();
}

int verify(Context& context, const Args&) {
    int exit_code = kExitOk;
    const auto report = answer_json(context, {.path = "/api/v1/consents/verify"}, exit_code);
    if (!report) return exit_code;
    const bool whole = report->at("whole").as_bool();
    if (context.options().json)
        std::printf("%s\n", json::serialize(*report).c_str());
    else
        print_verified(*report);
    return whole ? kExitOk : kExitDamaged;
}

int receipt(Context& context, const Args& args) {
    Request request{.path = "/api/v1/profiles/" + encoded(args.text("profile")) + "/receipts"};
    add_query(request.query, "brand", args.text("--brand"));
    int exit_code = kExitOk;
    const auto answer = context.answer(request, exit_code);
    if (answer) std::printf("%s\n", answer->c_str());
    return exit_code;
}

struct Checked {
    bool is_genuine = false;
    json::value payload;  // as it was signed, whatever stands beside it
};

Result<Checked> check(const json::value& receipt, const std::string& public_key) {
    PublicKey key;
    const Bytes x = base64url_decode(public_key).value_or("");
    if (x.size() != key.bytes.size())
        return Error{"cli.invalid_key", "The key is none of Ed25519.",
                     "It is the 'x' of the receipt's 'key', as the brand publishes it."};
    std::memcpy(key.bytes.data(), x.data(), x.size());
    const std::string head = cell(receipt, "protected"), body = cell(receipt, "payload");
    Checked out;
    out.is_genuine = is_signed(key, head + "." + body,
                               base64url_decode(cell(receipt, "signature")).value_or(""));
    json::error_code wrong;
    out.payload = json::parse(base64url_decode(body).value_or(""), wrong);
    const json::value* shown = receipt.as_object().if_contains("receipt");
    // What is read must be what was signed.
    out.is_genuine = out.is_genuine && !wrong && (shown == nullptr || *shown == out.payload);
    return out;
}

constexpr std::size_t kAddressesAtOnce = 5'000;  // the API's limit

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (const std::string_view address = trim(line); !address.empty())
            lines.emplace_back(address);
    }
    return lines;
}

int suppress(Context& context, const Args& args) {
    const auto text = read_file(args.text("file"));
    if (!text.ok()) return Context::fail(text.error());
    const std::vector<std::string> addresses = lines_of(text.value());
    for (std::size_t at = 0; at < addresses.size(); at += kAddressesAtOnce) {
        Request request{.method = "POST", .path = "/api/v1/suppressions"};
        JsonWriter body(request.body);
        body.open_object().field("list", args.text("--list"));
        body.field("channel", args.text("--channel")).field("lifted", args.has("--lift"));
        if (args.has("--brand")) body.field("brand", args.text("--brand"));
        body.key("addresses").open_array();
        const std::size_t end = std::min(addresses.size(), at + kAddressesAtOnce);
        for (std::size_t i = at; i < end; ++i) body.value(addresses[i]);
        body.close().close();
        const int code = context.ask(request, [](const json::value& done) {
            print_pair("addresses", cell(done, "addresses"));
            print_pair("none of the channel", cell(done, "invalid"));
        });
        if (code != kExitOk) return code;
    }
    return kExitOk;
}

void print_receipt(const json::value& receipt) {
    for (const std::string_view name : {"issuer", "issued_at", "profile"})
        print_pair(name, cell(receipt, name));
    Table table({"at", "purpose", "channel", "state", "means", "words"});
    for (const json::value& s : rows_of(receipt, "statements")) {
        const json::value* wording = s.as_object().if_contains("wording");
        table.add({cell(s, "at"), cell(s, "purpose"), cell(s, "channel"), cell(s, "state"),
                   cell(s, "means"), wording == nullptr ? "" : cell(*wording, "text")});
    }
    table.print();
}

int check_receipt(Context& context, const Args& args) {
    const auto text = read_file(args.text("file"));
    if (!text.ok()) return Context::fail(text.error());
    json::error_code wrong;
    const json::value receipt = json::parse(text.value(), wrong);
    if (wrong || !receipt.is_object())
        return Context::fail({"cli.unreadable_receipt", "The file is no receipt.", ""});
    const auto checked = check(receipt, args.text("--key"));
    if (!checked.ok()) return Context::fail(checked.error());
    if (!checked.value().is_genuine)
        return Context::fail(
            {"cli.forged_receipt", "The receipt is not as this key signed it.", ""});
    if (context.options().json)
        std::printf("%s\n", json::serialize(checked.value().payload).c_str());
    else
        print_receipt(checked.value().payload);
    return kExitOk;
}

}  // namespace

std::vector<Command> consent_commands() {
    const Param purpose{"purpose", "the purpose", Param::Kind::Value, true};
    const Param brand{"--brand", "whose part of the person, where several brands know them"};
    return {
        {"consent wordings",
         "every version of the words by which a purpose is asked for",
         "filrouge consent wordings marketing.email",
         {purpose},
         wordings},
        {"consent tell",
         "tell the words by which a purpose is asked for: a new version, never changed after",
         "filrouge consent tell marketing.email --text fr='Oui, ecrivez-moi.' --text en=@words.txt",
         {purpose,
          {"--text", "language=words, or language=@FILE; once for each language", Param::Kind::Many,
           true}},
         tell},
        {"consent shown",
         "the words a person was shown; without --profile, those that were to be shown",
         "filrouge consent shown marketing.email --profile 9f1c2b3a4d5e6f708192a3b4c5d6e7f8 "
         "--at 2026-03-01T08:31:00Z",
         {purpose,
          {"--profile", "the profile's id"},
          {"--at", "the instant, ISO 8601 (default: now)"},
          {"--language", "without --profile: a language tag"},
          brand},
         shown},
        {"consent verify",
         "read the chain of proofs and find what was changed, taken out, moved or put in",
         "filrouge consent verify --data data",
         {},
         verify},
        {"consent receipt",
         "what a person has said of consent, signed, for the person",
         "filrouge consent receipt 9f1c2b3a4d5e6f708192a3b4c5d6e7f8 > receipt.json",
         {{"profile", "the profile's id", Param::Kind::Value, true}, brand},
         receipt},
        {"consent check-receipt",
         "whether a receipt is as the brand signed it; asks no server",
         "filrouge consent check-receipt receipt.json "
         "--key 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
         {{"file", "the receipt", Param::Kind::Value, true},
          {"--key", "the brand's public key, as it is published", Param::Kind::Value, true}},
         check_receipt},
        {"consent suppress",
         "bring in addresses that are not to be reached on a channel, one a line",
         "filrouge consent suppress bounces.txt --channel email --list bounce",
         {{"file", "one address a line", Param::Kind::Value, true},
          {"--channel", "email, sms or phone", Param::Kind::Value, true},
          {"--list", "why they are not to be reached", Param::Kind::Value, true},
          {"--brand", "whose country national numbers are of; without it, each brand's"},
          {"--lift", "they may be reached again", Param::Kind::Flag}},
         suppress},
    };
}

}  // namespace filrouge::cli
