// Notes, tasks and the greet card: whose they are through merges and erasure, and who is told.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/seed_for_test.h"
#include "base/text.h"
#include "engine/erasing_for_test.h"
#include "engine/identity_desk.h"
#include "engine/masking.h"
#include "engine/rights_desk.h"
#include "engine/staff_desk.h"
#include "engine/staff_record.h"

namespace filrouge::engine {
namespace {

namespace json = boost::json;

constexpr const char* kAda = "xq7zada";
constexpr const char* kBea = "wb3rbea";
const Caller kAnne{Role::Staff, "anne"};
const Caller kMarc{Role::CallCentre, "marc"};
const Caller kAdmin{Role::Admin, "admin"};

struct StaffShop : ErasingShop {
    static Settings settings_of(std::string purpose) {
        Settings s = small_files();
        s.staff_purpose = std::move(purpose);
        return s;
    }
    explicit StaffShop(fake::FakeDisk& on, std::uint64_t seed = 1,
                       const std::string& purpose = "measurement")
        : ErasingShop(on, seed, {}, settings_of(purpose)) {}
    StaffDesk& desk() const { return runtime->staff(); }
    void forbids(const std::string& mark) {
        command(&Runtime::set_consent, R"({"type":"user_id","value":"user-)" + mark +
                                           R"(","purposes":{"measurement":false}})");
        runtime->wait_until_folded();
    }
};

json::object parsed(const Result<std::string>& told) {
    EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
    return told.ok() ? json::parse(told.value()).as_object() : json::object();
}
std::string code(const Result<std::string>& told) { return told.ok() ? "" : told.error().code; }

std::string note(const std::string& text) { return R"({"text":")" + text + "\"}"; }
std::string task(const std::string& profile, const std::string& what,
                 const std::string& more = "") {
    return R"({"profile":")" + profile + R"(","what":")" + what + "\"" + more + "}";
}
std::string texts_in(const json::object& answer, const char* list, const char* field) {
    std::string out;
    for (const json::value& each : answer.at(list).as_array())
        out.append(each.at(field).as_string().c_str()).append("; ");
    return out;
}
TaskQuestion asked(const std::string& state, const std::string& store = "",
                   const std::string& profile = "", std::size_t limit = 50) {
    TaskQuestion question;
    question.state = state;
    question.store = store;
    question.profile = profile;
    question.limit = limit;
    return question;
}
std::string notes_of(const StaffShop& shop, const std::string& mark) {
    return texts_in(parsed(shop.desk().notes(shop.id_of(mark), "")), "notes", "text");
}
std::string tasks_by(const StaffShop& shop, const TaskQuestion& question) {
    return texts_in(parsed(shop.desk().tasks(question)), "tasks", "what");
}

TEST(StaffNotes, AreToldNewestFirstAndRemovedByTheirAuthorOrAnAdmin) {
    fake::FakeDisk disk;
    StaffShop shop(disk);
    shop.sees(kAda);
    const std::string ada = shop.id_of(kAda);
    const json::object first = parsed(shop.desk().add_note(ada, note("wool"), kAnne));
    EXPECT_EQ(first.at("profile").as_string(), ada);
    shop.clock.advance(minutes(1));
    ASSERT_TRUE(shop.desk().add_note(ada, note("a dog"), kMarc).ok());
    EXPECT_EQ(notes_of(shop, kAda), "a dog; wool; ");
    const std::string id(first.at("id").as_string());
    EXPECT_EQ(code(shop.desk().remove_note(ada, id, kMarc)), "note.forbidden");
    shop.sees(kBea);
    EXPECT_EQ(code(shop.desk().remove_note(shop.id_of(kBea), id, kAnne)), "note_not_found")
        << "of somebody else";
    EXPECT_TRUE(shop.desk().remove_note(ada, id, kAnne).ok());
    EXPECT_EQ(notes_of(shop, kAda), "a dog; ");
    EXPECT_EQ(code(shop.desk().remove_note(ada, id, kAdmin)), "note_not_found") << "once";
}

