"""Who remembers what a server has answered, and a disk that things can happen to. Python 3.

The senders write what was answered with 200 to a file of their own and sync it: the oracle of whoever breaks
the server (tools/crash).
"""
import http.client
import json
import os
import subprocess
import threading
import time

from filrouge import event

SENDERS = 8
BATCH = 20
REFUSED_SECONDS = 0.1  # before the next try
IMAGE_BYTES = 1 << 30


class Failed(AssertionError):
    pass


class Sender(threading.Thread):
    """One request after the other, single events and batches by turns, until there is no answer."""
    def __init__(self, client, name):
        super().__init__()
        self.client, self.name = client, name
        self.unacknowledged = []

    def run(self):
        server = self.client.server
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Authorization": server.basic()}
        n = 0
        while not self.client.over:
            size = BATCH if n % 2 else 1
            ids = [f"{self.name}-{n + i}" for i in range(size)]
            n += size
            begun = time.monotonic()
            try:
                line.request("POST", "/v1/batch", json.dumps({"batch": [made(i) for i in ids]}), headers)
                reply = line.getresponse()
                reply.read()
            except (OSError, http.client.HTTPException):
                self.unacknowledged.append(ids)
                return
            if reply.status == 200:
                self.client.note(ids, time.monotonic() - begun)
            else:
                self.unacknowledged.append(ids)
                time.sleep(REFUSED_SECONDS)
            if reply.will_close:
                line.close()


def made(message_id):
    return event("user-" + message_id[-3:], messageId=message_id)


class Client:
    """Sends, remembers on its own disk what was answered, and asks for it again."""
    def __init__(self, server, folder):
        self.server = server
        self.path = os.path.join(folder, "acknowledged")
        self.file = open(self.path, "w", encoding="ascii")
        self.lock = threading.Lock()
        self.senders, self.lives, self.sent, self.checked = [], 0, 0, 0
        self.over, self.slowest_seconds = False, 0
        self.latest = 0  # when the last 200 was read, by the clock of the machine

    def note(self, ids, seconds):
        with self.lock:
            self.slowest_seconds = max(self.slowest_seconds, seconds)
            self.latest = time.time()
            self.file.write("".join(i + "\n" for i in ids))
            self.file.flush()
            os.fsync(self.file.fileno())

    def begin(self):
        self.over = False
        self.lives += 1
        self.senders = [Sender(self, f"{self.lives}-{n}") for n in range(SENDERS)]
        for sender in self.senders:
            sender.start()

    def end(self):
        """Of the senders, where the server goes on."""
        self.over = True
        self.join()

    def join(self):
        for sender in self.senders:
            sender.join()

    def send_again(self, ids):
        """How many of them the server had."""
        before = self.server.metrics().get("filrouge_events_deduplicated_total", 0)
        status = self.server.track("/v1/batch", {"batch": [made(i) for i in ids]})[0]
        if status != 200:
            raise Failed(f"a batch after the start was answered with {status}")
        return int(self.server.metrics()["filrouge_events_deduplicated_total"] - before)

    def verify(self):
        with open(self.path, encoding="ascii") as file:
            acknowledged = file.read().split()[self.checked:]
        self.checked += len(acknowledged)
        for at in range(0, len(acknowledged), 500):
            part = acknowledged[at:at + 500]
            if (there := self.send_again(part)) != len(part):
                raise Failed(f"{len(part) - there} of {len(part)} acknowledged events are lost")
        whole = 0
        unacknowledged = [ids for sender in self.senders for ids in sender.unacknowledged]
        for ids in unacknowledged:
            there = self.send_again(ids)
            if there not in (0, len(ids)):
                raise Failed(f"{there} of the {len(ids)} events of a batch are there")
            whole += there == len(ids)
        self.sent += len(acknowledged) + sum(len(ids) for ids in unacknowledged)
        self.server.wait_until_folded()
        stored = self.server.api("/stats")["events"]["stored"]
        if stored != self.sent:
            raise Failed(f"{stored} events are stored, {self.sent} were sent")
        return f"{len(acknowledged)} acknowledged, none lost or doubled; of {len(unacknowledged)} other requests {whole} are there whole"


class Image:
    """A disk whose power can be cut: an ext4 file system in a file."""
    def __init__(self, folder):
        self.folder, self.mount_point = folder, os.path.join(folder, "disk")
        self.number = 0
        os.makedirs(self.mount_point)
        with open(self.path(), "wb") as file:
            file.truncate(IMAGE_BYTES)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.path()], check=True)

    def path(self):
        return os.path.join(self.folder, f"image-{self.number}")

    def mount(self):
        """What was in the way, or None."""
        done = subprocess.run(["mount", "-o", "loop", self.path(), self.mount_point], capture_output=True, text=True)
        return done.stderr.strip() if done.returncode != 0 else None

    def unmount(self):
        subprocess.run(["umount", self.mount_point], check=True)

    def copy_as_it_is(self):
        """Everything a sync has brought to the image, and nothing that still waits for one."""
        before = self.path()
        self.number += 1
        subprocess.run(["cp", "--sparse=always", before, self.path()], check=True)
        return before
