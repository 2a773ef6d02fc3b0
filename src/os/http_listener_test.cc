#include "os/http_listener.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>

#include "os/http_socket.h"
#include "os/listener_for_test.h"

namespace filrouge::os {
namespace {

using namespace std::chrono_literals;

TEST(HttpListener, OneConnectionServesManyRequests) {
    World world;
    Client client(world.listener->port());
    for (int i = 0; i < 3; ++i) {
        client.send(post("/v1/t", "event " + std::to_string(i)));
        const std::string got = client.read_until("event " + std::to_string(i));
        EXPECT_EQ(got.rfind("HTTP/1.1 200 OK\r\n", 0), 0u);
        EXPECT_NE(got.find("\r\nDate: "), std::string::npos);
    }
}

TEST(HttpListener, PipelinedRequestsAreAnsweredInOrder) {
    World world;
    Client client(world.listener->port());
    client.send(post("/a", "1") + post("/b", "2") + post("/hold", "3") + post("/c", "4"));
    EXPECT_NE(client.read_until("POST /b 2").find("POST /a 1"), std::string::npos);
    auto held = world.echo.wait_for(1);
    ASSERT_EQ(held.size(), 1u);
    EXPECT_EQ(world.echo.handled, 3) << "one request is in flight at a time";
    held[0]->reply({.status = 200, .headers = {}, .body = "held"});
    const std::string got = client.read_until("POST /c 4");
    EXPECT_LT(got.find("held"), got.find("POST /c 4"));
}

TEST(HttpListener, BodiesOfEverySizeArriveWhole) {
    World world;
    Client client(world.listener->port());
    for (const std::size_t size :
         {0u, 1u, 16'000u, 16'384u, 47'000u, 65'536u, 524'288u, 1'048'576u}) {
        std::string body(size, 'x');
        for (std::size_t i = 0; i < size; i += 7) body[i] = static_cast<char>('a' + i % 26);
        client.send(post("/v1/batch", body + ""));
        const std::string got = client.read_until("POST /v1/batch " + body);
        EXPECT_NE(got.find("POST /v1/batch " + body), std::string::npos) << size;
    }
}

TEST(HttpListener, ABodyMayArriveByteByByte) {
    World world;
    Client client(world.listener->port());
    const std::string request = post("/slow", "0123456789");
    for (const char c : request) {
        client.send({&c, 1});
        std::this_thread::sleep_for(200us);
    }
    EXPECT_NE(client.read_until("0123456789").find("POST /slow 0123456789"), std::string::npos);
}

TEST(HttpListener, ChunkedBodiesAreAccepted) {
    World world;
    Client client(world.listener->port());
    client.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    std::this_thread::sleep_for(5ms);
    client.send("2\r\nde\r\n0\r\n\r\n" + post("/next", "f"));
    const std::string got = client.read_until("POST /next f");
    EXPECT_NE(got.find("POST /c abcde"), std::string::npos);
    EXPECT_NE(got.find("POST /next f"), std::string::npos);
}

TEST(HttpListener, BrokenFramingIs400AndTheEnd) {
    World world;
    EXPECT_EQ(
        world.once("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")
            .rfind("HTTP/1.1 400", 0),
        0u);
    EXPECT_EQ(world.once("GET / HTTP/1.1\nHost: a\n\n").rfind("HTTP/1.1 400", 0), 0u);
    EXPECT_EQ(world.once("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
                  .rfind("HTTP/1.1 400", 0),
              0u);
    const std::string smuggled = world.once(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(smuggled.rfind("HTTP/1.1 400", 0), 0u);
    EXPECT_NE(smuggled.find("Connection: close"), std::string::npos);
    EXPECT_EQ(world.echo.handled, 0);
}

TEST(HttpListener, TooMuchIsRefusedBeforeItIsRead) {
    World world;
    EXPECT_EQ(world.once("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n")
                  .rfind("HTTP/1.1 413", 0),
              0u);
    EXPECT_EQ(world.once("GET / HTTP/1.1\r\nX: " + std::string(9000, 'y')).rfind("HTTP/1.1 431", 0),
              0u);
    EXPECT_EQ(
        world.once("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n")
            .rfind("HTTP/1.1 413", 0),
        0u);
    EXPECT_EQ(world.echo.handled, 0);
}

TEST(HttpListener, AChunkedBodyIsCutOffWhereItsRouteEnds) {
    World world;
    const auto chunked = [&](const std::string& path, std::string_view bytes) {
        return world.once("POST " + path +
                          " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n" +
                          std::string(bytes));
    };
    const std::string most = "1f4\r\n" + std::string(500, 'x') + "\r\n";
    EXPECT_EQ(chunked("/small", most + most + "1\r\n").rfind("HTTP/1.1 413", 0), 0u);
    EXPECT_EQ(world.echo.handled, 0);
    EXPECT_EQ(chunked("/small", most + most + "0\r\n\r\n").rfind("HTTP/1.1 200", 0), 0u);
    EXPECT_EQ(chunked("/other", most + most + most + "0\r\n\r\n").rfind("HTTP/1.1 200", 0), 0u);
}

// Many connections that each send a part of a large body must not hold more than there is.
TEST(HttpListener, BodiesOfAllConnectionsTogetherHaveABound) {
    World world({.bodies_bytes_max = 300'000});
    const std::string body(250'000, 'x');
    const std::string request = post("/a", body);
    Client first(world.listener->port()), second(world.listener->port());
    first.send(std::string_view(request).substr(0, 200'000));
    std::string refused;
    while (refused.empty()) {  // as soon as the first one's bytes are there
        Client client(world.listener->port());
        client.send(request);
        const std::string got = client.read_until("\r\n\r\n");
        if (got.starts_with("HTTP/1.1 503")) refused = got;
    }
    EXPECT_NE(refused.find("Retry-After: 1"), std::string::npos);
    Client withdrawal(world.listener->port());
    withdrawal.send(post("/first", body));
    EXPECT_NE(withdrawal.read_until(body).find("200 OK"), std::string::npos) << "has its own room";
    Client chunked(world.listener->port());
    chunked.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n" +
                 std::string(200'000, 'x'));
    EXPECT_EQ(chunked.read_until("\r\n\r\n").rfind("HTTP/1.1 503", 0), 0u);
    first.send(std::string_view(request).substr(200'000));
    EXPECT_NE(first.read_until(body).find("200 OK"), std::string::npos);
    second.send(request);
    EXPECT_NE(second.read_until(body).find("200 OK"), std::string::npos) << "room was given back";
}

// The room is for those who may be answered: a body that was refused is thrown away as it comes.
TEST(HttpListener, TheBodyOfWhoIsRefusedTakesNoRoom) {
    World world({.bodies_bytes_max = 300'000, .first_bodies_bytes_max = 0});
    const std::string body(250'000, 'x');
    const std::string refused = post("/busy", body);
    std::vector<std::unique_ptr<Client>> strangers;
    for (int i = 0; i < 4; ++i) {
        strangers.push_back(std::make_unique<Client>(world.listener->port()));
        strangers.back()->send(std::string_view(refused).substr(0, 200'000));
        EXPECT_EQ(strangers.back()->read_until("\r\n\r\n").rfind("HTTP/1.1 503", 0), 0u);
    }
    Client known(world.listener->port());
    known.send(post("/a", body));
    EXPECT_NE(known.read_until(body).find("200 OK"), std::string::npos);
}

TEST(HttpListener, ARefusedBodyThatDoesNotComeHasItsAnswerAndGetsNoOther) {
    World world({.header_seconds_max = 1, .body_bytes_per_second_min = 100});
    const std::string got =
        world.once("POST /busy HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\nab");
    EXPECT_EQ(got.rfind("HTTP/1.1 503", 0), 0u);
    EXPECT_EQ(got.find("HTTP/1.1", 1), std::string::npos) << got;
}

TEST(HttpListener, ARefusalComesBeforeTheBodyAndKeepsTheConnection) {
    World world;
    Client client(world.listener->port());
    client.send("POST /busy HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
    EXPECT_NE(client.read_until("\r\n\r\n").find("503 Service Unavailable\r\nRetry-After: 1"),
              std::string::npos);
    client.send("12345" + post("/after", "x"));
    EXPECT_NE(client.read_until("POST /after x").find("POST /after x"), std::string::npos);
    EXPECT_EQ(world.echo.handled, 1);
}

TEST(HttpListener, ExpectContinueIsAnswered) {
    World world;
    Client client(world.listener->port());
    client.send("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    EXPECT_NE(client.read_until("POST /e ok").find("POST /e ok"), std::string::npos);
    Client refused(world.listener->port());
    refused.send(
        "POST /busy HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(refused.read_all().rfind("HTTP/1.1 503", 0), 0u);
}

TEST(HttpListener, HeadHasNoBodyAndHttp10Closes) {
    World world;
    const std::string head = world.once("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: 8\r\n"), std::string::npos);
    EXPECT_EQ(head.substr(head.size() - 4), "\r\n\r\n");
    EXPECT_NE(world.once("GET /x HTTP/1.0\r\n\r\n").find("GET /x "), std::string::npos);
}

TEST(HttpListener, SlowHeadsAndBodiesAreCutOff) {
    World world({.header_seconds_max = 1, .idle_seconds_max = 2, .body_bytes_per_second_min = 100});
    Client head(world.listener->port());
    Client body(world.listener->port());
    Client idle(world.listener->port());
    head.send("GET / HTTP/1.1\r\nHos");
    body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\nab");
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(head.read_all().rfind("HTTP/1.1 408", 0), 0u);
    EXPECT_EQ(body.read_all().rfind("HTTP/1.1 408", 0), 0u);
    EXPECT_EQ(idle.read_all(), "");
    EXPECT_TRUE(head.closed() && body.closed() && idle.closed());
    EXPECT_LT(std::chrono::steady_clock::now() - start, 4s);
}

TEST(HttpListener, WhoHasSentHalfABodyAtOnceMayNotRestOnIt) {
    World world({.header_seconds_max = 1, .body_bytes_per_second_min = 100});
    Client body(world.listener->port()), chunks(world.listener->port());
    const std::string half(5'000, 'x');  // 50 s at the minimum rate
    body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n" + half);
    chunks.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + half);
    EXPECT_EQ(body.read_all().rfind("HTTP/1.1 408", 0), 0u);
    EXPECT_EQ(chunks.read_all().rfind("HTTP/1.1 408", 0), 0u);
}

TEST(HttpListener, ABodyThatKeepsComingIsWaitedFor) {
    constexpr int kParts = 12;  // longer than two stretches in all
    World world({.header_seconds_max = 1, .body_bytes_per_second_min = 20});
    Client client(world.listener->port());
    client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1200\r\n\r\n");
    for (int i = 0; i < kParts; ++i) {
        std::this_thread::sleep_for(250ms);
        client.send(std::string(100, 'x'));
    }
    EXPECT_EQ(client.read_until("POST /slow xxx").rfind("HTTP/1.1 200", 0), 0u);
}

TEST(HttpListener, AnUnansweredRequestIs500) {
    World world;
    EXPECT_EQ(world.once(post("/drop", "x")).rfind("HTTP/1.1 500", 0), 0u);
}

TEST(HttpListener, RepliesMayComeFromAnyThread) {
    constexpr int kClients = 50;
    World world({}, 2);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < kClients; ++i) {
        clients.push_back(std::make_unique<Client>(world.listener->port()));
        clients.back()->send(post("/hold", "x"));
    }
    auto held = world.echo.wait_for(kClients);
    ASSERT_EQ(held.size(), std::size_t{kClients});
    std::thread other([&] {
        for (auto& responder : held)
            responder->reply({.status = 200, .headers = {}, .body = "later"});
        held.clear();
    });
    for (auto& client : clients)
        EXPECT_NE(client->read_until("later").find("later"), std::string::npos);
    other.join();
}

// One I/O thread is busy with an event while others arrive, and after all of them a probe.
TEST(HttpListener, WhoGoesFirstWaitsForNoTurnButTheOneThatRuns) {
    constexpr std::size_t kEvents = 40;
    World world;
    std::promise<void> all_sent;
    std::vector<std::string> order;  // of the I/O thread
    std::vector<Duration> waited;
    world.echo.before_handling =
        [&, sent = all_sent.get_future().share()](const HttpRequest& request) {
            order.push_back(request.path + request.body);
            waited.push_back(request.waited);
            if (request.path != "/event") return;
            sent.wait();
            std::this_thread::sleep_for(2ms);  // more than turns may take at once
        };
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i <= kEvents; ++i) {
        clients.push_back(std::make_unique<Client>(world.listener->port()));
        clients.back()->send(post("/first", ""));
        clients.back()->read_until("/first ");
    }
    order.clear();
    waited.clear();
    for (std::size_t i = 0; i < kEvents; ++i) clients[i]->send(post("/event", std::to_string(i)));
    clients[kEvents]->send(post("/first", ""));
    all_sent.set_value();
    for (auto& client : clients) EXPECT_NE(client->read_until("200 OK"), "");
    ASSERT_EQ(order.size(), kEvents + 1);
    const auto probe = std::find(order.begin(), order.end(), "/first") - order.begin();
    EXPECT_LE(probe, 3) << "the event that ran, and those whose turn came before it was read";
    EXPECT_GT(waited.back().us, milliseconds(2).us) << "while others had their turn";
}

TEST(HttpListener, WhoseTurnComesTooLateIsRefusedAndKeepsItsConnection) {
    World world;
    world.echo.turn_wait_ms_max = 50;
    std::promise<void> both_sent;
    std::atomic<bool> waits = false;
    world.echo.before_handling = [&, sent = both_sent.get_future().share()](const HttpRequest& r) {
        waits = r.body == "wait";
        if (waits) sent.wait();
        if (r.path == "/slow") std::this_thread::sleep_for(150ms);
    };
    Client busy(world.listener->port()), slow(world.listener->port()), late(world.listener->port());
    for (Client* client : {&busy, &slow, &late}) {
        client->send(post("/first", "in"));
        client->read_until("/first in");
    }
    busy.send(post("/first", "wait"));
    while (!waits) std::this_thread::sleep_for(1ms);
    slow.send(post("/slow", "x"));  // read together with the next, in this order
    late.send(post("/late", "x"));
    both_sent.set_value();
    EXPECT_NE(slow.read_until("/slow x").find("200 OK"), std::string::npos);
    const std::string refused = late.read_until("\r\n\r\n");
    EXPECT_EQ(refused.rfind("HTTP/1.1 503", 0), 0u) << refused;
    late.send(post("/first", "again"));
    EXPECT_NE(late.read_until("/first again").find("200 OK"), std::string::npos);
}

TEST(HttpListener, AStreamArrivesChunkByChunkAndEnds) {
    World world;
    Client client(world.listener->port());
    client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    auto held = world.echo.wait_for(1);
    ASSERT_EQ(held.size(), 1u);
    held[0]->start_stream(
        {.status = 200, .headers = {{"Content-Type", "text/event-stream"}}, .body = ""});
    EXPECT_TRUE(held[0]->write("data: 1\n\n"));
    EXPECT_NE(client.read_until("9\r\ndata: 1\n\n\r\n").find("Transfer-Encoding: chunked"),
              std::string::npos);
    EXPECT_TRUE(held[0]->write("data: 2\n\n"));
    EXPECT_EQ(client.read_until("data: 2\n\n\r\n"), "9\r\ndata: 2\n\n\r\n");
    held[0]->end_stream();
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "0\r\n\r\n");
    EXPECT_FALSE(held[0]->write("late"));
    held.clear();
    client.send(post("/after", "x"));
    EXPECT_NE(client.read_until("POST /after x").find("POST /after x"), std::string::npos);
}

TEST(HttpListener, AStreamLearnsThatItsClientLeft) {
    World world;
    auto client = std::make_unique<Client>(world.listener->port());
    client->send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    auto held = world.echo.wait_for(1);
    ASSERT_EQ(held.size(), 1u);
    held[0]->start_stream({});
    client->read_until("\r\n\r\n");
    client.reset();
    bool written = true;
    for (int i = 0; i < 500 && written; ++i) {
        written = held[0]->write(":\n\n");
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_FALSE(written);
}

TEST(HttpListener, AStreamWhoseClientDoesNotReadIsBounded) {
    World world;
    Client client(world.listener->port());
    const int small = 4096;
    ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    auto held = world.echo.wait_for(1);
    ASSERT_EQ(held.size(), 1u);
    held[0]->start_stream({});
    const std::string chunk(64 * 1024, 'x');
    std::size_t written = 0;
    while (written < 64u << 20 && held[0]->write(chunk)) written += chunk.size();
    EXPECT_GT(written, 512u << 10);
    EXPECT_LT(written, 64u << 20);
    EXPECT_FALSE(held[0]->write(chunk));
}

TEST(HttpListener, TooManyConnectionsAreToldSo) {
    World world({.connections_max = 2});
    Client first(world.listener->port());
    Client second(world.listener->port());
    first.send(post("/a", "1"));
    second.send(post("/a", "2"));
    EXPECT_NE(first.read_until("/a 1").find("200"), std::string::npos);
    EXPECT_NE(second.read_until("/a 2").find("200"), std::string::npos);
    Client third(world.listener->port());
    EXPECT_EQ(third.read_all().rfind("HTTP/1.1 503", 0), 0u);
}

TEST(HttpListener, AnAddressThatHoldsManyConnectionsIsToldSoUntilItLetsOneGo) {
    World world({.connections_per_private_address_max = 2});
    auto first = std::make_unique<Client>(world.listener->port());
    Client second(world.listener->port());
    first->send(post("/a", "1"));
    second.send(post("/a", "2"));
    EXPECT_NE(first->read_until("/a 1").find("200"), std::string::npos);
    EXPECT_NE(second.read_until("/a 2").find("200"), std::string::npos);
    EXPECT_EQ(Client(world.listener->port()).read_all().rfind("HTTP/1.1 503", 0), 0u);
    first.reset();
    for (int tries = 0; tries < 500; ++tries) {
        Client third(world.listener->port());
        third.send(post("/a", "3"));
        if (third.read_until("/a 3").find("200") != std::string::npos) return;
        std::this_thread::sleep_for(10ms);
    }
    FAIL() << "its seat was never given back";
}

TEST(HttpListener, StopLetsRequestsInProgressFinish) {
    World world;
    Client busy(world.listener->port());
    Client idle(world.listener->port());
    idle.send(post("/a", "1"));
    idle.read_until("/a 1");
    busy.send(post("/hold", "x"));
    auto held = world.echo.wait_for(1);
    ASSERT_EQ(held.size(), 1u);
    std::thread stopper([&] { world.listener->stop(5'000); });
    EXPECT_EQ(idle.read_all(), "");
    held[0]->reply({.status = 200, .headers = {}, .body = "finished"});
    const std::string got = busy.read_all();
    EXPECT_NE(got.find("finished"), std::string::npos);
    EXPECT_NE(got.find("Connection: close"), std::string::npos);
    stopper.join();
}

TEST(HttpListener, ALateReplyAfterStopIsDropped) {
    Responder late;
    {
        World world;
        Client client(world.listener->port());
        client.send(post("/hold", "x"));
        auto held = world.echo.wait_for(1);
        ASSERT_EQ(held.size(), 1u);
        late = held[0];
        world.listener->stop(0);
        EXPECT_EQ(client.read_all(), "");
    }
    late->reply({});
}

// A key and a certificate for "localhost", made for this test run.
struct Certificate {
    Certificate() {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
        X509_set_pubkey(certificate, key);
        X509_NAME* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_sign(certificate, key, EVP_sha256());
        write(files.key, [&](FILE* to) {
            PEM_write_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
        });
        write(files.certificate, [&](FILE* to) { PEM_write_X509(to, certificate); });
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Certificate() {
        std::remove(files.key.c_str());
        std::remove(files.certificate.c_str());
    }
    template <class Put>
    static void write(const std::string& path, Put put) {
        FILE* to = std::fopen(path.c_str(), "w");
        ASSERT_NE(to, nullptr);
        put(to);
        std::fclose(to);
    }
    TlsFiles files{"tls-" + std::to_string(::getpid()) + ".crt",
                   "tls-" + std::to_string(::getpid()) + ".key"};
};

TEST(HttpListener, TlsCarriesTheSameRequests) {
    const Certificate certificate;
    Echo echo;
    auto listener = make_http_listener(echo, "127.0.0.1", 0, 1, {}, certificate.files);
    ASSERT_TRUE(listener.ok()) << listener.error().message;
    Client plain(listener.value()->port());
    plain.send(post("/plain", "x"));
    EXPECT_EQ(plain.read_all().find("HTTP/1.1"), std::string::npos);

    Client client(listener.value()->port());
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL* tls = SSL_new(context);
    SSL_set_fd(tls, client.fd());
    ASSERT_EQ(SSL_connect(tls), 1);
    std::string body(300'000, 'x');
    for (int round = 0; round < 3; ++round) {
        body[0] = static_cast<char>('a' + round);
        const std::string request = post("/tls", body);
        ASSERT_EQ(SSL_write(tls, request.data(), static_cast<int>(request.size())),
                  static_cast<int>(request.size()));
        std::string got;
        char buffer[20'000];
        while (got.find(body) == std::string::npos) {
            const int n = SSL_read(tls, buffer, sizeof buffer);
            ASSERT_GT(n, 0) << got.size();
            got.append(buffer, static_cast<std::size_t>(n));
        }
        EXPECT_EQ(got.rfind("HTTP/1.1 200 OK", 0), 0u);
    }
    SSL_free(tls);
    SSL_CTX_free(context);

    const auto no_key = make_http_listener(echo, "127.0.0.1", 0, 1, {},
                                           TlsFiles{certificate.files.certificate, "none.key"});
    ASSERT_FALSE(no_key.ok());
    EXPECT_EQ(no_key.error().code, "tls.bad_key");
}

TEST(HttpListener, TheSocketOfSystemdIsTakenOver) {
    const auto before = listening_socket("127.0.0.1", 0);
    ASSERT_TRUE(before.ok());
    const std::uint16_t port = port_of(before.value());
    // systemd passes its socket as descriptor 3, to the process that it names.
    const int held = ::dup(before.value());  // systemd keeps its own
    const int saved = before.value() == 3 ? -1 : ::dup(3);
    if (before.value() != 3) {
        ASSERT_EQ(::dup2(before.value(), 3), 3);
        ::close(before.value());
    }
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", "1", 1);
    Client early(port);  // connects before anybody accepts
    EXPECT_TRUE(early.connected());
    {
        Echo echo;
        auto listener = make_http_listener(echo, "127.0.0.1", 1, 1, {});
        ASSERT_TRUE(listener.ok());
        EXPECT_EQ(listener.value()->port(), port);
        early.send(post("/early", "x"));
        EXPECT_NE(early.read_until("/early x").find("200 OK"), std::string::npos);
    }
    EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr);
    Client later(port);  // nobody is refused between two servers
    EXPECT_TRUE(later.connected());
    if (saved >= 0) {
        ::dup2(saved, 3);
        ::close(saved);
    }
    ::close(held);
}

TEST(HttpListener, APortThatIsTakenIsAnError) {
    World world;
    Echo echo;
    const auto second = make_http_listener(echo, "127.0.0.1", world.listener->port(), 1, {});
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, "listen.address_in_use");
    const auto bad = make_http_listener(echo, "shop.example", 0, 1, {});
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error().code, "listen.bad_address");
}

}  // namespace
}  // namespace filrouge::os
