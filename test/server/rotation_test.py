"""The master key is rotated under a server at work: nobody who sends or asks meets an error, the former
key opens nothing afterwards, and what a kill in between leaves is opened by the next start."""
import glob
import http.client
import json
import os
import secrets
import subprocess
import threading

from filrouge import Server, event

SENDERS = 4
ROTATIONS = 12
DAMAGED = 4  # the exit code


def put_next(server, key, mode=0o600):
    path = os.path.join(server.data, "secrets/master-key.next")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="ascii") as file:
        file.write(key + "\n")
    os.chmod(path, mode)
    return path


def in_use(server):
    with open(os.path.join(server.data, "secrets/master-key"), encoding="ascii") as file:
        return file.read().strip()


def command(server, *words, environment=None):
    return subprocess.run([server.binary, *words, "--data", server.data], capture_output=True, text=True,
                          env=dict(os.environ, **(environment or {})), check=False)


class Caller(threading.Thread):
    """One request after the other on one connection until it is told to stop; what was not 200 is kept."""
    def __init__(self, server, number):
        super().__init__()
        self.server, self.number = server, number
        self.acknowledged, self.errors, self.going = [], [], True

    def request(self, line, n):
        if self.number == 0:  # one asks, the others send, each event of somebody new
            line.request("GET", "/api/v1/stats", headers={"Authorization": "Bearer " + self.server.token})
            return None
        sent = event(f"u{self.number}-{n}", messageId=f"{self.number}-{n}")
        line.request("POST", "/v1/track", json.dumps(sent), {"Authorization": self.server.basic()})
        return sent

    def run(self):
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        n = 0
        while self.going:
            n += 1
            try:
                sent = self.request(line, n)
                reply = line.getresponse()
                reply.read()
            except (OSError, http.client.HTTPException) as error:
                self.errors.append(repr(error))
                return
            if reply.status != 200:
                self.errors.append(reply.status)
            elif sent:
                self.acknowledged.append(sent)


def under_load(server):
    callers = [Caller(server, n) for n in range(SENDERS + 1)]
    for caller in callers:
        caller.start()
    keys = [in_use(server)]
    for n in range(ROTATIONS):
        while sum(len(caller.acknowledged) for caller in callers) < 30 * (n + 1):
            assert server.process.poll() is None
        keys.append(secrets.token_hex(32))
        put_next(server, keys[-1])
        if n % 2:
            ran = command(server, "keys", "rotate")
            assert ran.returncode == 0, ran
            assert "backup keys" in ran.stdout, ran
        else:
            assert server.api("/keys/rotation", {}) == {"rotated": True, "in": "file"}
        assert in_use(server) == keys[-1]
    for caller in callers:
        caller.going = False
    for caller in callers:
        caller.join()
        assert not caller.errors, caller.errors[:5]
    return [sent for caller in callers for sent in caller.acknowledged], keys


def all_there(server, acknowledged):
    before = server.metrics()["filrouge_events_deduplicated_total"]
    for at in range(0, len(acknowledged), 500):
        assert server.track("/v1/batch", {"batch": acknowledged[at:at + 500]})[0] == 200
    again = server.metrics()["filrouge_events_deduplicated_total"] - before
    assert again == len(acknowledged), f"{len(acknowledged) - again} of {len(acknowledged)} are lost"


def does_not_start(server, environment=None):
    ran = command(server, "serve", "--port", "0", environment=environment)
    assert ran.returncode == DAMAGED, ran
    assert "was made under another master key" in ran.stderr, ran.stderr


def tells_no_key(server, keys):
    said = server.output()
    files = [path for path in glob.glob(server.data + "/**", recursive=True) if os.path.isfile(path)]
    for key in keys:
        assert key not in said, "a key stands in the log"
        holding = [path for path in files if key.encode() in open(path, "rb").read()]
        assert holding == ([server.data + "/secrets/master-key"] if key == keys[-1] else []), holding
    told = [line for line in server.log_lines() if line["event"] == "master key rotated"]
    assert len(told) >= ROTATIONS, told
    rows = [row for row in server.api("/audit?limit=100")["entries"] if "/keys/rotation" in row["route"]]
    assert len(rows) >= ROTATIONS, rows


def refused(server):
    def code(body=None):
        reply = server.ask("POST", "/api/v1/keys/rotation", body or {}, {"Authorization": "Bearer " + server.token})
        assert reply[0] == 422, reply
        assert server.data.encode() not in reply[2], reply
        return json.loads(reply[2])["code"]
    assert code() == "master_key.no_next"
    path = put_next(server, secrets.token_hex(32), 0o640)
    assert code() == "master_key.open_to_others"
    put_next(server, "no key")
    assert code() == "master_key.not_a_key"
    put_next(server, in_use(server))
    assert code() == "master_key.same"
    os.remove(path)


def files_of_a_rotation_that_was_cut_off(server):
    """The rename of the key's file had not come to the disk; the folder is under the next key already."""
    server.terminate()
    key = in_use(server)
    os.rename(server.data + "/secrets/master-key", server.data + "/secrets/master-key.rotating")
    with open(server.data + "/secrets/master-key", "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    os.chmod(server.data + "/secrets/master-key", 0o600)
    server.start()
    assert in_use(server) == key
    assert [line["state"] for line in server.log_lines() if line["event"] == "next master key"] == ["taken over"]


def of_an_environment(server, acknowledged):
    server.terminate()
    former, key = in_use(server), secrets.token_hex(32)
    os.remove(server.data + "/secrets/master-key")
    server.environment["FILROUGE_MASTER_KEY"] = former
    server.start()
    path = server.data + "/secrets/master-key.rotating"
    put_next(server, key)
    assert server.api("/keys/rotation", {})["in"] == "environment"
    assert not os.path.exists(server.data + "/secrets/master-key.next")
    server.kill()
    server.start()  # with the former one still
    assert os.path.exists(path)
    server.terminate()
    server.environment["FILROUGE_MASTER_KEY"] = key
    server.start()
    assert not os.path.exists(path)
    all_there(server, acknowledged)
    server.terminate()
    does_not_start(server, {"FILROUGE_MASTER_KEY": former})


def main():
    with Server() as server:
        refused(server)
        acknowledged, keys = under_load(server)
        tells_no_key(server, keys)
        server.kill()
        server.start()
        all_there(server, acknowledged)
        server.terminate()
        ran = command(server, "keys", "rotate")  # without a server
        assert ran.returncode == 1 and "no next master key" in ran.stderr, ran
        put_next(server, secrets.token_hex(32))
        assert command(server, "keys", "rotate").returncode == 0
        last = in_use(server)
        for former in keys[-2:]:
            with open(server.data + "/secrets/master-key", "w", encoding="ascii") as file:
                file.write(former)
            does_not_start(server)
        with open(server.data + "/secrets/master-key", "w", encoding="ascii") as file:
            file.write(last)
        server.start()
        files_of_a_rotation_that_was_cut_off(server)
        of_an_environment(server, acknowledged)
    print(f"{ROTATIONS} rotations under {len(acknowledged)} events, no error, none lost")


main()
