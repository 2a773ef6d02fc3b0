// One meaning a request, on a real socket: whatever stands behind a broken request is not run, and
// what is unusual but clear ends where it says.
#include <chrono>
#include <thread>

#include "os/http_attacks_for_test.h"
#include "os/http_socket.h"
#include "os/listener_for_test.h"

namespace filrouge::os {
namespace {

constexpr std::string_view kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kChunkedHead =
    "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

int replies_in(std::string_view bytes) {
    int n = 0;
    for (std::size_t at = 0; (at = bytes.find("HTTP/1.1 ", at)) != bytes.npos; ++at) ++n;
    return n;
}

// In pieces of `piece` bytes, each a packet of its own where the kernel lets it.
std::string answer_to(const World& world, std::string_view bytes, std::size_t piece) {
    Client client(world.listener->port());
    const int one = 1;
    ::setsockopt(client.fd(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (std::size_t at = 0; at < bytes.size(); at += piece) client.send(bytes.substr(at, piece));
    std::string got = client.read_all();
    EXPECT_TRUE(client.closed()) << got;
    return got;
}

void expect_one_refusal(const World& world, std::string_view bytes, int status,
                        std::string_view name) {
    const std::string whole = std::string(bytes) + std::string(kSmuggled);
    for (const std::size_t piece : {whole.size(), std::size_t{1}}) {
        const std::string got = answer_to(world, whole, piece);
        EXPECT_TRUE(got.starts_with("HTTP/1.1 " + std::to_string(status))) << name << ": " << got;
        EXPECT_EQ(replies_in(got), 1) << name << ": " << got;
        EXPECT_NE(got.find("\r\nConnection: close\r\n"), std::string::npos) << name;
    }
}

TEST(HttpFraming, AnAmbiguousHeadIsRefusedAndNothingBehindItIsRun) {
    World world;
    for (const Attack& attack : kAttacks) {
        expect_one_refusal(world, attack.bytes, attack.status, attack.name);
    }
    EXPECT_EQ(world.echo.handled, 0);
}

TEST(HttpFraming, ABrokenChunkedBodyIsRefusedAndNothingBehindItIsRun) {
    World world;
    for (const std::string_view chunks : kBrokenChunks) {
        expect_one_refusal(world, std::string(kChunkedHead) + std::string(chunks), 400, chunks);
    }
    EXPECT_EQ(world.echo.handled, 0);
}

// What the echo of each must be. A request follows on the same connection and must be answered.
struct Clear {
    std::string_view bytes;
    std::string_view echo;
};

constexpr Clear kClear[] = {
    {"GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a "},
    {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "POST /a "},
    {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0005\r\n\r\nhello", "POST /a hello"},
    {"POST /a HTTP/1.1\r\nHost:a\r\nContent-Length:  5 \t\r\n\r\nhello", "POST /a hello"},
    {"GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "GET /a hello"},
    {"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
     "POST /a hello"},
    {"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked \r\n\r\n"
     "000A\r\nhelloworld\r\n00\r\n\r\n",
     "POST /a helloworld"},
    {"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     "5;x=\"\\\"0\\\"\"\r\nhello\r\n0;last\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n",
     "POST /a hello"},
    {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n"
     "GET /inside HTTP/1.1\r\nHost: a\r\n\r\n ......",
     "POST /a GET /inside HTTP/1.1\r\nHost: a\r\n\r\n ......"},
    {"GET http://other.test/a HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a "},
    {"POST /a HTTP/1.1\r\nHost: a\r\nTransfer_Encoding: chunked\r\nContent-Length: 2\r\n\r\nhi",
     "POST /a hi"},
    {"POST /a HTTP/1.1\r\nHost: a\r\nX-Content-Length: 9\r\nContent-Length: 2\r\n\r\nhi",
     "POST /a hi"},
    {"GET /a HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
     "GET /a "},
};

TEST(HttpFraming, AnUnusualButClearRequestEndsWhereItSays) {
    World world;
    for (const Clear& clear : kClear) {
        const std::string both =
            std::string(clear.bytes) + "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        for (const std::size_t piece : {both.size(), std::size_t{1}}) {
            const std::string got = answer_to(world, both, piece);
            const std::string first = "\r\n\r\n" + std::string(clear.echo) + "HTTP/1.1 200 OK";
            EXPECT_NE(got.find(first), std::string::npos) << clear.bytes << "\n" << got;
            EXPECT_TRUE(got.ends_with("\r\n\r\nGET /next ")) << clear.bytes << "\n" << got;
        }
    }
}

// Whatever came after the head would be read as the answer to the next request.
TEST(HttpFraming, AStreamThatHeadAskedForIsItsHeadAlone) {
    World world;
    Client client(world.listener->port());
    client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    auto held = world.echo.wait_for(1);
    ASSERT_EQ(held.size(), 1u);
    held[0]->start_stream({});
    for (int i = 0; i < 500 && held[0]->write("data: 1\n\n"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_FALSE(held[0]->write("data: 2\n\n"));
    held[0]->end_stream();
    held.clear();
    const std::string got = client.read_all();
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(got.rfind("HTTP/1.1 200", 0), 0u);
    EXPECT_EQ(got.find("\r\n\r\n"), got.size() - 4) << got;
}

// A sender of many requests that reads no answer is not read for ever: the bytes wait at the
// sender.
TEST(HttpFraming, WhoReadsNoAnswersIsNotReadEither) {
    constexpr std::size_t kFarTooMuch = 64'000'000;  // no socket buffer holds it
    World world;
    Client client(world.listener->port());
    const std::string request = post("/a", std::string(1'000, 'x'));
    std::size_t sent = 0;
    for (pollfd room{client.fd(), POLLOUT, 0}; sent < kFarTooMuch && ::poll(&room, 1, 500) == 1;) {
        const std::string_view rest = std::string_view(request).substr(sent % request.size());
        const ssize_t n =
            ::send(client.fd(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) sent += static_cast<std::size_t>(n);
    }
    EXPECT_LT(sent, kFarTooMuch);
}

// Nor does the system hold megabytes for who asks and does not read.
TEST(HttpFraming, LittleIsHandedToTheSystemForWhoDoesNotRead) {
    const int listening = listening_socket("127.0.0.1", 0).value();
    const Client client(port_of(listening));
    const int small = 4'096;
    ASSERT_EQ(::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    const int accepted = ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK);
    Wire wire;
    wire.start(accepted, nullptr);
    const std::string piece(64 * 1024, 'x');
    std::size_t taken = 0;
    for (Transfer put; (put = wire.write(piece)).state == Transfer::State::Some;)
        taken += put.bytes;
    EXPECT_GT(taken, 0u);
    EXPECT_LT(taken, 600'000u);
    ::close(accepted);
    ::close(listening);
}

}  // namespace
}  // namespace filrouge::os
