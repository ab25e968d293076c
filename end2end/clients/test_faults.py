"""What a server needs goes away and comes back: it says so meanwhile, and goes on by itself afterwards."""

import os
import resource
import socket
import time
import unittest

from api import Api, Cable, Database
from atelier import Browser, Refused, Server
from test_kill import PICTURE


class Faults(unittest.TestCase):
    def start(self, *settings: str, **prepared) -> None:
        self.server = Server(os.environ["ATELIER"], *settings, **prepared)
        self.addCleanup(self.server.stop)
        self.token = self.server.add_person("ada")
        self.api = Api(self.server.url, "ada", self.token)
        self.addCleanup(self.api.close)
        self.api.make_app()
        self.api.add_text("notes")

    def unavailable(self, status: int, answer: dict) -> None:
        """That this is refused for now, and why."""
        self.assertEqual(status, 503, answer)
        self.assertTrue(answer["status"]["description"], answer)

    def comes_back(self, ask, seconds: float = 30) -> None:
        """Asks until it is answered, without a restart."""
        end = time.monotonic() + seconds
        while True:
            try:
                return ask()
            except AssertionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def ready(self) -> int:
        return self.api.call("GET", "/readyz")[0]

    def test_the_database_goes_and_comes_back(self):
        cable = Cable(Database().url)
        self.start("--database", cable.url)
        browser = Browser(self.server.url)
        browser.sign_in("ada@example.org")
        following = browser.follow("ada/street-signs")
        self.api.annotate("before", "notes")
        following.hear("data")
        for time_gone in (0, 8):
            cable.cut()
            time.sleep(time_gone)
            self.unavailable(*self.api.call("GET", "inputs"))
            text = {"id": "x", "data": {"text": {"raw": "x"}}}
            self.unavailable(*self.api.call("POST", "inputs", {"inputs": [text]}))
            with self.assertRaises(Refused) as caught:
                browser.post("apps/list")
            self.assertEqual(caught.exception.status, 503)
            self.assertEqual(self.ready(), 503)
            self.assertEqual(self.api.call("GET", "/healthz")[0], 200)
            cable.mend()
            self.comes_back(lambda: self.api.done("GET", "inputs"))
            self.api.annotate(f"after-{time_gone}", "notes")
            self.assertEqual(self.ready(), 200)
        # Other servers are heard again.
        following = browser.follow("ada/street-signs")
        beside = Server(self.server.program, *self.server.arguments, beside=self.server)
        self.addCleanup(beside.stop)
        there = Api(beside.url, "ada", self.token)
        self.addCleanup(there.close)
        time.sleep(2)
        there.annotate("heard", "notes")
        following.hear("data")

    def test_the_database_does_not_answer_and_answers_again(self):
        cable = Cable(Database().url)
        self.start("--database", cable.url)
        cable.hold()
        began = time.monotonic()
        self.unavailable(*self.api.call("GET", "inputs"))
        self.assertLess(time.monotonic() - began, 30)
        cable.let_go()
        self.comes_back(lambda: self.api.done("GET", "inputs"))

    def test_the_folder_of_objects_goes_and_comes_back(self):
        self.start()
        self.api.add_picture("crossing", PICTURE)
        picture = "/pictures/ada/street-signs/crossing/original"
        objects, away = self.server.data / "objects", self.server.data / "away"
        objects.rename(away)
        # In its place is something in which nothing can be kept.
        objects.write_text("no folder")
        more = {"id": "more", "data": {"image": {"base64": PICTURE}}}
        self.unavailable(*self.api.call("POST", "inputs", {"inputs": [more]}))
        self.assertEqual(self.api.call("GET", picture)[0], 503)
        self.assertEqual([each["id"] for each in self.api.listed("inputs")], ["crossing", "notes"])
        objects.unlink()
        away.rename(objects)
        self.assertEqual(self.api.call("GET", picture)[0], 200)
        self.api.add_picture("more", PICTURE)

    def test_the_disk_fills_up_and_has_room_again(self):
        # Python lets its children outgrow a limit without being ended, unless it restores how signals are taken.
        self.start(restore_signals=False)
        limit = lambda most: resource.prlimit(  # noqa: E731
            self.server.process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY)
        )
        written = []
        largest = max(file.stat().st_size for file in self.server.data.glob("atelier.db*"))
        limit(largest + 40_000)
        refused = 0
        for number in range(400):
            body = {"inputs": [{"id": f"text-{number}", "data": {"text": {"raw": "long " * 2_000}}}]}
            status, answer = self.api.call("POST", "inputs", body)
            if answer["status"]["code"] == 10000:
                written.append(f"text-{number}")
            else:
                self.assertEqual(status, 503, answer)
                refused += 1
                # What is there is still read.
                self.api.done("GET", "inputs/notes")
            if refused == 5:
                break
        self.assertEqual(refused, 5, "the disk was full")
        limit(resource.RLIM_INFINITY)
        self.api.annotate("at-last", "notes")
        kept = {each["id"] for each in self.api.listed("inputs")}
        self.assertEqual(kept, {"notes", *written})

    def test_half_open_connections_and_slow_clients_keep_nobody_waiting(self):
        self.start()
        host, port = self.server.url.removeprefix("http://").split(":")
        head = b"POST /v2/users/ada/apps/street-signs/inputs HTTP/1.1\r\nhost: a\r\ncontent-length: 90000\r\n"
        waiting = []
        for number in range(300):
            client = socket.create_connection((host, int(port)))
            self.addCleanup(client.close)
            # One says nothing, one is in the middle of its head, one in the middle of its body.
            client.sendall((b"", head, head + f"authorization: Key {self.token}\r\n\r\n{{".encode())[number % 3])
            waiting.append(client)
        began = time.monotonic()
        for number in range(20):
            self.api.annotate(f"meanwhile-{number}", "notes")
        self.assertLess(time.monotonic() - began, 10)


if __name__ == "__main__":
    unittest.main()
