#include "os/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

#include "os/http_listener.h"
#include "os/private_address.h"

namespace filrouge::os {
namespace {

struct Site : HttpHandler {
    std::unique_ptr<HttpResponse> refuse(const HttpRequest&, const Arrival&) override {
        return nullptr;
    }
    bool goes_first(const HttpRequest&) override { return false; }
    void handle(HttpRequest request, Responder responder) override {
        HttpResponse response;
        if (request.path == "/moved") {
            response.status = 302;
            response.headers = {{"Location", "/elsewhere"}};
        } else if (request.path == "/long") {
            response.body.assign(200'000, 'x');
        } else if (request.path == "/never") {
            held = std::move(responder);
            return;
        } else if (request.path == "/stream") {
            responder->start_stream({});
            responder->write("one ");
            responder->write("two");
            responder->end_stream();
            return;
        } else {
            response.body =
                request.method + " " + std::string(request.header("x-key")) + " " + request.body;
        }
        responder->reply(std::move(response));
    }
    Responder held;
};

HttpCall get(const std::string& url) {
    HttpCall call;
    call.method = "GET";
    call.url = url;
    return call;
}

struct World {
    Site site;
    std::unique_ptr<Listener> listener =
        std::move(make_http_listener(site, "127.0.0.1", 0, 1, {})).value();
    std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(listener->port()) + path;
    }
};

TEST(HttpClient, SendsWhatItIsGiven) {
    World world;
    const auto client = make_http_client({.private_addresses = true});
    HttpCall call;
    call.url = world.url("/a");
    call.headers = {{"X-Key", "k"}};
    call.body = "hello";
    auto reply = client->call(call);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.value().status, 200);
    EXPECT_EQ(reply.value().body, "POST k hello");
    call.method = "DELETE";
    call.body.clear();
    reply = client->call(call);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.value().body, "DELETE k ");
    call.method = "GET";
    EXPECT_EQ(client->call(call).value().body, "GET k ");
    call.headers = {{"X-Key", "a\r\nX-Other: b"}};
    EXPECT_FALSE(client->call(call).ok());
}

TEST(HttpClient, RedirectsAreAnswersAndLongOnesAreCut) {
    World world;
    const auto client = make_http_client({.private_addresses = true});
    EXPECT_EQ(client->call(get(world.url("/moved"))).value().status, 302);
    const auto cut = client->call(get(world.url("/long")));
    ASSERT_TRUE(cut.ok());
    EXPECT_EQ(cut.value().body.size(), 64u * 1024);
    const auto strict = make_http_client({.private_addresses = true, .cut_long_replies = false})
                            ->call(get(world.url("/long")));
    ASSERT_FALSE(strict.ok());
    EXPECT_EQ(strict.error().code, "http_client.reply_too_large");
}

TEST(HttpClient, NobodyWaitsForEver) {
    World world;
    const auto client = make_http_client({.private_addresses = true});
    HttpCall call = get(world.url("/never"));
    call.timeout = milliseconds(200);
    const auto reply = client->call(call);
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().code, "http_client.timeout");
    world.listener->stop(0);  // joins the thread that wrote `held`
    world.site.held.reset();
}

TEST(HttpClient, AStreamIsHandedOnAsItComes) {
    World world;
    std::string got;
    const auto status = read_stream(world.url("/stream"), {}, [&](std::string_view piece) {
        got += piece;
        return true;
    });
    ASSERT_TRUE(status.ok());
    EXPECT_EQ(status.value(), 200);
    EXPECT_EQ(got, "one two");
}

TEST(HttpClient, OtherPeoplesRequestsDoNotReachThePrivateNetwork) {
    World world;
    const auto client = make_http_client({});
    const std::string port = std::to_string(world.listener->port());
    for (const char* host :
         {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0",
          "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"}) {
        const auto reply = client->call(get("http://" + std::string(host) + ":" + port));
        EXPECT_FALSE(reply.ok()) << host;
    }
    for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1:1/", "ftp://127.0.0.1/"}) {
        EXPECT_FALSE(client->call(get(url)).ok()) << url;
    }
    const auto told = client->call(get(world.url("/a")));
    ASSERT_FALSE(told.ok());
    EXPECT_EQ(told.error().code, "http_client.private_address");
}

bool is_private(const char* text) {
    sockaddr_storage storage{};
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    if (::inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
    } else {
        EXPECT_EQ(::inet_pton(AF_INET6, text, &v6->sin6_addr), 1) << text;
        v6->sin6_family = AF_INET6;
    }
    return is_private_address(*reinterpret_cast<const sockaddr*>(&storage));
}

TEST(HttpClient, PrivateAddressesAreKnown) {
    for (const char* text : {"0.0.0.0",
                             "10.1.2.3",
                             "100.64.0.1",
                             "127.255.255.255",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::7f00:1",
                             "2002:7f00:1::1",
                             "2001:0:1::1",
                             "2001:db8::1"}) {
        EXPECT_TRUE(is_private(text)) << text;
    }
    for (const char* text : {"1.1.1.1", "9.255.255.255", "100.128.0.1", "172.32.0.1", "192.167.1.1",
                             "198.20.0.1", "223.255.255.255", "2606:4700::1111", "::ffff:1.1.1.1",
                             "64:ff9b::101:101", "2002:101:101::1"}) {
        EXPECT_FALSE(is_private(text)) << text;
    }
}

}  // namespace
}  // namespace filrouge::os
