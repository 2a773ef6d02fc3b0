"""Bodies that are made to hurt, against the real server: each gets the answer it should have, none
costs the server memory, and it serves the next one."""
import gzip
import json
import zlib

from filrouge import Server

ATTACK_MIB_MAX = 4         # that the largest resident size may grow by
SANITIZED_MIB_MAX = 64     # the sanitizer keeps what was freed for a while
MIB = 2**20
# Each of two threads keeps a parser with room for the largest body, and the first event fills tables.
WARM_LAPS, LAPS = 4, 6


def bomb(plain_bytes, level=9):
    """gzip of that many blanks, about a thousandth of them."""
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    blanks = b" " * MIB
    packed = b"".join(packer.compress(blanks) for _ in range(plain_bytes // MIB))
    return packed + packer.flush()


def with_properties(properties):
    return '{"userId":"u","event":"e","properties":' + properties + "}"


GZIP = {"Content-Encoding": "gzip"}
ATTACKS = [
    ("a gzip bomb of 1 GiB", bomb(1024 * MIB), GZIP, {413}),
    ("a gzip bomb of 2 MiB", bomb(2 * MIB), GZIP, {413}),
    ("a bomb inside a bomb", gzip.compress(bomb(512 * MIB)), GZIP, {400, 413}),
    ("a thousand empty gzip members", gzip.compress(b"") * 1000, GZIP, {400}),
    ("gzip cut short", gzip.compress(b"x" * 1000)[:40], GZIP, {400}),
    ("gzip with a wrong checksum", gzip.compress(b"{}")[:-8] + b"\0" * 8, GZIP, {400}),
    ("not gzip", b"{}", GZIP, {400}),
    ("gzip twice named", gzip.compress(b"{}"), {"Content-Encoding": "gzip, gzip"}, {415}),
    ("an unknown coding", b"{}", {"Content-Encoding": "br"}, {415}),
    ("a body past its limit", b" " * (MIB + 1), {}, {413}),
    ("a million brackets", b"[" * (MIB - 10), {}, {400}),
    ("depth that is closed again", with_properties("[" * 5000 + "]" * 5000).encode(), {}, {200}),
    ("an event past its limit", with_properties('"' + "x" * 40_000 + '"').encode(), {}, {200}),
    ("a million commas", b"[" + b"," * (MIB - 10) + b"]", {}, {400}),
    ("a number of a million digits", with_properties("9" * (MIB - 100)).encode(), {}, {200, 400}),
    ("a key twice", with_properties('{"a":1,"a":2}').encode(), {}, {200}),
    ("broken UTF-8", with_properties('"').encode()[:-1] + b'\xff"}', {}, {400}),
    ("many small events", ('{"batch":[' + "{}," * 340_000 + "{}]}").encode(), {}, {400, 413}),
    ("200,000 members", with_properties("{" + ",".join(f'"{n:x}":0' for n in range(80_000)) + "}").encode(), {}, {200, 400}),
]


def main():
    with Server(environment={"ASAN_OPTIONS": "quarantine_size_mb=8"}) as server:
        with open(server.binary, "rb") as file:
            sanitized = b"__asan_init" in file.read()
        allowed = (SANITIZED_MIB_MAX if sanitized else ATTACK_MIB_MAX) * MIB
        received = server.metrics()["filrouge_events_received_total"]
        for lap in range(LAPS):
            for name, body, headers, expected in ATTACKS:
                before = server.memory_bytes("VmHWM")
                path = "/v1/batch" if b'"batch"' in body else "/v1/track"
                status = server.track(path, body, **headers)[0]
                grown = server.memory_bytes("VmHWM") - before
                # Some clients hear of a refusal only by the connection's end.
                assert status in expected or (status == 0 and 413 in expected), f"{name}: {status}"
                assert lap < WARM_LAPS or grown <= allowed, f"{name}: {grown / MIB:.1f} MiB"
                assert server.process.poll() is None, name
                print(f"{name:32} {status}  {grown / MIB:5.1f} MiB")
        assert server.track("/v1/track", {"userId": "u", "event": "e"})[0] == 200
        server.wait_until_folded()
        figures = server.metrics()
        parts = sum(value for name, value in figures.items()
                    if name.startswith(("filrouge_events_stored", "filrouge_events_dedup", "filrouge_events_not_kept",
                                        "filrouge_events_quarantined")))
        assert figures["filrouge_events_received_total"] == parts > received, json.dumps(figures, indent=1)
        code, _ = server.terminate()
        assert code == 0, code


main()
