#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "cli/command.h"
#include "cli/run.h"
#include "fake/temp_folder.h"
#include "http/route.h"
#include "server/server.h"

namespace filrouge::cli {
namespace {

namespace json = boost::json;

struct Ran {
    int code = 0;
    std::string out;
    std::string err;
};

Ran filrouge(std::vector<std::string> words) {
    words.insert(words.begin(), "filrouge");
    std::vector<char*> arguments;
    arguments.reserve(words.size());
    for (std::string& word : words) arguments.push_back(word.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Ran ran;
    ran.code = run(static_cast<int>(arguments.size()), arguments.data());
    std::fflush(stdout);
    ran.out = testing::internal::GetCapturedStdout();
    ran.err = testing::internal::GetCapturedStderr();
    return ran;
}

struct World {
    World() {
        for (const char* name : {"FILROUGE_URL", "FILROUGE_DATA", "FILROUGE_TOKEN"}) unsetenv(name);
        start();
    }
    void start() {
        server::ServerOptions options;
        options.data = data();
        options.port = 0;
        auto started = server::Server::start(options);
        ASSERT_TRUE(started.ok()) << started.error().message;
        server = std::move(started).value();
        for (int i = 0; i < 500; ++i) {
            if (server->runtime().state() == engine::RuntimeState::Ready) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        FAIL() << server->runtime().state_text();
    }
    void stop() { server.reset(); }
    std::string data() const { return folder.path() + "/shop"; }
    Ran run(std::vector<std::string> words) const {
        words.insert(words.end(), {"--data", data()});
        return filrouge(std::move(words));
    }
    fake::TempFolder folder;
    std::unique_ptr<server::Server> server;
};

TEST(CommandLine, AsksAServerAndAFolderTheSame) {
    World world;
    Ran ran = world.run({"source", "create", "Till, Lyon", "--channel", "store", "--json"});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_EQ(json::parse(ran.out).at("id").as_string(), "till-lyon");
    ran = world.run(
        {"audience", "create", "Coats", "--purpose", "measurement", "--rule", "any(Coat Viewed)"});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    const Ran online = world.run({"source", "list"});
    EXPECT_NE(online.out.find("till-lyon"), std::string::npos);
    const Ran by_url = filrouge({"source", "list", "--url", world.server->url(), "--token",
                                 world.server->cli_token().value_or("")});
    EXPECT_EQ(by_url.out, online.out);
    const Ran audiences = world.run({"audience", "list"});

    world.stop();
    EXPECT_EQ(world.run({"source", "list"}).out, online.out);
    EXPECT_EQ(world.run({"audience", "list"}).out, audiences.out);
    ran = world.run({"audience", "delete", "coats"});
    EXPECT_NE(ran.out.find("Nothing was done."), std::string::npos);
    ran = world.run({"audience", "delete", "coats", "--yes"});
    EXPECT_NE(ran.out.find("Deleted."), std::string::npos) << ran.err;
    EXPECT_EQ(world.run({"audience", "list"}).out.find("coats"), std::string::npos);
    EXPECT_EQ(world.run({"tail"}).code, kExitUnreachable);
}

TEST(CommandLine, ARateIsToldCorrectedAndListed) {
    World world;
    EXPECT_EQ(world.run({"rates", "set", "USD", "EUR", "0.9", "2026-01-31"}).code, kExitOk);
    const Ran set = world.run({"rates", "set", "usd", "eur", "0.9215", "2026-01-31"});
    EXPECT_EQ(set.code, kExitOk) << set.err;
    const json::value listed = json::parse(world.run({"rates", "list", "--json"}).out);
    const json::array& rates = listed.at("rates").as_array();
    ASSERT_EQ(rates.size(), 1u);
    EXPECT_EQ(json::serialize(rates[0]),
              R"({"from":"USD","to":"EUR","rate":"0.9215","valid_from":"2026-01-31"})");
    for (const std::vector<std::string>& wrong :
         {std::vector<std::string>{"rates", "set", "USD", "USD", "1", "2026-01-31"},
          {"rates", "set", "USD", "EUR", "-1", "2026-01-31"},
          {"rates", "set", "USD", "EUR", "1", "yesterday"}}) {
        EXPECT_EQ(world.run(wrong).code, kExitRefused);
    }
}

TEST(CommandLine, AFigureIsDefinedChangedAskedForAndRemoved) {
    World world;
    ASSERT_EQ(
        world.run({"metric", "define", "visits", "--of", "count(Page Viewed)", "--unit", "visits"})
            .code,
        kExitOk);
    const Ran changed = world.run({"metric", "change", "visits", "--filter", "channel = web"});
    EXPECT_EQ(changed.code, kExitOk) << changed.err;
    const json::value shown = json::parse(world.run({"metric", "show", "visits", "--json"}).out);
    EXPECT_EQ(shown.at("filter"), "channel = web");
    EXPECT_EQ(shown.at("of"), "count(Page Viewed)");
    EXPECT_EQ(shown.at("unit"), "visits");
    EXPECT_EQ(shown.at("former").as_array().size(), 1u);
    const Ran listed = world.run({"metric", "list"});
    EXPECT_NE(listed.out.find("count(Page Viewed)"), std::string::npos) << listed.out;
    EXPECT_EQ(world.run({"query", "metric", "metric visits", "--purpose", "measurement"}).code,
              kExitOk);
    EXPECT_EQ(world.run({"metric", "remove", "visits"}).out, "Removed.\n");
    EXPECT_EQ(world.run({"metric", "show", "visits"}).code, kExitRefused);
    EXPECT_EQ(world.run({"metric", "define", "visits"}).code, kExitUsage);
}

TEST(CommandLine, PeopleAreFoundByTheirName) {
    World world;
    EXPECT_EQ(world.run({"people", "ca"}).code, kExitRefused);
    const Ran nobody = world.run({"people", "camille martin", "--json"});
    EXPECT_EQ(nobody.code, kExitOk) << nobody.err;
    EXPECT_TRUE(json::parse(nobody.out).at("people").as_array().empty());
}

TEST(CommandLine, ExitCodesTellWhoIsToAct) {
    World world;
    EXPECT_EQ(world.run({"audience", "create", "X", "--purpose", "none", "--rule", "any(A)"}).code,
              kExitRefused);
    EXPECT_EQ(world.run({"profile", "--find", "user_id=nobody"}).code, kExitRefused);
    EXPECT_EQ(filrouge({"source", "list", "--url", world.server->url(), "--token", "wrong"}).code,
              kExitRefused);
    EXPECT_EQ(filrouge({}).code, kExitUsage);
    EXPECT_EQ(filrouge({"nothing"}).code, kExitUsage);
    EXPECT_EQ(filrouge({"audience"}).code, kExitUsage);
    EXPECT_EQ(filrouge({"audience", "why"}).code, kExitUsage);
    EXPECT_EQ(filrouge({"audience", "--help"}).code, kExitOk);
    EXPECT_EQ(world.run({"profile"}).code, kExitUsage);
    EXPECT_EQ(filrouge({"stats", "--url", "http://127.0.0.1:1"}).code, kExitUnreachable);
    EXPECT_EQ(filrouge({"stats", "--data", world.folder.path() + "/none"}).code, kExitUnreachable);
    EXPECT_EQ(filrouge({"settings"}).code, kExitOk);
}

// Whatever file is named: 3 would have a script try again for ever, and an abort tells nothing.
TEST(CommandLine, AFileThatIsNoneOrAFolderIsRefused) {
    World world;
    const std::string folder = world.folder.path(), none = folder + "/none";
    const std::string event = folder + "/event.json";
    std::ofstream(event) << "{";
    for (const std::string& wrong : {folder, none}) {
        for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
                 {"settings", "--check", wrong},
                 {"quarantine", "replay", "8", "--event", wrong},
                 {"offer", "make", wrong},
                 {"consent", "suppress", wrong, "--list", "l", "--channel", "email"},
                 {"consent", "check-receipt", wrong, "--key", "k"},
                 {"query", "ask", wrong},
                 {"query", "mix", "--costs", wrong, "--purpose", "statistics"},
                 {"import", "--map", wrong, folder},
                 {"verify-import", "--map", wrong, folder}}) {
            const Ran ran = world.run(words);
            EXPECT_EQ(ran.code, kExitRefused) << words[0] << " " << words[1] << " " << wrong;
            EXPECT_NE(ran.err.find("filrouge: "), std::string::npos) << words[0];
        }
        const Ran told = world.run({"consent", "tell", "measurement", "--text", "en=@" + wrong});
        EXPECT_EQ(told.code, kExitUsage) << wrong;
    }
    EXPECT_EQ(world.run({"quarantine", "replay", "8", "--event", event}).code, kExitRefused);
}

// Answers everybody the same: a proxy, or another program on the port.
class Another {
  public:
    explicit Another(const std::string& body)
        : reply_(
              "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
              "Content-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(door_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(door_, 64), 0);
        EXPECT_EQ(::getsockname(door_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        thread_ = std::thread([this] { serve(); });
    }
    ~Another() {
        ::shutdown(door_, SHUT_RDWR);
        thread_.join();
        ::close(door_);
    }
    Another(const Another&) = delete;
    Another& operator=(const Another&) = delete;
    Ran run(std::vector<std::string> words) const {
        words.insert(words.end(), {"--url", url_});
        return filrouge(std::move(words));
    }
    std::string asked() const {  // the body of the last request
        const std::lock_guard lock(mutex_);
        return body_;
    }

  private:
    void serve() {
        for (int guest = 0; (guest = ::accept(door_, nullptr, nullptr)) >= 0; ::close(guest)) {
            std::string request;
            std::array<char, 4096> piece;
            while (!is_whole(request)) {
                const auto size = ::recv(guest, piece.data(), piece.size(), 0);
                if (size <= 0) break;
                request.append(piece.data(), static_cast<std::size_t>(size));
            }
            {
                const std::lock_guard lock(mutex_);
                body_ = request.substr(std::min(request.size(), request.find(kHeadEnd) + 4));
            }
            static_cast<void>(::send(guest, reply_.data(), reply_.size(), MSG_NOSIGNAL));
        }
    }
    static bool is_whole(const std::string& request) {
        constexpr std::string_view kLength = "\r\ncontent-length: ";
        const std::size_t head = request.find(kHeadEnd);
        if (head == std::string::npos) return false;
        const std::size_t length = ascii_lower(request.substr(0, head)).find(kLength);
        return length == std::string::npos ||
               request.size() >= head + 4 + std::stoul(request.substr(length + kLength.size()));
    }
    static constexpr std::string_view kHeadEnd = "\r\n\r\n";
    const int door_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const std::string reply_;
    std::string url_;
    mutable std::mutex mutex_;
    std::string body_;
    std::thread thread_;
};

TEST(CommandLine, AnAnswerThatIsNotOursIsRefused) {
    const fake::TempFolder folder;
    const std::string settings = folder.path() + "/f.toml";
    std::ofstream(settings) << "[brand]\nname = \"Shop\"\n";
    for (const char* body : {"<html>Welcome</html>", "[]", "{}", "7"}) {
        const Another another(body);
        for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
                 {"consent", "verify"}, {"settings", "--check", settings}}) {
            const Ran ran = another.run(words);
            EXPECT_EQ(ran.code, kExitRefused) << words[0] << " " << body << ran.out;
            EXPECT_NE(ran.err.find("--url"), std::string::npos) << words[0] << " " << body;
        }
        const Ran ran =
            another.run({"import", "--map", FILROUGE_ROOT "/maps/cdnow.toml", folder.path()});
        EXPECT_EQ(ran.code, kExitRefused) << body;
    }
    const Another page("<html>Welcome</html>");
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"stats"}, {"profile", "--find", "user_id=ada"}}) {
        EXPECT_EQ(page.run(words).code, kExitRefused) << words[0];
    }
}

