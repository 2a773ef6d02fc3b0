"""SIGTERM while events come in: the process ends within its five seconds, and everything that was
answered with 200 is there after the next start."""
import http.client
import json
import threading

from filrouge import Server, event

DRAIN_SECONDS = 5
SENDERS = 8


class Sender(threading.Thread):
    """Sends one event after the other until the server no longer answers."""
    def __init__(self, server, number):
        super().__init__()
        self.server, self.number = server, number
        self.acknowledged = []

    def run(self):
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Authorization": self.server.basic()}
        for n in range(100_000):
            sent = event(f"u{self.number}", messageId=f"{self.number}-{n}")
            try:
                line.request("POST", "/v1/track", json.dumps(sent), headers)
                reply = line.getresponse()
                reply.read()
            except (OSError, http.client.HTTPException):
                return
            if reply.status == 200:
                self.acknowledged.append(sent)
            if reply.will_close:
                line.close()


def main():
    with Server() as server:
        for life in range(3):
            senders = [Sender(server, 100 * life + n) for n in range(SENDERS)]
            for sender in senders:
                sender.start()
            while sum(len(sender.acknowledged) for sender in senders) < 300:
                assert server.process.poll() is None
            code, seconds = server.terminate()
            for sender in senders:
                sender.join()
            assert code == 0, code
            # A machine that is busy elsewhere may stop the process for a while.
            assert seconds < 3 * DRAIN_SECONDS, f"{seconds:.1f} s"
            assert server.log_lines()[-1]["event"] == "stopped"
            server.start()
            before = server.metrics()["filrouge_events_deduplicated_total"]
            acknowledged = [sent for sender in senders for sent in sender.acknowledged]
            status = server.track("/v1/batch", {"batch": acknowledged})[0]
            assert status == 200, status
            again = server.metrics()["filrouge_events_deduplicated_total"] - before
            assert again == len(acknowledged), f"{len(acknowledged) - again} of {len(acknowledged)} are lost"
            print(f"{len(acknowledged)} acknowledged, stopped in {seconds:.2f} s, none lost")


main()