TEST(StaffNotes, RestOnTheConsentToPersonalService) {
    fake::FakeDisk disk;
    StaffShop shop(disk);
    shop.sees(kAda);
    const std::string ada = shop.id_of(kAda);
    ASSERT_TRUE(shop.desk().add_note(ada, note("wool"), kAnne).ok());
    shop.forbids(kAda);
    const json::object told = parsed(shop.desk().notes(ada, ""));
    EXPECT_FALSE(told.at("may_use").as_bool());
    EXPECT_EQ(notes_of(shop, kAda), "");
    EXPECT_EQ(code(shop.desk().add_note(ada, note("more"), kAnne)), "staff.no_consent");
    EXPECT_TRUE(shop.desk().add_task(task(ada, "repair the coat"), kAnne).ok())
        << "what was asked of the shop rests on no consent";
}

TEST(StaffItems, AreNeitherToldNorTakenOfWhoseDataIsRestricted) {
    fake::FakeDisk disk;
    StaffShop shop(disk);
    shop.sees(kAda);
    const std::string ada = shop.id_of(kAda);
    ASSERT_TRUE(shop.desk().add_note(ada, note("wool"), kAnne).ok());
    const json::object made = parsed(shop.desk().add_task(task(ada, "call"), kAnne));
    const std::string id(made.at("id").as_string());
    const auto restricts = [&](const std::string& action) {
        return shop.runtime->rights()
            .restrict(ada, R"({"action":")" + action + R"(","reason":"disputed"})", "privacy")
            .ok();
    };
    ASSERT_TRUE(restricts("restrict"));
    EXPECT_EQ(notes_of(shop, kAda), "");
    EXPECT_EQ(tasks_by(shop, asked("all")), "");
    EXPECT_EQ(code(shop.desk().change_task(id, R"({"done":true})", kAnne)), "task_not_found");
    EXPECT_EQ(code(shop.desk().add_task(task(ada, "more"), kAnne)), "staff.restricted");
    EXPECT_EQ(code(shop.desk().add_note(ada, note("more"), kAnne)), "staff.no_consent");
    EXPECT_EQ(shop.desk().greet({ada, "", "", ""}).value(),
              R"({"may_use":false,"purpose":"measurement","note":"restricted"})");
    ASSERT_TRUE(restricts("lift"));
    EXPECT_EQ(notes_of(shop, kAda), "wool; ");
    EXPECT_EQ(tasks_by(shop, asked("open")), "call; ");
}

TEST(StaffItems, WhatDoesNotFitIsRefusedByItsLimit) {
    fake::FakeDisk disk;
    StaffShop shop(disk);
    shop.sees(kAda);
    const std::string ada = shop.id_of(kAda);
    const auto told = [&](const std::string& text) {
        return code(shop.desk().add_note(ada, note(text), kAnne));
    };
    std::string accents;  // as many letters, twice the bytes
    for (std::size_t i = 0; i < kNoteLettersMax; ++i) accents += "é";
    EXPECT_EQ(told(accents), "");
    EXPECT_EQ(told(accents + "e"), "staff.too_long");
    EXPECT_EQ(told(std::string(kStaffTextBytesMax + 1, 'e')), "api.invalid_field");
    EXPECT_EQ(told("  "), "api.missing_field");
    EXPECT_EQ(code(shop.desk().add_note(std::string(32, '0'), note("x"), kAnne)),
              "profile_not_found");
    const auto promised = [&](const std::string& more) {
        return code(shop.desk().add_task(task(ada, "call", more), kAnne));
    };
    EXPECT_EQ(promised(R"(,"due":"2026-02-30")"), "api.invalid_field");
    EXPECT_EQ(promised(R"(,"due":"soon")"), "api.invalid_field");
    EXPECT_EQ(promised(R"(,"store":")" + std::string(65, 's') + "\""), "api.invalid_field");
    EXPECT_EQ(code(shop.desk().change_task("none", "{}", kAnne)), "task_not_found");
    EXPECT_EQ(code(shop.desk().tasks(asked("late"))), "api.invalid_field");
}

