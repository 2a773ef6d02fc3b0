// Long answers, and clients that read them slowly or not at all.
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <thread>

#include "os/listener_for_test.h"

namespace filrouge::os {
namespace {

using namespace std::chrono_literals;

// Sent from where it lies, after what the answer says itself; the next request waits for its end.
TEST(HttpAnswers, AFileFollowsTheBodyOfItsAnswer) {
    World world;
    Client client(world.listener->port());
    client.send(post("/file", "x") + post("/a", "1") + post("/file", "y") + post("/b", "2"));
    const std::string got = client.read_until("POST /b 2");
    const std::string file(large_file());
    const auto first = got.find("POST /file x" + file + "HTTP/1.1 200");
    const auto second = got.find("POST /file y" + file + "HTTP/1.1 200");
    EXPECT_NE(first, std::string::npos);
    EXPECT_LT(first, got.find("POST /a 1"));
    EXPECT_LT(got.find("POST /a 1"), second);
    EXPECT_LT(second, got.find("POST /b 2"));
    EXPECT_NE(got.find("Content-Length: " + std::to_string(file.size() + 12)), std::string::npos);
    client.send("HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n" + post("/c", "3"));
    const std::string head = client.read_until("POST /c 3");
    EXPECT_NE(head.find("Content-Length: " + std::to_string(file.size() + 11)), std::string::npos);
    EXPECT_LT(head.size(), 1'000u);
}

// Of all sizes around what the system takes at once, so that some have a little left to be sent.
TEST(HttpAnswers, WhoEndsTheirSideStillGetsTheWholeAnswer) {
    World world;
    std::vector<std::unique_ptr<Client>> clients;
    std::vector<std::string> bodies;
    for (std::size_t size = 64'000; size < 700'000; size += 30'000) {
        bodies.emplace_back(size, 'x');
        clients.push_back(std::make_unique<Client>(world.listener->port(), 32 * 1024));
        clients.back()->send(post("/a", bodies.back()));
        ::shutdown(clients.back()->fd(), SHUT_WR);
    }
    std::this_thread::sleep_for(500ms);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        const std::string got = clients[i]->read_all();
        EXPECT_TRUE(clients[i]->closed());
        EXPECT_TRUE(got.ends_with("\r\n\r\nPOST /a " + bodies[i]))
            << got.size() << " of " << bodies[i].size();
    }
}

TEST(HttpAnswers, AnswersThatNobodyReadsHaveABoundTogether) {
    World world({.answers_bytes_max = 500'000});
    const std::string request = post("/a", std::string(1'000'000, 'x'));
    auto unread = std::make_unique<Client>(world.listener->port(), 4'096);
    unread->send(request);
    while (world.echo.handled < 1) std::this_thread::sleep_for(1ms);
    const auto asks = [&] {
        Client other(world.listener->port());
        other.send(request);
        return other.read_until("\r\n\r\n");
    };
    const std::string refused = asks();
    EXPECT_EQ(refused.rfind("HTTP/1.1 503", 0), 0u) << refused.substr(0, 200);
    EXPECT_NE(refused.find("Retry-After: 1"), std::string::npos);
    EXPECT_NE(refused.find("Connection: close"), std::string::npos);
    Client small(world.listener->port());
    small.send(post("/b", "x"));
    EXPECT_NE(small.read_until("/b x").find("200 OK"), std::string::npos) << "a short one";
    unread.reset();
    for (int tries = 0; tries < 500; ++tries) {
        if (asks().starts_with("HTTP/1.1 200")) return;
        std::this_thread::sleep_for(10ms);
    }
    FAIL() << "room was never given back";
}

// Reads so many bytes of the file at a time, with a rest between two; answers how many came.
std::size_t read_slowly(const World& world, std::size_t bytes, std::chrono::milliseconds rest) {
    Client client(world.listener->port(), 64 * 1024);
    client.send(post("/file", "x"));
    std::size_t got = 0;
    std::string buffer(bytes, 0);
    for (pollfd wait{client.fd(), POLLIN, 0}; got < large_file().size();) {
        if (::poll(&wait, 1, 5'000) <= 0) break;
        const ssize_t n = ::recv(client.fd(), buffer.data(), buffer.size(), 0);
        if (n <= 0) break;
        got += static_cast<std::size_t>(n);
        std::this_thread::sleep_for(rest);
    }
    return got;
}

TEST(HttpAnswers, WhoReadsAnAnswerByDropsIsCutOffAndWhoGoesOnReadingIsNot) {
    const std::size_t size = large_file().size();
    const World hasty({.idle_seconds_max = 2, .body_bytes_per_second_min = 1'000'000});
    EXPECT_LT(read_slowly(hasty, 64 * 1024, 250ms), size) << "a quarter of the least";
    const World patient({.idle_seconds_max = 2, .body_bytes_per_second_min = 10'000});
    EXPECT_GE(read_slowly(patient, 64 * 1024, 100ms), size) << "for longer than two stretches";
}

}  // namespace
}  // namespace filrouge::os