TEST(CommandLine, FiguresAreShownInPlainDigits) {
    const Another person(
        R"({"id":"p","traits":{"size":{"value":12.5},"spent":{"value":1234567.8912},"lift":{"value":0.0001}}})");
    const Ran shown = person.run({"profile", "p"});
    ASSERT_EQ(shown.code, kExitOk) << shown.err;
    for (const char* figure : {" 12.5", "1234567.8912", "0.0001"})
        EXPECT_NE(shown.out.find(figure), std::string::npos) << figure << "\n" << shown.out;
    const Another answer(R"({"all":2345678.5,"rows":[{"sum":1234567.89},{"sum":0.12345678}]})");
    const Ran asked = answer.run({"query", "metric", "sum(A.b)", "--purpose", "statistics"});
    ASSERT_EQ(asked.code, kExitOk) << asked.err;
    for (const char* figure : {"2345678.50", "1234567.89", "0.123457"})
        EXPECT_NE(asked.out.find(figure), std::string::npos) << figure << "\n" << asked.out;
}

// It would be part of the first address, and that person would go on being written to.
TEST(CommandLine, TheByteOrderMarkOfAFileIsNoPartOfItsText) {
    const fake::TempFolder folder;
    const std::string file = folder.path() + "/bounces.txt";
    std::ofstream(file, std::ios::binary) << "\xef\xbb\xbf"
                                             "ada@shop.example\r\nbob@shop.example\r\n";
    const Another another(R"({"addresses":2,"invalid":0})");
    const Ran ran =
        another.run({"consent", "suppress", file, "--channel", "email", "--list", "bounce"});
    EXPECT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_EQ(json::serialize(json::parse(another.asked()).at("addresses")),
              R"(["ada@shop.example","bob@shop.example"])");
}

