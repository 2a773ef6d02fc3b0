#include "os/http_wire.h"

#include <gtest/gtest.h>

namespace filrouge::os {
namespace {

using namespace std::string_view_literals;

// What a server must never guess about. Each line is a whole request; the status is ours.
struct Attack {
    const char* name;
    std::string_view bytes;
    int status;
};

int judge(std::string_view bytes, const ListenerLimits& limits = {}) {
    HeadScanner scanner(limits);
    const std::size_t size = scanner.scan(bytes);
    if (scanner.refused_with() != 0) return scanner.refused_with();
    if (size == 0) return -1;  // waits for more
    RequestHead head;
    return read_head(bytes.substr(0, size), limits, head);
}

constexpr Attack kAttacks[] = {
    {"two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
     400},
    {"two equal lengths",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
    {"list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", 400},
    {"length and chunks",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"chunks and length",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
    {"chunked twice",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "chunked\r\n\r\n",
     400},
    {"chunked not last",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n", 400},
    {"gzip, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
     400},
    {"unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
    {"empty coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 400},
    {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400},
    {"negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", 400},
    {"hex length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", 400},
    {"empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400},
    {"huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
     400},
    {"too long", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413},
    {"space before colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\n", 400},
    {"folded line", "POST / HTTP/1.1\r\nHost: a\r\nX: y\r\n Content-Length: 5\r\n\r\n", 400},
    {"line begins with tab", "POST / HTTP/1.1\r\n\tHost: a\r\n\r\n", 400},
    {"bare LF after request line", "POST / HTTP/1.1\nHost: a\r\n\r\n", 400},
    {"bare LF after header", "POST / HTTP/1.1\r\nHost: a\n\r\n", 400},
    {"bare LF at the end", "POST / HTTP/1.1\r\nHost: a\r\n\n", 400},
    {"bare CR in a value", "POST / HTTP/1.1\r\nHost: a\r\nX: a\rContent-Length: 5\r\n\r\n", 400},
    {"CR CR LF", "POST / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400},
    {"NUL in a value", "POST / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"sv, 400},
    {"NUL in a name", "POST / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n"sv, 400},
    {"name with a space", "POST / HTTP/1.1\r\nHost: a\r\nContent Length: 5\r\n\r\n", 400},
    {"no name", "POST / HTTP/1.1\r\nHost: a\r\n: 5\r\n\r\n", 400},
    {"no colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length\r\n\r\n", 400},
    {"no host", "POST / HTTP/1.1\r\nX: a\r\n\r\n", 400},
    {"two hosts", "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"empty line first", "\r\nPOST / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"no version", "GET /\r\n\r\n", 400},
    {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\n", 505},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
    {"lower-case protocol", "GET / http/1.1\r\nHost: a\r\n\r\n", 505},
    {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"space in target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 505},
    {"space after version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 505},
    {"relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"star with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"method with a colon", "GE:T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"strange expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", 417},
    {"TLS hello", "\x16\x03\x01\x02\n", 400},
};

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
    for (const std::string_view bytes :
         {"5\nhello\r\n0\r\n\r\n", "x\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n",
          "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n",
          "0x5\r\nhello\r\n0\r\n\r\n", "5 5\r\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n",
          "5;a\nb=c\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff1\r\nhello\r\n",
          "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n", "5\r\nhello\r\n0\r\nX : 1\r\n\r\n",
          "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
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
