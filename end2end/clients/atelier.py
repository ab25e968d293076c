"""A running server for tests, and people who use it in the browser."""

import json
import queue
import re
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from email import message_from_bytes
from email.policy import default
from http.cookiejar import CookieJar
from pathlib import Path

DEMO = Path(__file__).parents[2] / "crates/server/demo"
PASSWORD = "nine calm herons wade at dawn"


class Server:
    """The program under test, over an empty data folder and on a port of its own."""

    def __init__(
        self,
        program: str,
        *arguments: str,
        restored_from: Path | None = None,
        beside: "Server | None" = None,
        **prepared,
    ):
        self.program = program
        self.folder = beside.folder if beside else tempfile.TemporaryDirectory()
        self.data = Path(self.folder.name)
        self.arguments = arguments
        self.listen = "127.0.0.1:0"
        if restored_from:
            command = [program, "restore", str(restored_from), "--data", str(self.data), *arguments]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        self.start(**prepared)

    def start(self, **prepared) -> None:
        """Starts it, again if it ran before: then where it was reached. `prepared` is for `subprocess.Popen`."""
        command = [self.program, "serve", "--listen", self.listen, "--data", str(self.data), *self.arguments]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **prepared
        )
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise RuntimeError("the server ended before it listened")
        self.url = "http://" + line.split("http://", 1)[1].strip()
        self.listen = self.url.removeprefix("http://")

    def restart(self) -> None:
        """Has it end by itself, and starts it again."""
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.start()

    def kill(self) -> None:
        """Ends it as a machine that loses its power does."""
        self.process.kill()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.folder.cleanup()

    def add_person(self, name: str) -> str:
        """Makes an account with a verified address, and answers its token."""
        command = ["user", "add", "--id", name, "--email", f"{name}@example.org", "--password-stdin"]
        done = subprocess.run(
            [self.program, *command, "--verified", "--json", "--data", str(self.data), *self.arguments],
            input=PASSWORD,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)["pat"]

    def mails(self) -> list:
        """What is in the outbox."""
        return [message_from_bytes(file.read_bytes(), policy=default) for file in self.data.glob("outbox/*.eml")]

    def mailed(self, address: str, wanted: str, seconds: float = 20) -> str:
        """What the expression `wanted` finds in the mail to `address`, which may still be on its way."""
        end = time.monotonic() + seconds
        while True:
            texts = [mail.get_content() for mail in self.mails() if mail["to"] == address]
            # Whatever follows shows that the file was written so far.
            found = [match for match in (re.search(rf"{wanted}\s", text) for text in texts) if match]
            if found:
                return found[0][1]
            if time.monotonic() > end:
                raise AssertionError(f"no mail to {address} has {wanted!r}: {texts}")
            time.sleep(0.1)


class Refused(Exception):
    """That a page's server refused something."""

    def __init__(self, status: int, body: str):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Browser:
    """Somebody who uses the pages' forms, without showing them."""

    def __init__(self, url: str):
        self.url = url
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), NoRedirects)

    def cookies(self) -> str:
        """What it shows of itself."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def open(self, path: str, body: bytes | None = None, timeout: float = 30, **headers: str):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, body, {"sec-fetch-site": "same-origin", **headers})
        try:
            return self.opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, error.read().decode()) from None

    def post(self, function: str, **fields):
        """Calls a server function as its form does."""
        body = urllib.parse.urlencode(list(flat(fields))).encode()
        with self.open(f"/api/{function}", body, accept="application/json") as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def page(self, path: str) -> str:
        with self.open(path, accept="text/html") as answer:
            return answer.read().decode()

    def upload(self, app: str, files: list[Path]) -> list[str]:
        """Sends files as the page of the inputs does; answers what the inputs are called."""
        border = uuid.uuid4().hex
        head = '--{}\r\ncontent-disposition: form-data; name="file"; filename="{}"\r\n\r\n'
        parts = [head.format(border, file.name).encode() + file.read_bytes() + b"\r\n" for file in files]
        body = b"".join(parts) + f"--{border}--\r\n".encode()
        kind = f"multipart/form-data; boundary={border}"
        with self.open(f"/upload/{app}", body, accept="application/json", content_type=kind) as answer:
            return json.load(answer)["added"]

    def sign_up(self, name: str, email: str) -> None:
        self.post("identity/sign-up", name=name, email=email, password=PASSWORD)

    def verify(self, server: Server, email: str) -> list[str]:
        """Follows the link that was mailed to `email`; answers which apps were joined by that."""
        token = server.mailed(email, rf"{re.escape(self.url)}/verify/(\S+)")
        return self.post("identity/verify-address", token=token, password=PASSWORD)["joined"]

    def sign_in(self, email: str) -> None:
        self.post("identity/sign-in", email=email, password=PASSWORD)

    def follow(self, app: str) -> "Following":
        return Following(self.open(f"/events?app={app}", timeout=60, accept="text/event-stream"))


class Following:
    """An open page, as far as it is told what others do: the stream of server-sent events."""

    def __init__(self, stream):
        self.events = queue.Queue()
        self.heard = []
        threading.Thread(target=self.read, args=[stream], daemon=True).start()

    def read(self, stream) -> None:
        name = ""
        try:
            for line in stream:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    self.events.put((name, value))
        except OSError:
            pass  # The server ended, and with it the test.

    def hear(self, name: str, seconds: float = 20) -> str:
        """What the next event of that name says."""
        end = time.monotonic() + seconds
        while True:
            try:
                event = self.events.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"an open page was not told `{name}`; it heard {self.heard}") from None
            self.heard.append(event)
            if event[0] == name:
                return event[1]


class NoRedirects(urllib.request.HTTPErrorProcessor):
    """Answers redirections as they are: where a form leads does not matter here."""

    def http_response(self, request, response):
        return response if 300 <= response.status < 400 else super().http_response(request, response)


def flat(fields: dict, within: str = "{}"):
    """The fields of a form, named as forms name those inside others."""
    for name, value in fields.items():
        name = within.format(name)
        if isinstance(value, dict):
            yield from flat(value, name + "[{}]")
        elif isinstance(value, list):
            yield from ((f"{name}[]", each) for each in value)
        else:
            yield name, value