// 120,50 among commas is two cells, and 120 another sum than was spent.
TEST(CommandLine, ATableOfCostsIsReadWholeOrRefusedWithItsLine) {
    const fake::TempFolder folder;
    const std::string file = folder.path() + "/costs.csv";
    const Another another(R"({"rows":[]})");
    const auto mix = [&](const std::string& costs) {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << costs;
        return another.run({"query", "mix", "--costs", file, "--purpose", "statistics"});
    };
    const auto told = [&](const std::string& costs) {
        const Ran ran = mix(costs);
        EXPECT_EQ(ran.code, kExitOk) << ran.err;
        return json::serialize(json::parse(another.asked()).at("mix").at("costs"));
    };
    const std::string heading = "at,channel,amount\n";
    for (const char* wide : {"2026-03-02,search,120,50\n", "2026-03-02,search\n", "2026-03-02\n"}) {
        const Ran ran = mix(heading + "2026-03-01,search,1\n" + wide);
        EXPECT_EQ(ran.code, kExitRefused) << wide;
        EXPECT_NE(ran.err.find("costs.csv:3: "), std::string::npos) << ran.err;
    }
    EXPECT_EQ(mix(heading + "2026-03-01,\"search,1\n").code, kExitRefused);
    EXPECT_EQ(mix("at,at,amount\n").code, kExitRefused);
    EXPECT_EQ(told("\xef\xbb\xbf" + heading + "2026-03-02,\"search, paid\",120.50\r\n\r\n"),
              R"([{"at":"2026-03-02","channel":"search, paid","amount":1.205E2}])");
    EXPECT_EQ(told("at;channel;amount\n2026-03-02; search ;120,50\n2026-03-03;radio;1 234,50\n"
                   "2026-03-04;radio;7\n"),
              R"([{"at":"2026-03-02","channel":"search","amount":1.205E2},)"
              R"({"at":"2026-03-03","channel":"radio","amount":1.2345E3},)"
              R"({"at":"2026-03-04","channel":"radio","amount":7}])");
    // Neither guessed: the server refuses a text.
    EXPECT_EQ(told("at;channel;amount\n2026-03-02;search;1.234\n"),
              R"([{"at":"2026-03-02","channel":"search","amount":"1.234"}])");
    EXPECT_EQ(told(heading + "2026-03-02,search,\"1,234\"\n"),
              R"([{"at":"2026-03-02","channel":"search","amount":"1,234"}])");
    EXPECT_EQ(told(""), "[]");
}

