"""Calls with an Idempotency-Key against the real server, killed at any moment: under one key there is one
deed, an answer that was told is told again for ever, and what nobody knows is said to be unknown."""
import json
import random
import threading
import time
import uuid

from filrouge import Server

LIVES = 4
SENDERS = 4
DEEDS = "/api/v1/boards"


class Call:
    def __init__(self, name):
        self.key, self.name = str(uuid.uuid4()), name
        self.told = None  # the first answer's body

    def send(self, server):
        body = json.dumps({"name": self.name, "tiles": []})
        status, headers, reply = server.ask("POST", DEEDS, body, {
            "Authorization": "Bearer " + server.token, "Content-Type": "application/json",
            "Idempotency-Key": self.key})
        if status == 201:
            assert self.told in (None, reply), f"{self.told!r}, and then {reply!r}"
            assert self.told is None or headers["Idempotency-Replayed"] == "true"
            self.told = reply
        return status, reply


class Sender(threading.Thread):
    """Makes boards, each with a repeat now and then, until the server is gone."""
    def __init__(self, server, name, seed):
        super().__init__()
        self.server, self.label, self.random, self.calls = server, name, random.Random(seed), []

    def run(self):
        for n in range(10_000):
            call = self.random.choice(self.calls) if self.calls and self.random.random() < 0.4 else None
            if call is None:
                call = Call(f"{self.label} {n}")
                self.calls.append(call)
            status, reply = call.send(self.server)
            if status == 0:
                return  # killed
            assert status == 201, f"{status} {reply!r}"


def names(server):
    return [board["name"] for board in server.api("/boards")["boards"]]


def told_again(server, calls):
    unknown = 0
    for call in calls:
        before = call.told
        status, reply = call.send(server)
        if status == 409:
            assert before is None, f"an answer that was told is lost: {reply!r}"
            assert json.loads(reply)["code"] == "idempotency.outcome_unknown", reply
            unknown += 1
        else:
            assert status == 201, f"{status} {reply!r}"
    return unknown


def main():
    chance = random.Random(7)
    calls, unknown = [], 0
    with Server() as server:
        for life in range(LIVES):
            senders = [Sender(server, f"{life}-{n}", 10 * life + n) for n in range(SENDERS)]
            for sender in senders:
                sender.start()
            while sum(len(sender.calls) for sender in senders) < 40:
                assert server.process.poll() is None
                time.sleep(0.01)
            time.sleep(chance.random() * 0.05)
            server.kill()
            for sender in senders:
                sender.join()
                calls += sender.calls
            server.start()
            unknown = told_again(server, calls)
            made = names(server)
            assert len(made) == len(set(made)), "a deed was done twice"
            for call in calls:
                assert call.told is None or call.name in made, "what was told is not there"
        assert told_again(server, calls) == unknown, "what is unknown stays so"
        print(f"{len(calls)} calls, {LIVES} kills, {unknown} of unknown outcome, none twice")


main()
