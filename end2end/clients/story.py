"""What the chapters of the story share: its people, what they see, and that what is refused changes nothing."""

import json
import os
import re
import unittest
from contextlib import contextmanager
from html import unescape

from atelier import Browser, Refused, Server
from clarifai_grpc.grpc.api.status import status_code_pb2 as code
from wire import DOORS, Wire

APP = "ada/street-signs"
# To annotate, and the reads without which that opens nothing.
WORKER = {"Annotations_Add"} | {
    f"{kind}_Get"
    for kind in ("Annotations", "Apps", "Concepts", "Datasets", "Inputs", "Models", "SavedSearch", "Tasks", "Workflows")
}
OWNER, APP_NAME = APP.split("/")
PLACE = {"owner": OWNER, "app": APP_NAME}


class Stage(unittest.TestCase):
    """A server, those who came to it, and assertions that say in which step of the story they stand."""

    maxDiff = None

    def setUp(self):
        self.server = Server(os.environ["ATELIER"])
        self.addCleanup(self.server.stop)
        self.chapter = ""

    @contextmanager
    def step(self, sentence: str):
        """A step of the story, which a failure names."""
        self.chapter = sentence
        try:
            yield
        except Exception as error:
            error.add_note(f"This was the step: {sentence}")
            raise

    def door(self, **what: str):
        """One of several things that a step tries: the others are tried whatever becomes of it."""
        return self.subTest(step=self.chapter, **what)

    def register(self, name: str, email: str) -> Browser:
        """Signs up in public, follows the link that was mailed, and signs in."""
        browser = Browser(self.server.url)
        browser.sign_up(name, email)
        browser.verify(self.server, email)
        browser.sign_in(email)
        return browser

    def open_key(self, browser: Browser, **wanted) -> str:
        """Opens the key of which `wanted` is said; answers its secret."""
        keys = browser.post("keys/list")["keys"]
        [key] = [key for key in keys if wanted.items() <= key.items()]
        return browser.post("keys/open", id=key["id"])

    def wire(self, token: str, app: str = APP_NAME) -> Wire:
        return Wire(self.server.url, OWNER, app, token)

    def people(self, browser: Browser) -> dict:
        """Who has access to the app or is invited: what a refusal must leave as it is."""
        people = browser.post("collaborators/list", **PLACE, search={"text": ""})["people"]
        parts = ("grant", "version", "email", "scopes", "invited_by", "parent", "ends_at")
        return {
            (each["name"] or each["email"]): {
                **{part: each[part] for part in parts},
                "scopes": set(each["scopes"].split()),
                "waits": each["waits_until"] is not None,
            }
            for each in people
        }

    def state(self) -> dict:
        """All of the app that somebody might change, as its owner sees it."""
        annotations = self.adas.grpc("ListAnnotations", list_all_annotations=True)["annotations"]
        inputs = self.adas.grpc("ListInputs")["inputs"]
        said = {each["id"]: (each["user_id"], each["data"]) for each in annotations}
        return {
            "annotations": said,
            "inputs": {each["id"] for each in inputs},
            "people": self.people(self.ada),
            "apps": [self.own_apps(browser) for browser in (self.ada, self.bo)],
        }

    def own_apps(self, browser: Browser) -> set:
        return {app["slug"] for app in browser.post("apps/list")["apps"]}

    @contextmanager
    def unchanged(self):
        """What is tried here changes nothing."""
        before = self.state()
        yield
        with self.door(what="nothing changed"):
            self.assertEqual(self.state(), before)

    def refused(self, wire: Wire, rpc: str, expected: int, *reasons: str, **fields) -> None:
        """Tries a call by every door: each refuses it, and says why."""
        for door in DOORS:
            with self.door(call=rpc, door=door):
                status = wire.call(door, rpc, **fields)["status"]
                self.assertEqual(status["code"], expected, status)
                for reason in reasons:
                    self.assertIn(reason, status.get("details", ""))

    def lacks(self, wire: Wire, rpc: str, scope: str, **fields) -> None:
        """Tries a call for which a collaborator lacks a scope: they learn which, and who could give it."""
        why = f"`{scope}`: your access to this app does not include "
        reasons = (f"`{rpc}` needs ", why, f"`{scope}`; Ada could give it to you")
        self.refused(wire, rpc, code.CONN_INSUFFICIENT_SCOPES, *reasons, **fields)

    def refused_in_browser(self, browser: Browser, status: int, reason: str, function: str, **fields) -> None:
        with self.door(function=function):
            with self.assertRaises(Refused) as caught:
                browser.post(function, **fields)
            self.assertEqual(caught.exception.status, status, caught.exception.body)
            self.assertRegex(caught.exception.body, reason)

    def succeeds(self, answer: dict) -> dict:
        self.assertEqual(answer["status"]["code"], code.SUCCESS, answer["status"])
        return answer

    def abilities(self, page: str) -> tuple[set, set]:
        """What a page says that somebody will be able to do, and what not."""
        plain = unescape(page.replace("<!>", ""))
        lists = [re.search(rf'<ul class="{part}">(.*?)</ul>', plain)[1] for part in ("choice-can", "choice-cannot")]
        return tuple(set(re.findall("<li>(.*?)</li>", found)) for found in lists)

    def add(self, person: str, **access) -> str:
        form = {"people": f"{person}@example.org", "ends": "never", "note": "", **access}
        return self.ada.post("collaborators/add", **PLACE, **form)

    def edit(self, person: str, scopes: set) -> str:
        of = self.people(self.ada)[person]
        form = {"grant": of["grant"], "version": of["version"], "ends": "keep", "note": ""}
        return self.ada.post("collaborators/edit", **PLACE, **form, scopes=sorted(scopes))

    def preview(self, person: str, scopes: set) -> tuple[list, int]:
        """What Ada is told before she gives somebody these scopes: who gains and loses what, and how many keys do."""
        grant = self.people(self.ada)[person]["grant"]
        wanted = {"grant": grant, "input_reach": "everything", "scopes": " ".join(sorted(scopes))}
        found = self.ada.post("collaborators/preview-edit", **PLACE, **wanted)
        return [(each["name"], each["short"], each["sentences"]) for each in found["people"]], found["keys"]

    def invited(self, person: str, scopes: set) -> dict:
        """Somebody to be added, as the wire has it."""
        return {"user": {"email_addresses": [{"email": f"{person}@example.org"}]}, "scopes": sorted(scopes)}

    def finds_nothing(self, token: str, app: str) -> None:
        """By every door the app looks like one that is not there."""
        for door in DOORS:
            with self.door(app=app, door=door):
                found, missing = (self.wire(token, name).call(door, "ListInputs") for name in (app, "no-such-app"))
                self.assertEqual(found["status"]["code"], code.CONN_DOES_NOT_EXIST, found)
                for answer in (found, missing):
                    answer["status"].pop("req_id")
                self.assertEqual(found, missing)

    def told(self, entry: dict) -> tuple:
        """Who did what, the scopes before and after, and what else is told where it does not speak for itself."""
        states = dict(each.split(": ", 1) for each in entry["details"])
        before, after = (json.loads(states.get(name, "{}")) for name in ("before", "after"))
        scopes = [set(state["scopes"].split()) if "scopes" in state else None for state in (before, after)]
        also = {"reason": after["reason"]} if "reason" in after else {}
        if "invited_by" in after:
            also["invited_by"] = (before.get("invited_by"), after["invited_by"])
        return (entry["user"]["id"], entry["description"], *scopes, also)