// An audience of that id could be made, but neither shown nor deleted.
TEST(CommandLine, NoAudienceTakesAWordThatTheApiHasAnAddressFor) {
    constexpr std::string_view kBegins = "/api/v1/audiences/";
    World world;
    int words = 0;
    for (const http::Route& route : http::all_routes()) {
        if (!route.pattern.starts_with(kBegins)) continue;
        const std::string word(route.pattern.substr(kBegins.size()));
        if (word.starts_with('{')) continue;
        ++words;
        ASSERT_EQ(word.find('/'), std::string::npos);
        const Ran ran = world.run(
            {"audience", "create", word, "--purpose", "measurement", "--rule", "any(Coat Viewed)"});
        EXPECT_EQ(ran.code, kExitRefused) << word;
        EXPECT_NE(ran.err.find("another 'id'"), std::string::npos) << ran.err;
        EXPECT_EQ(world
                      .run({"audience", "create", word, "--id", "my-" + word, "--purpose",
                            "measurement", "--rule", "any(Coat Viewed)"})
                      .code,
                  kExitOk);
    }
    EXPECT_EQ(words, 2);
}

TEST(CommandLine, WhatOthersNamedCannotSteerTheTerminal) {
    World world;
    const std::string name =
        "Till\x1b]0;owned\x07\x7f\xc2\x9b"
        "2J";
    Ran ran = world.run({"source", "create", name, "--id", "till"});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    for (const Ran& shown : {ran, world.run({"source", "list"})}) {
        EXPECT_EQ(shown.out.find_first_of("\x1b\x07\x7f"), std::string::npos) << shown.out;
        EXPECT_EQ(shown.out.find("\xc2\x9b"), std::string::npos) << shown.out;
    }
    EXPECT_NE(world.run({"source", "list"}).out.find("Till?]0;owned???2J"), std::string::npos);
}

