"""Two servers over one PostgreSQL and one folder of objects: what one does holds at the other at once."""

import collections
import os
import threading
import time
import unittest

from api import Api, Database
from atelier import Browser, Refused, Server

PLACE = {"owner": "ada", "app": "street-signs"}


class TwoServers(unittest.TestCase):
    def setUp(self):
        database = Database()
        self.one = Server(os.environ["ATELIER"], "--database", database.url)
        self.addCleanup(self.one.stop)
        self.other = Server(os.environ["ATELIER"], "--database", database.url, beside=self.one)
        self.addCleanup(self.other.stop)
        self.token = self.one.add_person("ada")
        self.ada = self.browser("ada")
        self.api = Api(self.one.url, "ada", self.token)
        self.addCleanup(self.api.close)
        self.api.make_app()
        self.api.add_text("notes")

    def browser(self, name: str) -> Browser:
        browser = Browser(self.one.url)
        browser.sign_in(f"{name}@example.org")
        return browser

    def at(self, server: Server, browser: Browser) -> Browser:
        """The same browser, which is sent to another server."""
        browser.url = server.url
        return browser

    def test_a_revoked_key_ends_at_once_everywhere(self):
        there = Api(self.other.url, "ada", "")
        self.addCleanup(there.close)
        for _ in range(20):
            form = {"description": "Signs", "reach": "ada/street-signs", "scopes": ["All"], "ends": "never"}
            there.token = self.ada.post("keys/make", **form)
            self.assertEqual(there.call("GET", "inputs")[0], 200)
            [key] = [key for key in self.ada.post("keys/list")["keys"] if key["last_four"] == there.token[-4:]]
            self.ada.post("keys/revoke", id=key["id"])
            self.assertEqual(there.call("GET", "inputs")[0], 401)

    def test_a_session_that_was_left_ends_at_once_everywhere(self):
        for _ in range(3):
            browser = self.browser("ada")
            self.at(self.other, browser).post("apps/list")
            cookie = browser.cookies()
            self.at(self.one, browser).post("identity/sign-out")
            # A copy of the cookie, since the browser has forgotten it.
            with self.assertRaises(Refused) as caught:
                Browser(self.other.url).open("/api/apps/list", b"", accept="application/json", cookie=cookie)
            self.assertEqual(caught.exception.status, 401)

    def test_whoever_is_removed_is_out_at_once_everywhere(self):
        there = Api(self.other.url, "ada", self.one.add_person("bo"))
        self.addCleanup(there.close)
        for _ in range(10):
            self.ada.post("collaborators/add", **PLACE, people="bo@example.org", preset="worker", ends="never", note="")
            self.assertEqual(there.call("GET", "inputs")[0], 200)
            people = self.ada.post("collaborators/list", **PLACE, search={"text": ""})["people"]
            [grant] = [each["grant"] for each in people if each["email"] == "bo@example.org"]
            self.ada.post("collaborators/remove", **PLACE, grant=grant, below="remove")
            self.assertEqual(there.call("GET", "inputs")[0], 404)

    def test_an_open_page_hears_what_is_done_through_the_other(self):
        following = self.at(self.other, self.browser("ada")).follow("ada/street-signs")
        self.api.annotate("first", "notes")
        following.hear("data")
        self.api.invite("cy@example.org")
        following.hear("access")

    def test_a_mail_is_sent_once(self):
        people = [f"person-{number}@example.org" for number in range(12)]
        there = Api(self.other.url, "ada", self.token)
        self.addCleanup(there.close)
        for number, person in enumerate(people):
            (self.api, there)[number % 2].invite(person)
        for person in people:
            self.one.mailed(person, "(invites)")
        # Whoever was to send one a second time would have done so.
        time.sleep(2)
        sent = collections.Counter(mail["to"] for mail in self.one.mails() if mail["to"] in people)
        self.assertEqual(sent, dict.fromkeys(people, 1))

    def test_nothing_is_lost_while_one_after_the_other_is_restarted(self):
        load = [Load(self, number) for number in range(6)]
        for _ in range(2):
            for server in (self.one, self.other):
                time.sleep(1)
                server.restart()
        time.sleep(1)
        for each in load:
            each.end()
        self.assertEqual([lost for each in load for lost in each.lost], [])
        # What lay idle was closed.
        self.api.close()
        said = {annotation["id"] for annotation in self.api.listed("annotations")}
        written = [name for each in load for name in each.written]
        self.assertGreater(len(written), 100, "there was something to lose")
        self.assertEqual([name for name in written if name not in said], [])
        # Who was let go was let go before, so that they turned elsewhere and were not turned away.
        self.assertGreater(sum(each.moved for each in load), 0)


class Load:
    """Somebody who writes and reads all the time, and turns to the other server when one lets nobody in."""

    def __init__(self, test: TwoServers, number: int):
        self.number, self.test = number, test
        self.servers = [test.one, test.other] if number % 2 else [test.other, test.one]
        self.written, self.lost, self.moved = [], [], 0
        self.is_over = threading.Event()
        self.api = Api(self.servers[0].url, "ada", test.token)
        # A test that fails ends without waiting for it.
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        count = 0
        while not self.is_over.is_set():
            count += 1
            # Some always have a request under way; others have an idle connection, on which one may be on its way.
            time.sleep(0.1 * (self.number % 3))
            name = f"said-{self.number}-{count}"
            try:
                self.api.annotate(name, "notes")
                self.written.append(name)
                self.api.done("GET", f"annotations?per_page=5&page={count % 3 + 1}")
            except ConnectionRefusedError:
                # Nothing was sent.
                self.moved += 1
                self.servers.reverse()
                self.api.url = self.servers[0].url
            except Exception as error:
                self.lost.append(f"{name}: {error!r}")

    def end(self) -> None:
        self.is_over.set()
        self.thread.join()
        self.api.close()


if __name__ == "__main__":
    unittest.main()