TEST(StaffTasks, AreListedByWhatIsDueNextAndChangeInWhatTheBodySays) {
    fake::FakeDisk disk;
    StaffShop shop(disk);
    shop.sees(kAda);
    shop.sees(kBea);
    const std::string ada = shop.id_of(kAda), bea = shop.id_of(kBea);
    ASSERT_TRUE(shop.desk().add_task(task(ada, "no day"), kAnne).ok());
    ASSERT_TRUE(shop.desk()
                    .add_task(task(bea, "later", R"(,"due":"2027-01-01","store":"lyon")"), kAnne)
                    .ok());
    const json::object soon = parsed(
        shop.desk().add_task(task(ada, "soon", R"(,"due":"2026-12-01","store":"lyon")"), kAnne));
    EXPECT_EQ(tasks_by(shop, {}), "soon; later; no day; ");
    EXPECT_EQ(tasks_by(shop, asked("open", "lyon")), "soon; later; ");
    EXPECT_EQ(tasks_by(shop, asked("open", "paris")), "");
    EXPECT_EQ(tasks_by(shop, asked("open", "", ada)), "soon; no day; ");
    EXPECT_EQ(tasks_by(shop, asked("open", "", "", 1)), "soon; ");
    EXPECT_TRUE(parsed(shop.desk().tasks(asked("open", "", "", 2))).at("more").as_bool());
    const std::string id(soon.at("id").as_string());
    const json::object done = parsed(shop.desk().change_task(id, R"({"done":true})", kMarc));
    EXPECT_EQ(done.at("due"), "2026-12-01") << "what a change leaves out stays";
    EXPECT_EQ(done.at("done_by"), "marc");
    EXPECT_EQ(tasks_by(shop, {}), "later; no day; ");
    EXPECT_EQ(tasks_by(shop, asked("done")), "soon; ");
    ASSERT_TRUE(shop.desk().change_task(id, R"({"done":false,"due":""})", kMarc).ok());
    EXPECT_EQ(tasks_by(shop, {}), "later; no day; soon; ");
    ASSERT_TRUE(shop.desk().remove_task(id).ok());
    EXPECT_EQ(tasks_by(shop, asked("all")), "later; no day; ");
}

TEST(StaffItems, TellOfWhichBrandTheyAreWhileTheyAreThere) {
    fake::FakeDisk disk;
    StaffShop shop(disk);
    for (const char* who : {kAda, kBea}) shop.sees(who);
    const std::string ada = shop.id_of(kAda), bea = shop.id_of(kBea);
    const auto id_in = [](const Result<std::string>& told) {
        return std::string(parsed(told).at("id").as_string());
    };
    const std::string words = id_in(shop.desk().add_note(ada, note("hello"), kAnne));
    const std::string call = id_in(shop.desk().add_task(task(ada, "call"), kAnne));
    EXPECT_EQ(shop.desk().brand_of_note(ada, words), "") << "the only brand has no id";
    EXPECT_EQ(shop.desk().brand_of_task(call), "");
    EXPECT_FALSE(shop.desk().brand_of_note(bea, words)) << "of somebody else";
    EXPECT_FALSE(shop.desk().brand_of_note(ada, call)) << "no note";
    EXPECT_FALSE(shop.desk().brand_of_task(words)) << "no task";
    EXPECT_FALSE(shop.desk().brand_of_task("1"));
    ASSERT_TRUE(shop.desk().remove_task(call).ok());
    EXPECT_FALSE(shop.desk().brand_of_task(call)) << "removed";
}