TEST(CommandLine, ALinkIsMadeByTheServerThatWillKnowIt) {
    World world;
    const std::vector<std::string> link = {"me", "link", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"};
    EXPECT_EQ(world.run(link).code, kExitRefused) << "there is no such person";
    world.stop();
    const Ran ran = world.run(link);
    EXPECT_EQ(ran.code, kExitUnreachable);
    EXPECT_NE(ran.err.find("filrouge serve"), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
}

TEST(CommandLine, AWrongSettingIsToldWithItsLine) {
    fake::TempFolder folder;
    const std::string file = folder.path() + "/f.toml";
    std::ofstream(file) << "[server]\nprot = 1\n";
    const Ran ran = filrouge({"settings", "--check", file});
    EXPECT_EQ(ran.code, kExitRefused);
    EXPECT_NE(ran.err.find("f.toml:2: unknown setting 'prot' in [server]; did you mean 'port'?"),
              std::string::npos)
        << ran.err;
}

TEST(CommandLine, ACheckOfSettingsTellsWhatWouldFollowWhereTheyAreUsed) {
    World world;
    world.stop();
    std::ofstream(world.data() + "/filrouge.toml", std::ios::app)
        << "\n[[purpose]]\nname = \"tastings\"\nbasis = \"legitimate_interest\"\n";
    world.start();
    ASSERT_EQ(
        world.run({"audience", "create", "Tasters", "--purpose", "tastings", "--rule", "any(A)"})
            .code,
        kExitOk);
    const std::string file = world.folder.path() + "/next.toml";
    std::ofstream(file) << "[brand]\nname = \"Shop\"\n";
    const Ran ran = world.run({"settings", "--check", file});
    EXPECT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_NE(ran.out.find("next.toml: fine"), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("purpose tastings is no longer named"), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("only who consented: tasters"), std::string::npos) << ran.out;
    EXPECT_EQ(ran.out.find("measurement"), std::string::npos) << "built in, it stays: " << ran.out;
    world.stop();
    EXPECT_EQ(world.run({"settings", "--check", file}).out, ran.out) << "a folder says the same";
}

TEST(CommandLine, VerifyFindsOneChangedByte) {
    World world;
    world.stop();
    ASSERT_EQ(world.run({"log", "verify"}).code, kExitOk);
    for (const auto& entry : std::filesystem::directory_iterator(world.data() + "/log")) {
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(300);
        const auto byte = static_cast<char>(file.get());
        file.seekp(300);
        file.put(static_cast<char>(byte ^ 1));
        break;
    }
    const Ran ran = world.run({"log", "verify"});
    EXPECT_EQ(ran.code, kExitDamaged) << ran.out << ran.err;
}

// The restore drill: a backup beside the running server, and the shop again from it.
TEST(CommandLine, AShopComesBackFromItsBackups) {
    World world;
    ASSERT_EQ(world.run({"source", "create", "Till, Lyon", "--channel", "store"}).code, kExitOk);
    const std::string safe = world.folder.path() + "/safe";
    const std::string safe_keys = world.folder.path() + "/safe-keys";
    const std::string again = world.folder.path() + "/again";
    Ran ran = world.run({"backup", safe});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_NE(ran.out.find("keys are not in it"), std::string::npos) << ran.out;
    ran = world.run({"backup", "keys", safe_keys});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_NE(ran.out.find("master key is not in it"), std::string::npos) << ran.out;
    ASSERT_EQ(world.run({"source", "create", "After it", "--channel", "store"}).code, kExitOk);
    ran = filrouge({"backup", "verify", safe, "--json"});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_EQ(json::parse(ran.out).at("kind").as_string(), "data");
    EXPECT_EQ(filrouge({"backup", "verify", safe_keys}).code, kExitOk);

    EXPECT_EQ(filrouge({"backup"}).code, kExitUsage);
    EXPECT_EQ(filrouge({"restore", safe}).code, kExitUsage);
    EXPECT_EQ(world.run({"restore", safe}).code, kExitRefused) << "there is a log already";
    ran = filrouge({"restore", safe, "--keys", safe_keys, "--data", again});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_NE(ran.out.find("filrouge serve --data " + again), std::string::npos) << ran.out;
    std::filesystem::create_directory(again + "/secrets");
    std::filesystem::copy_file(world.data() + "/secrets/master-key", again + "/secrets/master-key");
    ran = filrouge({"source", "list", "--data", again});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_NE(ran.out.find("till-lyon"), std::string::npos) << ran.out;
    EXPECT_EQ(ran.out.find("after-it"), std::string::npos) << ran.out;

    for (const auto& entry : std::filesystem::directory_iterator(safe + "/files")) {
        std::filesystem::resize_file(entry.path(), 100);
    }
    EXPECT_EQ(filrouge({"backup", "verify", safe}).code, kExitDamaged);
    EXPECT_EQ(filrouge({"restore", safe, "--data", again + "2"}).code, kExitDamaged);
}

TEST(CommandLine, ShowsTheLimitsOfIdentityAndWhatOthersWouldChange) {
    World world;
    Ran ran = world.run({"identity", "rules-preview", "--limit", "email=3", "--people-max", "10"});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    EXPECT_NE(ran.out.find("merged"), std::string::npos);
    EXPECT_EQ(world.run({"identity", "rules-set", "--limit", "email"}).code, kExitUsage);
    ran = world.run({"identity", "rules-set", "--limit", "email=3", "--reason", "families"});
    ASSERT_EQ(ran.code, kExitOk) << ran.err;
    ran = world.run({"identity", "rules", "--json"});
    EXPECT_NE(ran.out.find(R"("type":"email","per_person_max":3,"priority":3,"from":"rules")"),
              std::string::npos)
        << ran.out;
    EXPECT_EQ(world.run({"identity", "suspicious"}).code, kExitOk);
    EXPECT_EQ(world.run({"identity", "decisions"}).code, kExitOk);
    ran = world.run({"identity", "unmerge", "no-one", "nobody", "--reason", "a test"});
    EXPECT_EQ(ran.code, kExitRefused);
    EXPECT_NE(ran.err.find("no such profile"), std::string::npos) << ran.err;
}

TEST(CommandLine, TheManualNamesEveryCommandAndCode) {
    std::ifstream file(FILROUGE_ROOT "/docs/cli.md");
    const std::string manual{std::istreambuf_iterator<char>(file), {}};
    for (const Command& command : all_commands()) {
        const std::string name(command.name);
        const std::size_t space = name.find(' ');
        if (space == std::string::npos) {
            EXPECT_NE(manual.find("`" + name + "`"), std::string::npos) << name;
            continue;
        }
        // "`audience list`, `create`, ...": the group opens its line.
        const std::size_t line = manual.find("| `" + name.substr(0, space) + " ");
        ASSERT_NE(line, std::string::npos) << name;
        const std::string row = manual.substr(line, manual.find('\n', line) - line);
        const bool named = row.find(name.substr(space + 1) + "`") != std::string::npos;
        EXPECT_TRUE(named) << name;
        EXPECT_FALSE(command.example.empty()) << name;
    }
    for (int code = kExitOk; code <= kExitStorage; ++code) {
        EXPECT_NE(manual.find("\n| " + std::to_string(code) + " | "), std::string::npos) << code;
    }
}

}  // namespace
}  // namespace filrouge::cli
