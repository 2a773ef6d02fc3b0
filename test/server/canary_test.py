"""Names that are planted wherever a caller can put one. None may come out in the diagnostic lines, on
the terminal, in the metrics, in an answer to somebody else, or stand unsealed in the data folder."""
import base64
import http.client
import itertools
import json
import os
import socket

from filrouge import Server

numbers = itertools.count()
planted = []


def canary(form="canary{}x7q@planted.test"):
    """A value that occurs nowhere else."""
    text = form.format(1000 + next(numbers))
    planted.append(text)
    return text


def send_events(server):
    """Every place of every kind of event, good and bad."""
    def body(kind):
        return {"type": kind, "userId": canary(), "anonymousId": canary(), "event": canary("Event {} x7q"), "name": canary(),
                "previousId": canary(), "groupId": canary(), "messageId": canary("message-{}-x7q"),
                "traits": {"email": canary(), "name": canary("Camille Canary{}x7q"), canary("key{}x7q"): canary()},
                "properties": {canary("key{}x7q"): [canary(), {"deep": canary()}], "url": canary()},
                "context": {"ip": f"203.0.113.{next(numbers) % 250}", "userAgent": canary(), "page": {"url": canary(), "title": canary()},
                            "consent": {"categoryPreferences": {"measurement": True, canary("purpose{}x7q"): True}}}}
    headers = {"User-Agent": canary(), "Referer": canary("https://planted.test/{}x7q"), "Cookie": canary("session={}x7q"),
               "AnonymousId": base64.b64encode(canary().encode()).decode(), "X-Forwarded-For": canary()}
    kinds = ["track", "identify", "page", "screen", "group", "alias"]
    for kind in kinds:
        assert server.track("/v1/" + kind, body(kind), **headers)[0] == 200
    assert server.track("/v1/batch", {"batch": [body(kind) for kind in kinds]}, **headers)[0] == 200
    for broken in ({"userId": canary()}, {"type": canary(), "userId": canary()}, {"userId": [canary()], "event": "e"},
                   {"userId": "u", "event": "e", "properties": {"x": canary() + "y" * 40_000}},
                   {"userId": "u", "event": "e", "timestamp": canary()}):
        server.track("/v1/track", broken, **headers)
        server.track("/v1/batch", {"batch": [broken]}, **headers)
    server.track("/v1/track", '{"userId":"' + canary() + '"', **headers)
    server.ask("GET", f"/pixel/v1/track?writeKey={server.key}&event=e&userId={canary('pixel{}x7q')}")
    server.ask("POST", "/v1/webhook?writeKey=" + server.key, {"who": canary()})


def ask_wrongly(server):
    """Paths, queries, credentials and bodies that are refused. The answer to one's own mistake may quote
    nothing either: it is what a page's script logs."""
    admin = {"Authorization": "Bearer " + server.token}
    answers = []
    for method, path, body in (
            ("GET", "/" + canary("path{}x7q"), None), ("GET", "/api/v1/profiles/" + canary("id{}x7q"), None),
            ("GET", "/api/v1/profiles/find?type=email&value=" + canary(), None),
            ("POST", "/api/v1/profiles/find", {"type": "email", "value": canary()}),
            ("POST", "/api/v1/profiles/find", {"type": canary(), "value": canary()}),
            ("POST", "/api/v1/consents", {"type": "email", "value": canary("{}x7q"), "purposes": {"marketing.email": True}}),
            ("POST", "/api/v1/consents", {"type": "email", "value": canary(), "purposes": {canary(): True}}),
            ("POST", "/api/v1/consents", {"type": "email", "value": canary(), "purposes": {"marketing.email": False}}),
            ("GET", "/api/v1/audiences/all/why?profile=" + canary("id{}x7q"), None)):
        answers.append(server.ask(method, path, body, admin)[2])
        must_be_absent(f"the answer of {method} {path}", answers[-1])
    for secret in (canary("wrong-token-{}x7q"), canary("wk_{}x7q")):
        answers.append(server.ask("GET", "/api/v1/stats", None, {"Authorization": "Bearer " + secret})[2])
        answers.append(server.ask("POST", "/v1/track", {"userId": "u", "event": "e"},
                                  {"Authorization": "Basic " + base64.b64encode((secret + ":").encode()).decode()})[2])
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(f"GET /{canary('raw{}x7q')} HTTP/9.9\r\n{canary('Header{}x7q')}: {canary()}\r\n\r\n".encode())
        answers.append(s.recv(4096))
    return b"\n".join(answers)


def every_failure_is_logged():
    """An event that a full disk refuses leaves a line with the id of the answer, and nothing that was sent."""
    with Server("[engine]\nfree_disk_percent_min = 50\nfree_disk_bytes_min = 1_099_511_627_776\n") as server:
        status, headers, _ = server.track("/v1/track", {"userId": canary(), "event": canary()})
        assert status == 507, status
        server.terminate()
        line, = [line for line in server.log_lines() if line["event"] == "request failed"]
        assert line["request_id"] == headers["X-Request-Id"] and len(line["trace_id"]) == 32, line
        assert line["route"] == "/v1/track" and line["status"] == "507", line
        must_be_absent("the output", server.output().encode())


def everything_on_disk(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                yield name, file.read()


def must_be_absent(where, data, exceptions=()):
    for text in planted:
        if text not in exceptions and text.encode() in data:
            raise AssertionError(f"{where} has {text}")


def main():
    every_failure_is_logged()
    with Server() as server:
        send_events(server)
        planted.append(server.api("/webhooks", {"url": "https://crm.planted.test/hook"})["secret"])
        answers = ask_wrongly(server)
        server.wait_until_folded()
        must_be_absent("an answer", answers)
        for path in ("/metrics", "/health", "/healthz", "/readyz", "/version"):
            must_be_absent(path, server.get(path)[2])
        must_be_absent("the stats", json.dumps(server.api("/stats")).encode())
        code, _ = server.terminate()
        assert code == 0, code
        server.start()  # replays what was sent
        server.terminate()
        must_be_absent("the output", server.output().encode())
        for name, data in everything_on_disk(server.data):
            must_be_absent(name, data)
        print(f"{len(planted)} planted, none came out")


main()