TEST(StaffItems, FollowThePersonThroughMergeAndUnMerge) {
    fake::FakeDisk disk;
    StaffShop shop(disk);
    const Identifier device{IdentifierType::AnonymousId, std::string("device-") + kBea, {}};
    collect::Incoming visit = shop.event_of(kAda);
    visit.event.identifiers = {device};
    shop.sends(std::move(visit));
    shop.sees(kAda);
    const auto of_device = [&] {
        return shop.runtime->find_profile("anonymous_id", device.value, "", 0)
            .value()
            .substr(7, 32);
    };
    const auto notes = [&](const std::string& id) {
        return texts_in(parsed(shop.desk().notes(id, "")), "notes", "text");
    };
    const std::string ada = shop.id_of(kAda), bea = of_device();
    ASSERT_NE(ada, bea);
    ASSERT_TRUE(shop.desk().add_note(ada, note("of ada"), kAnne).ok());
    shop.clock.advance(minutes(1));
    ASSERT_TRUE(shop.desk().add_note(bea, note("of bea"), kAnne).ok());
    ASSERT_TRUE(shop.desk().add_task(task(bea, "for bea"), kAnne).ok());
    shop.sees(kAda, {device});
    ASSERT_EQ(shop.id_of(kAda), of_device()) << "the test needs a merge";
    EXPECT_EQ(notes(ada), "of bea; of ada; ");
    EXPECT_EQ(tasks_by(shop, asked("open", "", ada)), "for bea; ");

    auto told = std::make_shared<std::promise<Result<std::string>>>();
    shop.runtime->identity().decide(
        R"({"action":"withdraw","a":")" + ada + R"(","b":")" + bea + R"(","reason":"two people"})",
        "admin", [told](const Result<std::string>& r) { told->set_value(r); });
    const Result<std::string> apart = told->get_future().get();
    ASSERT_TRUE(apart.ok()) << apart.error().message;
    EXPECT_EQ(notes(ada), "of ada; ");
    EXPECT_EQ(notes(bea), "of bea; ");
    EXPECT_EQ(tasks_by(shop, asked("open", "", ada)), "");
}

TEST(StaffItems, AreExportedAndErasedWithThePersonAndOutliveARestart) {
    fake::FakeDisk disk;
    {
        StaffShop shop(disk);
        shop.sees(kAda);
        shop.sees(kBea);
        const std::string ada = shop.id_of(kAda);
        ASSERT_TRUE(shop.desk().add_note(ada, note("noted-xq7z"), kAnne).ok());
        ASSERT_TRUE(shop.desk().add_task(task(ada, "promised-xq7z"), kAnne).ok());
        ASSERT_TRUE(shop.desk().add_note(shop.id_of(kBea), note("noted-wb3r"), kAnne).ok());
        const std::string exported = shop.runtime->rights().export_profile(ada).value();
        EXPECT_NE(exported.find("noted-xq7z"), std::string::npos);
        EXPECT_NE(exported.find("promised-xq7z"), std::string::npos);
        EXPECT_EQ(exported.find("noted-wb3r"), std::string::npos);
        EXPECT_EQ(exported.find("\"anne\""), std::string::npos) << "who wrote it is staff";
        shop.runtime->stop();
    }
    StaffShop shop(disk, 2);
    EXPECT_EQ(notes_of(shop, kAda), "noted-xq7z; ");
    EXPECT_NE(found_in(readable(disk), "noted-xq7z"), 0);
    ASSERT_TRUE(shop.erase(shop.id_of(kAda)).ok());
    EXPECT_EQ(tasks_by(shop, asked("all")), "");
    shop.wait_until_complete();
    shop.runtime->wait_until_folded();
    const std::string left = readable(disk);
    EXPECT_EQ(found_in(left, "noted-xq7z"), 0);
    EXPECT_EQ(found_in(left, "promised-xq7z"), 0);
    EXPECT_EQ(notes_of(shop, kBea), "noted-wb3r; ");
}

