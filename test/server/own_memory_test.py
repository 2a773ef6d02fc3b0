"""No crash writes the server's memory to a disk, and nobody but root may read it."""
import os

from filrouge import Server


def main():
    with Server() as server:
        pid = server.process.pid
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            core, = [line for line in file if line.startswith("Max core file size")]
        assert core.split()[4:6] == ["0", "0"], core
        # What cannot be dumped is root's in /proc, whoever the server runs as.
        assert os.stat(f"/proc/{pid}/mem").st_uid == 0
        print("no core file, no other reader")


main()
