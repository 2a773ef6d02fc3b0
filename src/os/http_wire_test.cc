#include "os/http_wire.h"

#include <gtest/gtest.h>

#include "os/http_attacks_for_test.h"

namespace filrouge::os {
namespace {

int judge(std::string_view bytes, const ListenerLimits& limits = {}) {
    HeadScanner scanner(limits);
    const std::size_t size = scanner.scan(bytes);
    if (scanner.refused_with() != 0) return scanner.refused_with();
    if (size == 0) return -1;  // waits for more
    RequestHead head;
    return read_head(bytes.substr(0, size), limits, head);
}

TEST(HttpWire, WhatTwoReadersCouldReadDifferentlyIsRefused) {
    for (const Attack& attack : kAttacks)
        EXPECT_EQ(judge(attack.bytes), attack.status) << attack.name;
}

TEST(HttpWire, AHeadReadsTheSameInPieces) {
    constexpr std::string_view kHead =
        "POST http://shop.test/v1/t?a=1&b HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 12\r\n"
        "X-Mixed:  two words \r\nExpect: 100-continue\r\n\r\n";
    const ListenerLimits limits;
    HeadScanner scanner(limits);
    for (std::size_t n = 1; n < kHead.size(); ++n) ASSERT_EQ(scanner.scan(kHead.substr(0, n)), 0u);
    ASSERT_EQ(scanner.scan(kHead), kHead.size());
    RequestHead head;
    ASSERT_EQ(read_head(kHead, limits, head), 0);
    EXPECT_EQ(head.request.method, "POST");
    EXPECT_EQ(head.request.path, "/v1/t");
    EXPECT_EQ(head.request.query, "a=1&b");
    EXPECT_EQ(head.request.header("x-mixed"), "two words");
    EXPECT_EQ(head.content_length, 12u);
    EXPECT_TRUE(head.keep_alive && head.expects_continue && !head.chunked);
}

TEST(HttpWire, KeepAliveFollowsVersionAndConnection) {
    const auto kept = [](std::string_view bytes) {
        RequestHead head;
        EXPECT_EQ(read_head(bytes, {}, head), 0);
        return head.keep_alive;
    };
    EXPECT_TRUE(kept("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_FALSE(kept("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    EXPECT_FALSE(kept("GET / HTTP/1.0\r\n\r\n"));
    EXPECT_TRUE(kept("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(HttpWire, LongLinesAndManyHeadersAreRefused) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(judge(start + "X: " + std::string(8 * 1024 - 3, 'y') + "\r\n\r\n"), 0);
    EXPECT_EQ(judge(start + "X: " + std::string(8 * 1024 - 2, 'y') + "\r\n\r\n"), 431);
    EXPECT_EQ(judge(start + "X: " + std::string(9 * 1024, 'y')), 431) << "before its end is seen";
    std::string many = start;
    for (int i = 1; i < 64; ++i) many += "X: y\r\n";
    EXPECT_EQ(judge(many + "\r\n"), 0);
    EXPECT_EQ(judge(many + "X: y\r\n\r\n"), 431);
    std::string large = start;
    for (int i = 0; i < 20; ++i) large += "X: " + std::string(4000, 'y') + "\r\n";
    EXPECT_EQ(judge(large), 431);
}

struct Chunks {
    ChunkedReader::State state = ChunkedReader::State::More;
    std::string body;
    std::string rest;
};

Chunks read_chunks(std::string_view bytes, std::size_t piece, std::uint64_t limit = 1000) {
    ChunkedReader reader(limit);
    Chunks out;
    std::string waiting;
    for (std::size_t i = 0; i < bytes.size(); i += piece) {
        waiting.append(bytes.substr(i, piece));
        std::size_t used = 0;
        out.state = reader.read(waiting, used, out.body);
        waiting.erase(0, used);
        if (out.state != ChunkedReader::State::More) {
            waiting.append(bytes.substr(std::min(bytes.size(), i + piece)));
            break;
        }
    }
    out.rest = waiting;
    return out;
}

TEST(HttpWire, ChunksAreJoinedHoweverTheyArrive) {
    constexpr std::string_view kBytes =
        "5\r\nhello\r\n7;a=b\r\n, world\r\n0\r\nX-Sum: 1\r\n\r\nGET / HTTP/1.1\r\n";
    for (std::size_t piece = 1; piece <= kBytes.size(); ++piece) {
        const Chunks got = read_chunks(kBytes, piece);
        ASSERT_EQ(got.state, ChunkedReader::State::Done) << piece;
        EXPECT_EQ(got.body, "hello, world");
        EXPECT_EQ(got.rest, "GET / HTTP/1.1\r\n");
    }
}

TEST(HttpWire, AnEmptyBodyMayArriveByteByByte) {  // found by http_fuzz: it ended the process
    const Chunks got = read_chunks("0\r\n\r\nGET", 1);
    EXPECT_EQ(got.state, ChunkedReader::State::Done);
    EXPECT_EQ(got.rest, "GET");
    EXPECT_EQ(read_chunks("0\r\nX: 1\r\n\r\n", 1).state, ChunkedReader::State::Done);
}

TEST(HttpWire, BrokenChunksAreRefused) {
    for (const std::string_view bytes : kBrokenChunks) {
        for (const std::size_t piece : {bytes.size(), std::size_t{1}}) {
            EXPECT_EQ(read_chunks(bytes, piece).state, ChunkedReader::State::Bad) << bytes;
        }
    }
    EXPECT_EQ(read_chunks("3e9\r\n", 10).state, ChunkedReader::State::TooLarge);
    EXPECT_EQ(read_chunks("200\r\n" + std::string(0x200, 'x') + "\r\n200\r\n", 2000).state,
              ChunkedReader::State::TooLarge);
    EXPECT_EQ(read_chunks("5;" + std::string(20'000, 'x'), 1000).state, ChunkedReader::State::Bad)
        << "an endless extension";
}

TEST(HttpWire, AReplyCannotBeSplitByItsHeaders) {
    HttpResponse response;
    response.headers = {{"X", "a\r\nSet-Cookie: b"}};
    response.body = "x";
    std::string out;
    append_reply(out, response, {}, "now");
    EXPECT_EQ(out,
              "HTTP/1.1 200 OK\r\nX: a  Set-Cookie: b\r\nDate: now\r\nContent-Length: 1\r\n\r\nx");
}

}  // namespace
}  // namespace filrouge::os
