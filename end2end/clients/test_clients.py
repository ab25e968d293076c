"""What the official clients ask for besides the story: pages, metadata, lists, and what a bound token cannot make."""

import os
import time
import unittest

from clarifai.client.app import App
from clarifai.client.user import User
from clarifai_grpc.grpc.api import resources_pb2

from atelier import DEMO, Browser, Server
from wire import Wire


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(os.environ["ATELIER"])
        cls.addClassCleanup(cls.server.stop)
        cls.ada = cls.server.add_person("ada")
        app = User(user_id="ada", pat=cls.ada, base_url=cls.server.url).create_app("street-signs")
        app.create_concepts(["stop", "give-way"])
        cls.wire = Wire(cls.server.url, "ada", "street-signs", cls.ada)
        metadata = resources_pb2.Input().data.metadata
        metadata.update({"weather": "rain"})
        picture = next(DEMO.glob("*.jpg")).read_bytes()
        cls.wire.inputs.upload_from_bytes("crossing", image_bytes=picture, metadata=metadata)
        cls.wire.inputs.upload_text("notes", raw_text="Two stop signs on Mill Hill, one of them bent.")

    def test_inputs_are_listed_page_by_page(self):
        inputs = self.wire.inputs
        pages = [[each.id for each in inputs.list_inputs(page_no=page, per_page=1)] for page in (1, 2, 3)]
        self.assertEqual(pages, [["notes"], ["crossing"], []])
        self.assertEqual([each.id for each in inputs.list_inputs()], ["notes", "crossing"])

    def test_inputs_are_listed_by_kind(self):
        self.assertEqual([each.id for each in self.wire.inputs.list_inputs(input_type="image")], ["crossing"])

    def test_metadata_comes_back(self):
        self.assertEqual(self.wire.inputs.get_input("crossing").data.metadata["weather"], "rain")

    def test_concepts_are_related_and_no_longer(self):
        app = App(app_id="street-signs", user_id="ada", pat=self.ada, base_url=self.server.url)
        app.create_concepts(["sign", "warning"])
        app.create_concept_relations("warning", ["sign", "give-way"], ["hyponym", "hypernym"])

        def relations(**wanted):
            found = app.search_concept_relations(**wanted)
            return [(each.subject_concept.id, each.predicate, each.object_concept.id) for each in found]

        both = [("warning", "hyponym", "sign"), ("warning", "hypernym", "give-way")]
        self.assertEqual(relations(), both)
        self.assertEqual(relations(concept_id="warning", predicate="hypernym"), both[1:])
        self.assertEqual(relations(concept_id="warning", page_no=2, per_page=1), both[1:])
        with self.assertRaisesRegex(Exception, "a kind of itself"):
            app.create_concept_relations("give-way", ["sign"], ["hypernym"])
        app.delete_concept_relations("warning")
        self.assertEqual(relations(), [])
        self.wire.rest("DeleteConcepts", ids=["sign", "warning"])
        self.assertEqual([each.id for each in app.list_concepts()], ["stop", "give-way"])

    def test_node_lists_concepts_and_a_token_of_one_app_makes_no_other(self):
        browser = Browser(self.server.url)
        browser.sign_in("ada@example.org")
        form = {"description": "Signs", "reach": "ada/street-signs", "scopes": ["All"], "ends": "never"}
        bound = Wire(self.server.url, "ada", "street-signs", browser.post("keys/make", **form))
        said = bound.node("lists.mjs")
        self.assertEqual(said["concepts"], ["stop", "give-way"])
        self.assertRegex(said["refused"], "scopes do not allow this")
        self.assertEqual([app["slug"] for app in browser.post("apps/list")["apps"]], ["street-signs"])

    def test_node_predicts_and_searches_by_likeness(self):
        picture = next(DEMO.glob("*.jpg"))
        until = time.monotonic() + 60
        said = {"bySentence": []}
        while len(said["bySentence"]) < 2:
            self.assertLess(time.monotonic(), until, f"not all were looked at: {said}")
            said = self.wire.node("likeness.mjs", str(picture))
        self.assertEqual(len(said["concepts"]), 20)
        self.assertEqual(said["byPicture"], ["crossing"])
        self.assertEqual(said["bySentence"][0], "notes")
        self.assertEqual(said["withoutFilter"], said["bySentence"])


if __name__ == "__main__":
    unittest.main()
