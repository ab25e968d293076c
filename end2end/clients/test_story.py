"""Ada shares an app with Bo, Cy and Di: the whole story, with everything that is refused to each of them."""

import unittest

from clarifai_grpc.grpc.api.status import status_code_pb2 as code

from atelier import DEMO
from story import APP, PLACE, WORKER, Stage
from wire import DOORS, box

SIGNS = "stop-sign-in-the-village"
INVITES = {"Collaborators_Add", "Collaborators_Get"}
NARROW = (WORKER | INVITES) - {"Annotations_Add"}


class Story(Stage):
    def test_ada_shares_an_app_with_bo_cy_and_di(self):
        self.ada_makes_an_app()
        self.ada_adds_bo_and_invites_cy()
        self.bo_finds_the_app_and_opens_his_token()
        self.bo_annotates_with_every_client()
        self.bo_is_refused_everything_else()
        self.ada_lets_bo_invite()
        self.bo_gives_di_no_more_than_he_has()
        self.bo_adds_di()
        self.cy_joins_by_the_address_that_was_invited_only()
        self.ada_narrows_bo_and_di_with_him()
        self.ada_removes_bo_and_keeps_di()
        self.ada_reads_what_happened()

    def ada_makes_an_app(self):
        with self.step("Ada registers, verifies her address, and makes the app"):
            self.ada = self.register("Ada", "ada@example.org")
            self.ada.post("apps/create", name="Street signs", slug="", description="")
            self.ada.post("apps/create", name="Private", slug="", description="")
            self.adas = self.wire(self.open_key(self.ada, app=None))
        with self.step("Ada uploads pictures and texts, and annotates one"):
            files = sorted(DEMO.glob("*.jpg")) + sorted(DEMO.glob("*.txt"))
            self.assertEqual(self.ada.upload(APP, files), [file.stem for file in files])
            # The Node client writes a label's id in its own way.
            concepts = [{"id": concept} for concept in ("stop", "give-way", "id-stop")]
            self.succeeds(self.adas.grpc("PostConcepts", concepts=concepts))
            self.assertEqual(self.adas.inputs.upload_annotations([box(SIGNS, "adas", "give-way")], show_log=False), [])

    def ada_adds_bo_and_invites_cy(self):
        self.bo = self.register("Bo", "bo@example.org")
        with self.step("Ada sees what a worker will be able to do, and what not, before she confirms"):
            can, cannot = self.abilities(self.ada.page(f"/{APP}/settings/collaborators/add"))
            self.assertIn("add annotations, and change their own", can)
            never = {"delete annotations, also other people's", "delete inputs, with their annotations"}
            never |= {"export data, and duplicate the app", "invite people, with at most what they have themselves"}
            self.assertLessEqual(never, cannot)
            self.assertFalse(never & can)
        with self.step("Ada confirms: Bo is in at once, and the invitation of Cy waits"):
            for person, told in (("bo", "Bo was added."), ("cy", "cy@example.org was invited.")):
                self.assertEqual(self.add(person, preset="worker"), told)
            stands = {name: (each["scopes"], each["waits"]) for name, each in self.people(self.ada).items()}
            self.assertEqual(stands, {"Bo": (WORKER, False), "cy@example.org": (WORKER, True)})
        with self.step("Ada mistypes, and names people who cannot be added"), self.unchanged():
            mistakes = {
                "ada@example.org": "is you",
                "bo@example.org": "is Bo, who is a collaborator already",
                "cy@example.org": "is invited already: resend or cancel that invitation",
                "`di.example.org`": "is not an e-mail address",
            }
            pasted = ", ".join(["flo@example.org", *mistakes]).replace("`", "")
            whys = [f'"{typed} {why}[.]"' for typed, why in mistakes.items()]
            form = {**PLACE, "people": pasted, "preset": "worker", "ends": "never", "note": ""}
            self.refused_in_browser(self.ada, 422, ".*".join(whys), "collaborators/add", **form)
            form = {**form, "people": "flo@example.org", "preset": ""}
            self.refused_in_browser(self.ada, 422, "choose at least one", "collaborators/add", **form)

    def bo_finds_the_app_and_opens_his_token(self):
        with self.step("Bo finds the app under Collaborations"):
            [app] = self.bo.post("apps/shared")["apps"]
            self.assertEqual((app["owner"], app["slug"], app["granted_by"]), (*APP.split("/"), "Ada"))
            self.assertEqual(app["access"], "Worker")
            self.open_page = self.bo.follow(APP)
        with self.step("Bo opens the token that came with it, which is shown once"):
            self.bos = self.wire(self.open_key(self.bo, app=[APP, "Street signs"], follows=True))
            [key] = [key for key in self.bo.post("keys/list")["keys"] if key["follows"]]
            why = "The secret was shown already; rotate the key to get another."
            self.refused_in_browser(self.bo, 409, why, "keys/open", id=key["id"])
            self.own = self.open_key(self.bo, app=None)
            answer = self.wire(self.own).grpc("ListCollaborations", user_app_id={"user_id": "bo"})
            [shared] = self.succeeds(answer)["collaborations"]
            self.assertEqual((shared["app"]["id"], set(shared["scopes"])), ("street-signs", WORKER))

    def bo_annotates_with_every_client(self):
        with self.step("Bo annotates by curl"):
            concept = {"id": "stop"}
            annotation = {"id": "by-curl", "input_id": SIGNS, "data": {"concepts": [concept]}}
            answer = self.succeeds(self.bos.curl("/annotations", {"annotations": [annotation]}))
            self.assertEqual(answer["annotations"][0]["data"]["concepts"][0]["value"], 1)
        with self.step("Bo annotates by the Python client"):
            self.assertEqual(self.bos.inputs.upload_annotations([box(SIGNS, "by-python", "stop")], show_log=False), [])
        with self.step("Bo annotates by the Node client"):
            self.assertEqual(self.bos.node("annotate.mjs", SIGNS), {"refused": 0})
        with self.step("All that they said is there, and is Bo's"):
            annotations = self.state()["annotations"]
            self.assertLess({"adas", "by-curl", "by-python"}, annotations.keys())
            self.assertEqual(sorted(author for author, _ in annotations.values()), ["ada", "bo", "bo", "bo"])

    def bo_is_refused_everything_else(self):
        bo, mine, stop = self.bos, {"id": "by-python", "input_id": SIGNS}, {"concepts": [{"id": "stop", "value": 1}]}
        adas = {"id": "adas", "input_id": SIGNS, "data": stop}
        with self.step("Bo takes nothing away of what was said"), self.unchanged():
            self.lacks(bo, "DeleteAnnotation", "Annotations_Delete", input_id=SIGNS, annotation_id="by-python")
            with self.assertRaisesRegex(Exception, "Annotations_Delete"):
                bo.inputs.delete_annotations([SIGNS], ["by-python"])
            for action in ("remove", "overwrite"):
                change = {"annotations": [{**mine, "data": stop}], "action": action}
                self.lacks(bo, "PatchAnnotations", "Annotations_Delete", **change)
        with self.step("Bo changes nothing that Ada said"), self.unchanged():
            change = {"annotations": [adas], "action": "overwrite"}
            self.lacks(bo, "PatchAnnotations", "Annotations_Delete", **change)
            reasons = ("this annotation is someone else's", "Ada could change it")
            change = {"annotations": [adas], "action": "merge"}
            self.refused(bo, "PatchAnnotations", code.ANNOTATION_PERMISSION_DENIED, *reasons, **change)
        with self.step("Bo neither deletes inputs, nor copies the app, nor invites"), self.unchanged():
            self.lacks(bo, "DeleteInputs", "Inputs_Delete", ids=[SIGNS])
            self.lacks(bo, "PostAppDuplications", "Exports_Add", app_duplications=[{"new_app_id": "mine"}])
            self.lacks(bo, "PostCollaborators", "Collaborators_Add", collaborators=[self.invited("di", WORKER)])
        with self.step("To Bo, Ada's other app does not exist"):
            for token in (self.bos.token, self.own):
                self.finds_nothing(token, "private")
            self.refused_in_browser(self.bo, 404, "NotFound", "apps/get", owner="ada", app="private")

    def ada_lets_bo_invite(self):
        with self.step("Ada sees what it comes to that Bo may invite"):
            wider = WORKER | {"Collaborators_Add"}
            gained = "see who the collaborators are and invite people, with at most what they have themselves"
            people, keys = self.preview("Bo", wider)
            self.assertEqual(people, [("Bo", "+2", [f"They will also be able to {gained}."])])
            self.assertEqual(keys, 0, "no key ends or gives less")
        with self.step("Ada lets Bo invite; to see who is there comes along"):
            self.assertEqual(self.edit("Bo", wider), "Bo has this access now: Worker + Collaborators_Add.")
            self.assertEqual(self.people(self.ada)["Bo"]["scopes"], WORKER | INVITES)
            self.assertRegex(self.open_page.hear("own"), "^Ada changed what you can do here: you can now .*invite")

    def bo_gives_di_no_more_than_he_has(self):
        self.di = self.register("Di", "di@example.org")
        more = WORKER | {"Annotations_Delete"}
        with self.step("Bo cannot give Di more than he has"), self.unchanged():
            why = "you cannot give more than you have: `Annotations_Delete`; Ada could give it to you"
            form = {"people": "di@example.org", "scopes": sorted(more), "ends": "never", "note": ""}
            self.refused_in_browser(self.bo, 403, f"Y{why[1:]}[.]", "collaborators/add", **PLACE, **form)
            wanted = [self.invited("di", more)]
            self.refused(self.bos, "PostCollaborators", code.CONN_INSUFFICIENT_SCOPES, why, collaborators=wanted)
            self.assertEqual(self.di.post("apps/shared")["apps"], [])

    def bo_adds_di(self):
        with self.step("Bo adds Di with less than he has"):
            answer = self.succeeds(self.bos.rest("PostCollaborators", collaborators=[self.invited("di", WORKER)]))
            self.assertEqual(set(answer["collaborators"][0]["scopes"]), WORKER)
            people = self.people(self.ada)
            self.assertEqual((people["Di"]["parent"], people["Di"]["invited_by"]), (people["Bo"]["grant"], "Bo"))
        with self.step("Di works with what she was given"):
            self.dis = self.wire(self.open_key(self.di, app=[APP, "Street signs"]))
            self.assertEqual(self.dis.inputs.upload_annotations([box(SIGNS, "dis", "stop")], show_log=False), [])
        with self.step("Di takes nothing away, and invites nobody"), self.unchanged():
            self.lacks(self.dis, "DeleteAnnotation", "Annotations_Delete", input_id=SIGNS, annotation_id="dis")
            collaborators = [self.invited("flo", WORKER)]
            self.lacks(self.dis, "PostCollaborators", "Collaborators_Add", collaborators=collaborators)
        with self.step("Bo cannot widen Di afterwards"), self.unchanged():
            change = {"collaborators": [self.invited("di", WORKER | INVITES)], "action": "overwrite"}
            self.lacks(self.bos, "PatchCollaborators", "Collaborators_Delete", **change)

    def cy_joins_by_the_address_that_was_invited_only(self):
        with self.step("Cy registers with another address, and gets nothing"), self.unchanged():
            cy = self.register("Cy", "cy@elsewhere.example.org")
            self.assertEqual(cy.post("apps/shared")["apps"], [])
            self.refused_in_browser(cy, 404, "NotFound", "apps/get", **PLACE)
            cys = self.open_key(cy, app=None)
            self.finds_nothing(cys, "street-signs")
            token = self.server.mailed("cy@example.org", r"/invitation/(\S+)")
            self.refused_in_browser(cy, 422, "cy@example.org", "invitations/accept", token=token)
        with self.step("Cy adds the address that was invited, which counts once it is verified"):
            cy.post("account/add-address", email="cy@example.org")
            self.assertEqual(cy.post("apps/shared")["apps"], [])
            self.finds_nothing(cys, "street-signs")
            self.assertEqual(cy.verify(self.server, "cy@example.org"), ["Street signs"])
        with self.step("Cy is in"):
            self.assertEqual([app["slug"] for app in cy.post("apps/shared")["apps"]], ["street-signs"])
            self.succeeds(self.wire(cys).rest("ListInputs"))
            joined = self.people(self.ada)["Cy"]
            self.assertEqual((joined["waits"], joined["scopes"]), (False, WORKER))

    def ada_narrows_bo_and_di_with_him(self):
        lost = "They will no longer be able to add annotations, and change their own."
        with self.step("Ada sees that Di would narrow with Bo"):
            people, keys = self.preview("Bo", NARROW)
            self.assertEqual(people, [("Bo", "−1", [lost]), ("Di", "−1", [lost])])
            self.assertEqual(keys, 2, "the token of each gives less")
        with self.step("Ada narrows Bo, and Di narrows with him"):
            self.edit("Bo", NARROW)
            people = self.people(self.ada)
            self.assertEqual(people["Bo"]["scopes"], NARROW)
            self.assertEqual(people["Di"]["scopes"], WORKER - {"Annotations_Add"})
            self.assertEqual(people["Cy"]["scopes"], WORKER)
        with self.step("Their very next requests are refused"), self.unchanged():
            said = [{"id": "late", "input_id": SIGNS, "data": {"concepts": [{"id": "stop", "value": 1}]}}]
            for wire in (self.bos, self.dis):
                self.lacks(wire, "PostAnnotations", "Annotations_Add", annotations=said)
        with self.step("Bo's open page is told"):
            told = "Ada changed what you can do here: you can no longer add annotations, and change your own."
            self.assertEqual(self.open_page.hear("own"), told)

    def ada_removes_bo_and_keeps_di(self):
        bo = self.people(self.ada)["Bo"]["grant"]
        with self.step("Ada sees what becomes of Di, whichever she chooses"):
            removed, kept = self.ada.post("collaborators/preview-removal", **PLACE, grant=bo)
            shorts = [{each["name"]: each["short"] for each in choice["people"]} for choice in (removed, kept)]
            gone = {"Bo": "loses access"}
            self.assertEqual(shorts, [{**gone, "Di": "loses access"}, {**gone, "Di": "stays, under you"}])
        with self.step("Ada removes Bo, and keeps Di under herself"):
            before = self.state()
            self.ada.post("collaborators/remove", **PLACE, grant=bo, below="keep")
            after = self.state()
            self.assertEqual(after["annotations"], before["annotations"])
            self.assertEqual(after["people"].keys(), {"Cy", "Di"})
            di = after["people"]["Di"]
            self.assertEqual((di["parent"], di["invited_by"]), (None, "Ada"))
            self.assertEqual(di["scopes"], before["people"]["Di"]["scopes"])
        with self.step("Bo is out, by every way"):
            why = "this key is unknown or was revoked"
            self.refused(self.bos, "ListInputs", code.CONN_KEY_NOT_FOUND, why)
            self.finds_nothing(self.own, "street-signs")
            self.assertEqual(self.bo.post("apps/shared")["apps"], [])
            self.assertEqual(self.open_page.hear("ended"), "You were removed from this app by Ada.")
        with self.step("Di still works"):
            for door in DOORS:
                self.succeeds(self.dis.call(door, "ListInputs"))

    def ada_reads_what_happened(self):
        less, invites = WORKER - {"Annotations_Add"}, WORKER | INVITES
        opened = "key.opened: Automatic token for Street signs"
        passed_on = {"reason": "passed on when Bo went", "invited_by": ("Bo", "Ada")}
        # What one act does is told at one moment, in no order.
        acts = [
            [("ada", "app.created: street-signs", None, None, {})],
            [("ada", "collaborator.added: Bo", None, WORKER, {})],
            [("ada", "collaborator.invited: cy@example.org", None, WORKER, {})],
            [("bo", opened, None, None, {})],
            [("ada", "collaborator.changed: Bo", WORKER, invites, {})],
            [("bo", "collaborator.added: Di", None, WORKER, {})],
            [("di", opened, None, None, {})],
            [("cy", "collaborator.joined: cy@example.org", WORKER, WORKER, {})],
            [
                ("ada", "collaborator.changed: Bo", invites, NARROW, {}),
                ("ada", "collaborator.changed: Di", WORKER, less, {"reason": "narrowed with Bo"}),
            ],
            [
                ("ada", "collaborator.removed: Bo", NARROW, None, {}),
                ("ada", "collaborator.changed: Di", less, less, passed_on),
            ],
        ]
        with self.step("Ada reads what happened, with before and after"):
            entries = self.succeeds(self.adas.grpc("PostAuditLogSearches", sort_ascending=True))["entries"]
            told = [self.told(entry) for entry in entries]
            self.assertEqual(len(told), sum(map(len, acts)), told)
            for act in acts:
                now, told = told[: len(act)], told[len(act) :]
                with self.door(act=act[0][1]):
                    self.assertCountEqual(now, act)


if __name__ == "__main__":
    unittest.main()