// What was replayed from the log alone is what was folded live, whatever the staff did.
class StaffLaw : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(StaffLaw, ReplayIsLive) {
    std::mt19937_64 rng(GetParam());
    fake::FakeDisk disk;
    StaffShop shop(disk, GetParam());
    std::vector<std::string> tasks;
    for (int step = 0; step < 60; ++step) {
        const std::string mark = "p" + std::to_string(rng() % 5);
        if (rng() % 3 == 0 || !shop.knows(mark)) {
            shop.sees(mark);
        } else if (rng() % 3 == 0) {
            static_cast<void>(shop.desk().add_note(shop.id_of(mark), note("n"), kAnne));
        } else if (tasks.empty() || rng() % 2 == 0) {
            const json::object made =
                parsed(shop.desk().add_task(task(shop.id_of(mark), "t"), kAnne));
            tasks.emplace_back(made.at("id").as_string());
        } else {
            const std::string& id = tasks[rng() % tasks.size()];
            if (rng() % 4 == 0)
                static_cast<void>(shop.desk().remove_task(id));
            else
                static_cast<void>(shop.desk().change_task(id, R"({"done":true})", kMarc));
        }
        if (step == 40 && shop.knows("p0")) {
            ASSERT_TRUE(shop.erase(shop.id_of("p0")).ok());
        }
    }
    shop.wait_until_complete();
    shop.runtime->wait_until_folded();
    const std::string hash = shop.runtime->state_hash();
    const std::string open = tasks_by(shop, asked("all", "", "", 1'000));
    const auto other = disk.clone();
    other->crash(fake::Crash::KeepAll, 1);
    for (const std::string& path : other->paths()) {
        if (path.starts_with("shop/state/")) {
            ASSERT_TRUE(other->remove(path).ok());
        }
    }
    const StaffShop again(*other, GetParam() + 1'000);
    again.runtime->wait_until_folded();
    EXPECT_EQ(again.runtime->state_hash(), hash) << "seed " << GetParam();
    EXPECT_EQ(tasks_by(again, asked("all", "", "", 1'000)), open);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StaffLaw, ::testing::ValuesIn(test_seeds(3)));

TEST(Greet, ShowsNothingButNoWithoutConsentOrWithoutAPurpose) {
    fake::FakeDisk disk;
    {
        StaffShop shop(disk);
        shop.sees(kAda);
        shop.forbids(kAda);
        const std::string told =
            shop.desk().greet({"", "user_id", std::string("user-") + kAda, ""}).value();
        EXPECT_EQ(told, R"({"may_use":false,"purpose":"measurement",)"
                        R"("note":"no consent for personal service"})");
        EXPECT_EQ(code(shop.desk().greet({"", "user_id", "user-xq7z", ""})), "profile_not_found")
            << "the beginning of an identifier finds nobody";
    }
    fake::FakeDisk empty;
    StaffShop other(empty, 2, "no_such_purpose");
    other.sees(kBea);
    const json::object card = parsed(other.desk().greet({other.id_of(kBea), "", "", ""}));
    EXPECT_FALSE(card.at("may_use").as_bool()) << "by default nobody allows anything";
    EXPECT_EQ(card.size(), 3u);
}

TEST(Greet, TellsWhatSomebodyWhoKnowsThePersonWouldRemember) {
    fake::FakeDisk disk;
    StaffShop shop(disk);
    collect::Incoming who = shop.event_of(kAda);
    who.event.kind = EventKind::Identify;
    who.event.traits.clear();
    PackedWriter w(who.event.traits);
    const std::size_t mark = w.begin_object(3);
    w.key("first_name");
    w.string("Ada");
    w.key("last_name");
    w.string("Byron");
    w.key("coat_size");
    w.string("38");
    w.end(mark);
    shop.sends(std::move(who));
    collect::Incoming order = shop.event_of(kAda);
    order.event.name = "Order Completed";
    order.event.channel = Channel::Store;
    order.event.product = "coat-38";
    shop.sends(std::move(order));
    shop.runtime->wait_until_folded();
    const std::string ada = shop.id_of(kAda);
    ASSERT_TRUE(
        shop.desk().add_task(task(ada, "the coat is here", R"(,"arrived":true)"), kAnne).ok());
    ASSERT_TRUE(shop.desk().add_task(task(ada, "was done", R"(,"done":true)"), kAnne).ok());
    ASSERT_TRUE(shop.desk().add_note(ada, note("wool"), kAnne).ok());
    const json::object card =
        parsed(shop.desk().greet({"", "user_id", std::string("user-") + kAda, ""}));
    EXPECT_EQ(card.at("id").as_string(), ada);
    EXPECT_EQ(card.at("name"), "Ada Byron");
    EXPECT_EQ(card.at("sizes").at("coat_size"), "38");
    EXPECT_EQ(card.at("arrived").as_array().size(), 1u);
    EXPECT_EQ(texts_in(card, "tasks", "what"), "the coat is here; ");
    EXPECT_EQ(texts_in(card, "notes", "text"), "wool; ");
    EXPECT_TRUE(card.at("channels").at("store").as_object().contains("last_purchase"));
    EXPECT_EQ(card.at("favourites").at("products").as_array().at(0), "coat-38");

    const auto seen_by = [&](const Mask& mask) {
        GreetQuestion question;
        question.profile = ada;
        question.mask = &mask;
        return parsed(shop.desk().greet(question));
    };
    const json::value masked = {{"masked", true}};
    const json::object no_name = seen_by(Mask({"traits.last_name"}, 5));
    EXPECT_EQ(no_name.at("name"), masked) << "it is put together from a hidden part";
    EXPECT_EQ(no_name.at("sizes").at("coat_size"), "38");
    const json::object no_size = seen_by(Mask({"traits.coat*", "traits.name"}, 5));
    EXPECT_EQ(no_size.at("name"), "Ada Byron") << "of other traits, which the role sees";
    EXPECT_EQ(no_size.at("sizes").at("coat_size"), masked);
}

TEST(StaffRecord, ComesBackFromItsTwoPartsAndRefusesWhatIsTooMuch) {
    StaffItem item;
    item.seal = {1, 2};
    item.id = {3, 4};
    item.made = EventTime{-5};
    item.changed = EventTime{6};
    item.flags = kStaffArrived | kStaffDone;
    item.due_day = -7;
    item.store = "lyon";
    item.text = "wool";
    item.author = "anne";
    item.done_by = "marc";
    Bytes clear, sealed;
    encode_staff_clear(item, clear);
    encode_staff_sealed(item, sealed);
    StaffItem read;
    ASSERT_TRUE(decode_staff_clear(clear, read));
    ASSERT_TRUE(decode_staff_sealed(sealed, read));
    EXPECT_EQ(read.id, item.id);
    EXPECT_EQ(read.seal, item.seal);
    EXPECT_EQ(read.made.us, -5);
    EXPECT_EQ(read.changed.us, 6);
    EXPECT_EQ(read.due_day, item.due_day);
    EXPECT_EQ(read.store + read.text + read.author + read.done_by, "lyonwoolannemarc");
    for (std::size_t length = 0; length < clear.size(); ++length)
        EXPECT_FALSE(decode_staff_clear(BytesView(clear).substr(0, length), read)) << length;
    item.flags = 8;
    item.text.assign(kStaffTextBytesMax + 1, 'x');
    Bytes unknown, long_text;
    encode_staff_clear(item, unknown);
    encode_staff_sealed(item, long_text);
    EXPECT_FALSE(decode_staff_clear(unknown, read)) << "flags of a later version";
    EXPECT_FALSE(decode_staff_sealed(long_text, read));
}

}  // namespace
}  // namespace filrouge::engine
