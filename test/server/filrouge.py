"""A Filrouge of one's own: the real program on a data folder that is thrown away."""
import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

START_SECONDS_MAX = 120  # of a sanitized build on a busy machine


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def event(user, **fields):
    """One that may be kept: nothing is, without consent."""
    consent = {"consent": {"categoryPreferences": {"measurement": True}}}
    return dict({"type": "track", "userId": user, "event": "e", "context": consent}, **fields)


class Server:
    """`data` is a folder of the caller's; without it there is one that goes with the server."""
    def __init__(self, settings="", environment=None, program=None, data=None):
        self.binary = program or os.environ["FILROUGE"]
        self.under = []  # a command that runs the server, such as strace
        self.folder = tempfile.mkdtemp(prefix="filrouge-")
        self.data = data or os.path.join(self.folder, "data")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = dict(os.environ, **(environment or {}))
        os.makedirs(self.data)
        if settings:
            with open(os.path.join(self.data, "filrouge.toml"), "w", encoding="utf-8") as file:
                file.write(settings)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        code = self.process.poll()
        if code is None:
            self.kill()
        if error[0] is not None:
            print(self.output()[-4000:])
            if code is not None:
                print(f"the server had ended by itself, with {code}")
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        with open(os.path.join(self.folder, "output"), "ab") as output:
            self.process = subprocess.Popen(
                self.under + [self.binary, "serve", "--data", self.data, "--port", str(self.port)],
                stdout=output, stderr=output, env=self.environment, start_new_session=True)
        end = time.monotonic() + START_SECONDS_MAX
        while self.get("/readyz")[0] != 200:
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("the server does not get ready:\n" + self.output())
            time.sleep(0.05)
        with open(os.path.join(self.data, "secrets/cli-token"), encoding="ascii") as file:
            self.token = file.read().strip()
        self.key = self.api("/sources")["sources"][0]["write_key"]

    def output(self):
        with open(os.path.join(self.folder, "output"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def log_lines(self):
        """The diagnostic lines; every one that begins with a brace must be JSON."""
        return [json.loads(line) for line in self.output().splitlines() if line.startswith("{")]

    def ask(self, method, path, body=None, headers=None):
        """(status, headers, body); status 0 when there was no answer."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, reply.headers, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""

    def get(self, path):
        return self.ask("GET", path)

    def api(self, path, body=None, method=None):
        status, _, reply = self.ask(method or ("GET" if body is None else "POST"), "/api/v1" + path, body,
                                    {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
        if status not in (200, 201):
            raise AssertionError(f"{path}: {status} {reply[:500]!r}")
        return json.loads(reply)

    def basic(self):
        return "Basic " + base64.b64encode((self.key + ":").encode()).decode()

    def track(self, path, event, **headers):
        return self.ask("POST", path, event, dict(headers, Authorization=self.basic()))

    def metrics(self):
        text = self.get("/metrics")[2].decode()
        return {name: float(value) for name, value in re.findall(r"^([a-z_]+(?:\{.*\})?) (\S+)$", text, re.M)}

    def memory_bytes(self, what="VmRSS"):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(what + r":\s+(\d+)", file.read())[1]) * 1024

    def wait_until_folded(self):
        while True:
            figures = self.metrics()
            if figures.get("filrouge_fold_behind_records") == 0 and figures.get("filrouge_events_in_flight") == 0:
                return
            time.sleep(0.05)

    def terminate(self, seconds_max=60):
        """SIGTERM; answers the exit code and how long it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=seconds_max)
        return code, time.monotonic() - begun

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)  # with whoever it runs under
        self.process.wait()
