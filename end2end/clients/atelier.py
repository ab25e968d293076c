"""A running server for tests, and people who use it."""

import json
import subprocess
import tempfile
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

PASSWORD = "nine calm herons wade at dawn"


class Server:
    """The program under test, over an empty data folder and on a port of its own."""

    def __init__(self, program: str, *arguments: str):
        self.program = program
        self.folder = tempfile.TemporaryDirectory()
        self.data = Path(self.folder.name)
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--data", str(self.data), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise RuntimeError("the server ended before it listened")
        self.url = "http://" + line.split("http://", 1)[1].strip()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.folder.cleanup()

    def add_person(self, name: str) -> str:
        """Makes an account with a verified address, and answers its token."""
        command = ["user", "add", "--id", name, "--email", f"{name}@example.org", "--password-stdin"]
        done = subprocess.run(
            [self.program, *command, "--verified", "--json", "--data", str(self.data)],
            input=PASSWORD,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)["pat"]


class Browser:
    """Somebody who uses the pages' forms, without showing them."""

    def __init__(self, url: str):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), NoRedirects)

    def post(self, function: str, **fields: str):
        """Calls a server function as its form does."""
        request = urllib.request.Request(
            f"{self.url}/api/{function}",
            data=urllib.parse.urlencode(fields).encode(),
            headers={"accept": "application/json", "sec-fetch-site": "same-origin"},
        )
        with self.opener.open(request, timeout=30) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def sign_in(self, name: str) -> None:
        self.post("identity/sign-in", email=f"{name}@example.org", password=PASSWORD)


class NoRedirects(urllib.request.HTTPErrorProcessor):
    """Answers redirections as they are: where a form leads does not matter here."""

    def http_response(self, request, response):
        return response if 300 <= response.status < 400 else super().http_response(request, response)
