#!/usr/bin/env python3
"""Fills a data folder with a record of every kind, through the doors of a real server, for
test/golden:  test/golden/fill.py PROGRAM FOLDER

A folder of a released version is never changed: a later version gets another one. The rest of what
it takes is said in src/engine/golden_folder_test.cc.
"""
import glob
import http.client
import http.server
import os
import shutil
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../server"))
from filrouge import Server  # noqa: E402

SETTINGS = """
[server]
private_webhooks = true
"""
ALLOWS = {"consent": {"categoryPreferences": {"measurement": True, "marketing.email": True, "personalisation": True}}}
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
WORDS = {"texts": {"en": "We may look at what you tell us.", "fr": "Nous pouvons le lire."}}
OFFER = {
    "id": "tastes", "purpose": "measurement", "title": {"en": "Tastes", "fr": "Goûts"},
    "benefit": {"en": "A coffee", "fr": "Un café"}, "code": "CAFE", "from": "2020-01-01T00:00:00Z",
    "to": "2090-01-01T00:00:00Z", "on_taking_back": "taken_back",
    "asks": [{"name": "colour", "type": "text", "required": True, "label": {"en": "Colour", "fr": "Couleur"}}]}


def days_ago(days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86400 * days))


class Shop(Server):
    ids = 0

    def tell(self, name, door="track", **fields):
        Shop.ids += 1
        event = dict({"type": "track", "event": name, "messageId": f"m{Shop.ids}", "context": ALLOWS}, **fields)
        status, _, body = self.track("/v1/" + door, {"batch": [event]} if door == "import" else event, **BROWSER)
        assert status == 200, (status, body)

    def profile(self, user):
        self.wait_until_folded()
        return self.api("/profiles/find", {"type": "user_id", "value": user})["id"]

    def form(self, path, fields, cookie=""):
        """What a browser's form sends; answers the cookie it got, if any. Redirections are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", path, urllib.parse.urlencode(fields), {
            "Content-Type": "application/x-www-form-urlencoded", "Origin": self.url, "Cookie": cookie})
        reply = connection.getresponse()
        assert reply.status == 303, (path, reply.status, reply.read())
        return reply.headers.get("Set-Cookie", "").split(";")[0]


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def people(shop):
    """u0 to u9 look, buy every few weeks for a year, have traits and a device."""
    for user in range(14):
        who = {"userId": f"u{user}", "anonymousId": f"device-{user}"}
        shop.tell("", "identify", type="identify", traits={
            "first_name": f"Name{user}", "last_name": "Martin", "city": "Lille", "email": f"u{user}@example.test"}, **who)
        for week in range(4 + user):
            shop.tell("Order Completed", "import", timestamp=days_ago(7 * (50 - 3 * week)), properties={
                "order_id": f"o-{user}-{week}", "revenue": 20 + user, "currency": "EUR",
                "products": [{"product_id": f"p{week % 3}", "category": "cups", "price": 20 + user, "quantity": 1}]}, **who)
        shop.tell("Product Viewed", properties={"product_id": "p1", "category": "cups", "price": 12.5}, **who)
    shop.tell("Product Viewed", userId="nobody-asked", context={})  # without consent: counted, not kept
    shop.tell("Consent Updated", userId="u2", properties={"purposes": {"measurement": False}})
    status, _, _ = shop.track("/v1/track", {"type": "track", "event": "Product Viewed", "messageId": "m1",
                                            "userId": "u3", "context": ALLOWS}, **BROWSER)  # another body: quarantine
    assert status == 200
    for user in ("u4", "u3"):
        shop.tell("Thing Bound", userId=user, properties={"thing_type": "trolley", "thing_id": "T-7"})
    shop.wait_until_folded()


def settings(shop):
    shop.api("/sources", {"name": "Till", "id": "till", "channel": "store"})
    shop.api("/audiences", {"id": "viewers", "name": "Viewers", "purpose": "measurement", "rule": "any(Product Viewed)"})
    shop.api("/audiences", {"id": "going", "name": "Going", "purpose": "measurement", "rule": "any(Order Completed)"})
    shop.api("/audiences/going?confirm=true", method="DELETE")
    receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    shop.api("/webhooks", {"url": f"http://127.0.0.1:{receiver.server_port}/hook", "audience": ""})
    shop.api("/rates", {"from": "USD", "to": "EUR", "rate": "0.9", "valid_from": "2020-01-01"})
    shop.api("/purposes/measurement/wordings", WORDS)
    shop.api("/tokens", {"name": "till-token", "role": "staff"})
    shop.api("/accounts", {"name": "camille", "role": "marketer", "password": "a-long-pass-phrase-7"})
    status, headers, body = shop.ask("POST", "/api/v1/session", {"name": "camille", "password": "a-long-pass-phrase-7"},
                                     {"Content-Type": "application/json", "Origin": shop.url})
    assert status in (200, 201), (status, body)
    cookie = headers["Set-Cookie"].split(";")[0]
    status, _, body = shop.ask("POST", "/api/v1/boards", {"name": "Mine", "tiles": []}, {
        "Content-Type": "application/json", "Origin": shop.url, "Cookie": cookie})
    assert status in (200, 201), (status, body)
    shop.api("/identity/rules", {"people_max": 30, "types": [{"type": "phone", "per_person_max": 4}], "reason": "test"})


def rights(shop):
    u = [shop.profile(f"u{n}") for n in range(14)]
    evidence = {"how": "a letter"}
    shop.api("/consents", {"type": "user_id", "value": "u5", "purposes": {"marketing.email": True}, "evidence": evidence})
    shop.api("/suppressions", {"list": "stop", "channel": "sms", "addresses": ["+33612345678"]})
    shop.api("/rights/requests", {"kind": "access", "profile": u[5]})
    shop.api(f"/profiles/{u[6]}/restriction", {"action": "restrict", "reason": "contests"})
    shop.api(f"/profiles/{u[7]}/objection", {"profiling": True, "evidence": evidence})
    shop.api(f"/profiles/{u[8]}/corrections", {"trait": "city", "value": "Paris", "reason": "moved"})
    shop.api(f"/profiles/{u[5]}/notes", {"text": "Likes blue."})
    shop.api("/tasks", {"profile": u[5], "what": "Call back"})
    ids = {i["type"]: i["id"] for i in shop.api(f"/profiles/{u[9]}/graph?purpose=measurement")["nodes"]}
    shop.api("/identity/decisions", {"action": "withdraw", "a": ids["user_id"], "b": ids["anonymous_id"], "reason": "test"})
    shop.api("/offers", OFFER)
    link = shop.api("/me/links", {"profile": u[5]})
    cookie = shop.form("/me/sign-in", {"link": link["path"].rsplit("=")[-1]})
    shop.form("/me/offers", {"offer": "tastes", "wording": "1", "language": "en", "answer.colour": "red"}, cookie)
    shop.form("/me/offers/take-back", {"offer": "tastes", "line": "colour"}, cookie)
    shop.api(f"/profiles/{shop.profile('u0')}/erase?confirm=true", {})
    shop.api("/rights/retention/sweep?confirm=true", {})


def models(shop):
    shop.api("/models/value", {"purpose": "measurement", "purchase": "Order Completed", "currency": "EUR"})
    # People whom guest orders know once more, and one mistake in a name.
    for n in range(12):
        for copy in "ab":
            who = {"userId": f"g{n}"} if copy == "a" else {"anonymousId": f"guest-{n}"}
            shop.tell("", "identify", type="identify", **who, traits={
                "first_name": f"{'ABCDEFGHIJKL'[n]}lbert", "last_name": f"Durand{'uvwxyzuvwxyz'[n]}{n}" + ("e" if n == 3 and copy == "b" else ""),
                "city": f"Town{n % 5}", "postal_code": f"690{n:02}"})
    shop.wait_until_folded()
    shop.api("/matching/runs", {"purpose": "measurement", "write": "all", "one_to_one": True, "precision": 0.5, "review": 0.1, "seed": 1, "fields": [
        {"trait": "first_name", "kind": "given_name"}, {"trait": "last_name", "kind": "surname"},
        {"trait": "city", "kind": "town"}, {"trait": "postal_code", "kind": "postcode"}]})
    item = shop.api("/quarantine")["events"][0]["sequence"]
    shop.api(f"/quarantine/{item}", method="DELETE")


def main():
    program, folder = sys.argv[1:]
    with Shop(SETTINGS, program=program) as shop:
        for step in (people, settings, rights, models):
            print(step.__name__, flush=True)
            step(shop)
        shop.terminate()
        shop.start()  # what is written at an end and at a start
        shop.terminate()
        shutil.copytree(shop.data, folder, ignore=shutil.ignore_patterns("state", "lock"))
    # The zeros that were written ahead are not kept: `padded` says how long such a file was.
    with open(os.path.join(folder, "padded"), "w", encoding="ascii") as padded:
        for path in sorted(glob.glob(os.path.join(folder, "*/*.fr[kl]"))):
            size = os.path.getsize(path)
            with open(path, "r+b") as file:
                used = len(file.read().rstrip(b"\0"))
                if size - used > 4096:
                    file.truncate(used)
                    padded.write(f"{os.path.relpath(path, folder)} {size}\n")



if __name__ == "__main__":
    main()
