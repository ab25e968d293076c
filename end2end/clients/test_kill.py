"""A server that is killed in the middle of everything: what it acknowledged is there, and nothing is there by half."""

import base64
import contextlib
import os
import random
import sqlite3
import subprocess
import threading
import time
import unittest

from api import Api, Database
from atelier import DEMO, Server

ROUNDS = int(os.environ.get("ATELIER_ROUNDS", "10"))
PICTURE = base64.b64encode(min(DEMO.glob("*.jpg"), key=lambda file: file.stat().st_size).read_bytes()).decode()


class Killed:
    """What holds on both databases."""

    def settings(self) -> list[str]:
        raise NotImplementedError

    def ask(self, sql: str) -> list[str]:
        """What the database has: not everything is shown over REST."""
        raise NotImplementedError

    def setUp(self):
        self.server = Server(os.environ["ATELIER"], *self.settings())
        self.addCleanup(self.server.stop)

    def test_what_was_acknowledged_is_there_and_nothing_by_half(self):
        chance = random.Random(20260101)
        owners, acknowledged = [], 0
        for number in range(ROUNDS):
            owner = f"owner-{number}"
            token = self.server.add_person(owner)
            api = Api(self.server.url, owner, token)
            api.make_app()
            api.add_text("notes")
            api.close()
            work = [Annotating, Annotating, Annotating, Picturing, Picturing, Inviting]
            workers = [kind(Api(self.server.url, owner, token), index) for index, kind in enumerate(work)]
            # From before the first answer to many of them.
            time.sleep(chance.uniform(0.02, 0.8))
            self.server.kill()
            for worker in workers:
                worker.thread.join()
                self.assertEqual(worker.refused, [])
            self.server.start()
            acknowledged += sum(len(worker.done) for worker in workers)
            owners.append((owner, token, workers))
            with self.subTest(round=number):
                self.check(*owners[-1])
        # Nothing of it was lost by what came later, either.
        for each in owners:
            with self.subTest(owner=each[0]):
                self.check(*each)
        self.assertGreater(acknowledged, ROUNDS, "there was something to lose")
        self.check_mails([email for _, _, workers in owners for email in workers[-1].done])
        self.check_audit(acknowledged=sum(len(workers[-1].done) for _, _, workers in owners))

    def check(self, owner: str, token: str, workers: list) -> None:
        api = Api(self.server.url, owner, token)
        inputs = {each["id"]: each for each in api.listed("inputs")}
        annotations = {each["id"]: each for each in api.listed("annotations")}
        done = {kind: [name for each in workers if type(each) is kind for name in each.done] for kind in KINDS}
        self.assertEqual([name for name in done[Annotating] if name not in annotations], [])
        self.assertEqual([name for name in done[Picturing] if name not in inputs], [])
        invited = self.ask("SELECT address FROM grants WHERE state = 'pending'")
        self.assertEqual([email for email in done[Inviting] if email not in invited], [])
        # What was not acknowledged is there as a whole or not at all.
        for name in inputs:
            if name != "notes":
                for size in ("original", "thumbnail"):
                    status, answer = api.call("GET", f"/pictures/{owner}/street-signs/{name}/{size}")
                    self.assertEqual((status, bool(answer.get("bytes"))), (200, True), f"{name}: {size}")
        counts = api.done("GET", "inputs/status")["counts"]
        self.assertEqual(counts["processed"], len(inputs))
        for annotation in annotations.values():
            self.assertEqual([each["id"] for each in annotation["data"]["concepts"]], ["stop"])
            self.assertIn(annotation["input_id"], inputs)
        # It goes on as before.
        api.annotate(f"after-{time.monotonic_ns()}", "notes")
        api.close()

    def check_mails(self, people: list[str]) -> None:
        # One that was taken to be sent when the server was killed is taken again minutes later.
        end = time.monotonic() + 20
        while lost := [each for each in people if each not in self.sent() and each not in self.unsent()]:
            self.assertLess(time.monotonic(), end, f"nobody will write to {lost}")
            time.sleep(0.5)

    def check_audit(self, acknowledged: int) -> None:
        """The audit list is one whole chain, and tells of every invitation."""
        command = [self.server.program, "audit", "verify", "--data", str(self.server.data), *self.server.arguments]
        verified = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        told = self.ask("SELECT subject FROM audit WHERE action = 'collaborator.invited'")
        self.assertGreaterEqual(len(told), acknowledged)

    def sent(self) -> set[str]:
        return {mail["to"] for mail in self.server.mails()}

    def unsent(self) -> list[str]:
        return self.ask("SELECT recipient FROM mails WHERE sent_at IS NULL")


class OnSqlite(Killed, unittest.TestCase):
    def settings(self) -> list[str]:
        return []

    def ask(self, sql: str) -> list[str]:
        with contextlib.closing(sqlite3.connect(self.server.data / "atelier.db")) as database:
            return [row[0] for row in database.execute(sql)]


class OnPostgres(Killed, unittest.TestCase):
    def settings(self) -> list[str]:
        self.database = Database()
        return ["--database", self.database.url]

    def ask(self, sql: str) -> list[str]:
        return self.database.ask(sql)


class Worker:
    """Somebody who does one thing after the other until the server is gone, and knows what was acknowledged."""

    def __init__(self, api: Api, index: int):
        self.api, self.index = api, index
        self.done, self.refused = [], []
        # A test that fails ends without waiting for it.
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        count = 0
        while True:
            count += 1
            name = f"thing-{self.index}-{count}"
            try:
                self.done.append(self.do(name))
            except AssertionError as refused:
                self.refused.append(str(refused))
                break
            except Exception:
                # The server is gone; whether it had done this is not known.
                break
        self.api.close()

    def do(self, name: str) -> str:
        raise NotImplementedError


class Annotating(Worker):
    def do(self, name: str) -> str:
        self.api.annotate(name, "notes")
        return name


class Picturing(Worker):
    def do(self, name: str) -> str:
        self.api.add_picture(name, PICTURE)
        return name


class Inviting(Worker):
    def do(self, name: str) -> str:
        if len(self.done) == 8:
            # Nobody may invite more people in an hour than a person would.
            raise StopIteration
        email = f"{name}-of-{self.api.owner}@example.org"
        self.api.invite(email)
        return email


KINDS = (Annotating, Picturing, Inviting)

if __name__ == "__main__":
    unittest.main()
