"""What no request fails by is a warning in the diagnostic log and a figure: a damaged snapshot."""
import glob
import os

from filrouge import Server, event


def flip_a_bit(path):
    with open(path, "r+b") as file:
        at = os.path.getsize(path) // 2
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def main():
    with Server() as server:
        assert server.track("/v1/track", event("u1", messageId="m1"))[0] == 200
        assert server.metrics()["filrouge_snapshots_damaged"] == 0
        server.terminate()  # leaves a snapshot
        damaged = sorted(glob.glob(os.path.join(server.data, "state/fold/*.frs")))[-1]
        flip_a_bit(damaged)
        server.start()
        told = [line for line in server.log_lines() if line["event"] == "snapshot skipped"]
        assert len(told) == 1, told
        assert told[0]["level"] == "warning" and told[0]["code"] == "snapshot.broken", told
        assert damaged in told[0]["why"], told
        server.wait_until_folded()
        figures = server.metrics()
        assert figures["filrouge_snapshots_damaged"] == 1, figures
        assert figures["filrouge_persons"] == 1, "the log has everything"
    print("one damaged snapshot, named and not needed")


main()
