"""REST by a connection that stays open, as programs use it; and what stands between a server and its database."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import threading
import uuid
from pathlib import Path


class Api:
    """The app `owner/street-signs`, reached with a token over one connection."""

    def __init__(self, url: str, owner: str, token: str, timeout: float = 60):
        self.url, self.owner, self.token, self.timeout = url, owner, token, timeout
        self.connection = None

    def call(self, verb: str, path: str, body: dict | None = None) -> tuple[int, dict]:
        """The status, and the answer. `path` is below the app's, unless it begins with a slash."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=self.timeout)
            self.connection.connect()
        place = path if path.startswith("/") else f"/v2/users/{self.owner}/apps/street-signs/{path}"
        headers = {"authorization": f"Key {self.token}", "content-type": "application/json"}
        try:
            self.connection.request(verb, place, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except Exception:
            self.close()
            raise
        if answer.will_close:
            self.close()
        kind = answer.headers.get("content-type", "")
        return answer.status, json.loads(text) if kind.startswith("application/json") else {"bytes": text}

    def close(self) -> None:
        if self.connection:
            self.connection.close()
            self.connection = None

    def done(self, verb: str, path: str, body: dict | None = None) -> dict:
        """The answer to what is to succeed."""
        status, answer = self.call(verb, path, body)
        if status != 200:
            raise AssertionError(f"{verb} {path}: {status} {answer}")
        return answer

    def make_app(self) -> None:
        self.done("POST", f"/v2/users/{self.owner}/apps", {"apps": [{"id": "street-signs"}]})
        self.done("POST", "concepts", {"concepts": [{"id": "stop"}]})

    def add_text(self, name: str) -> dict:
        return self.done("POST", "inputs", {"inputs": [{"id": name, "data": {"text": {"raw": f"About {name}."}}}]})

    def add_picture(self, name: str, base64: str) -> dict:
        return self.done("POST", "inputs", {"inputs": [{"id": name, "data": {"image": {"base64": base64}}}]})

    def annotate(self, name: str, input_id: str) -> dict:
        said = {"id": name, "input_id": input_id, "data": {"concepts": [{"id": "stop", "value": 1}]}}
        return self.done("POST", "annotations", {"annotations": [said]})

    def invite(self, email: str) -> dict:
        person = {"user": {"email_addresses": [{"email": email}]}, "scopes": ["Inputs_Get"]}
        return self.done("POST", "collaborators", {"collaborators": [person]})

    def listed(self, what: str) -> list[dict]:
        """All of the app's `inputs`, `annotations` or `collaborators`."""
        found, page = [], 1
        while True:
            part = self.done("GET", f"{what}?per_page=500&page={page}").get(what, [])
            found += part
            if len(part) < 500:
                return found
            page += 1


class Database:
    """A fresh database of the PostgreSQL server at `ATELIER_TEST_POSTGRES`."""

    def __init__(self):
        self.server = os.environ["ATELIER_TEST_POSTGRES"]
        self.name = f"clients_{uuid.uuid4().hex}"
        self.ask(f"CREATE DATABASE {self.name}", self.server)
        self.url = self.server.rsplit("/", 1)[0] + f"/{self.name}"

    def ask(self, sql: str, url: str | None = None) -> list[str]:
        """The lines of the answer."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/psql"))
        psql = shutil.which("psql") or str(found[-1])
        command = [psql, url or self.url, "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--command", sql]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.split()


class Cable:
    """What stands between a server and its database: it can be cut, and it can be held so that nothing goes through."""

    def __init__(self, url: str):
        before, place = url.split("@")
        there, name = place.split("/")
        host, port = there.split(":")
        self.there = (host, int(port))
        self.flows = threading.Event()
        self.sockets = []
        self.address = ("127.0.0.1", 0)
        self.mend()
        self.url = f"{before}@127.0.0.1:{self.address[1]}/{name}"

    def mend(self) -> None:
        self.flows.set()
        self.listener = socket.create_server(self.address)
        self.address = self.listener.getsockname()
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def accept(self, listener: socket.socket) -> None:
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            there = socket.create_connection(self.there)
            self.sockets += [here, there]
            for source, target in ((here, there), (there, here)):
                threading.Thread(target=self.carry, args=[source, target], daemon=True).start()

    def carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(65536):
                self.flows.wait()
                target.sendall(piece)
        except OSError:
            pass
        for end in (source, target):
            end.close()

    def cut(self) -> None:
        """Ends all connections and lets none in."""
        # A thread that waits for whoever comes next keeps the address until it is woken.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for each in self.sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It has ended already.
        self.sockets = []

    def hold(self) -> None:
        """Lets nothing through, and ends nothing."""
        self.flows.clear()

    def let_go(self) -> None:
        self.flows.set()
