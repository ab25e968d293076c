"""Workflows, as the official client makes, finds, runs, exports and deletes them."""

import os
import pathlib
import tempfile
import unittest

import yaml
from clarifai.client.app import App
from clarifai.client.user import User
from clarifai.client.workflow import Workflow

from atelier import Server
from test_models import picture

WORKFLOW = """
workflow:
  id: signs
  nodes:
    - id: recognise
      model:
        model_id: general-image-recognition
        user_id: clarifai
        app_id: main
    - id: sure
      model:
        model_id: concept-thresholder
        user_id: clarifai
        app_id: main
      node_inputs:
        - node_id: recognise
    - id: embed
      model:
        model_id: general-image-embedding
        user_id: clarifai
        app_id: main
      node_inputs:
        - node_id: sure
"""


# A filter that the client makes of it: a model of the app's own, with what it lets through.
FILTERED = """
workflow:
  id: filtered
  nodes:
    - id: recognise
      model:
        model_id: general-image-recognition
        user_id: clarifai
        app_id: main
    - id: sure
      model:
        model_id: not-so-sure
        model_type_id: concept-thresholder
        output_info:
          params:
            concept_threshold_type: LESS_THAN
            concepts:
              - id: n02123045
                value: 0.9
              - id: n02124075
                value: 0.9
      node_inputs:
        - node_id: recognise
"""


class Workflows(unittest.TestCase):
    def setUp(self):
        self.server = Server(os.environ["ATELIER"])
        self.addCleanup(self.server.stop)
        self.token = self.server.add_person("ada")
        User(user_id="ada", pat=self.token, base_url=self.server.url).create_app("street-signs")
        self.app = App(user_id="ada", app_id="street-signs", pat=self.token, base_url=self.server.url)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def make(self, text: str, **options) -> Workflow:
        path = self.folder / "workflow.yml"
        path.write_text(text)
        return self.app.create_workflow(config_filepath=str(path), display=True, **options)

    def export(self, workflow: Workflow) -> dict:
        path = self.folder / "exported.yml"
        workflow.export(str(path))
        return yaml.safe_load(path.read_text())["workflow"]

    def test_a_workflow_is_made_of_yaml_run_exported_and_deleted(self):
        workflow = self.make(WORKFLOW)
        self.assertEqual([found.id for found in self.app.list_workflows()], ["signs"])

        def found(answer) -> list:
            outputs = answer.results[0].outputs
            self.assertEqual(len(outputs), 3)
            self.assertEqual(len(outputs[2].data.embeddings[0].vector), 1280)
            return [len(output.data.concepts) for output in outputs[:2]]

        self.assertEqual(found(workflow.predict_by_bytes(picture(), input_type="image")), [20, 20])
        # What is at an address is fetched, from where anybody may fetch.
        with self.assertRaises(Exception) as refused:
            workflow.predict_by_url("http://127.0.0.1:9/one.png", input_type="image")
        self.assertIn("not on the open internet", str(refused.exception))
        # What it takes has to be said: to find out, the client asks the server of those who made it.
        by_id = self.app.workflow("signs")
        self.assertEqual(found(by_id.predict_by_bytes(picture(), input_type="image")), [20, 20])
        few = Workflow(
            workflow_id="signs",
            user_id="ada",
            app_id="street-signs",
            pat=self.token,
            base_url=self.server.url,
            output_config={"max_concepts": 2},
        )
        self.assertEqual(found(few.predict_by_bytes(picture(), input_type="image")), [2, 2])
        self.assertEqual(len([version.version.id for version in by_id.list_versions()]), 1)

        exported = self.export(by_id)
        self.assertEqual([node["id"] for node in exported["nodes"]], ["recognise", "sure", "embed"])
        self.assertEqual(len(exported["nodes"][0]["model"]["model_version_id"]), 32)
        again = self.make(yaml.safe_dump({"workflow": exported}), generate_new_id=True)
        self.assertNotEqual(again.id, "signs")
        self.assertEqual(self.export(again)["nodes"], exported["nodes"])
        for made in ["signs", again.id]:
            self.app.delete_workflow(made)
        self.assertEqual(list(self.app.list_workflows()), [])

    def test_a_filter_is_made_as_a_model_of_the_app(self):
        workflow = self.make(FILTERED)
        self.assertEqual([model.id for model in self.app.list_models()], ["not-so-sure"])
        answer = workflow.predict_by_bytes(picture(), input_type="image")
        through = {concept.id for concept in answer.results[0].outputs[1].data.concepts}
        self.assertEqual(through, {"n02123045", "n02124075"})

        # The same once more takes the version that is there, and another makes one.
        def versions() -> list:
            return [version.model_version.id for version in self.app.model("not-so-sure").list_versions()]

        first = versions()
        self.assertEqual(len(first), 1)
        self.make(FILTERED, generate_new_id=True)
        self.assertEqual(versions(), first)
        self.make(FILTERED.replace("LESS_THAN", "GREATER_THAN"), generate_new_id=True)
        self.assertEqual(len(versions()), 2)

        exported = self.export(self.app.workflow("filtered"))
        self.assertEqual(exported["nodes"][1]["model"]["model_version_id"], first[0])
        again = self.make(yaml.safe_dump({"workflow": exported}), generate_new_id=True)
        self.assertEqual(self.export(again)["nodes"], exported["nodes"])
        self.assertEqual(len(versions()), 2)

    def test_a_workflow_of_a_model_that_is_not_there_is_refused(self):
        with self.assertRaises(Exception):
            self.make(WORKFLOW.replace("general-image-embedding", "no-such-model"))
        self.assertEqual(list(self.app.list_workflows()), [])

    def test_the_empty_workflow_is_every_apps_default(self):
        app = User(user_id="ada", pat=self.token, base_url=self.server.url).app("street-signs")
        self.assertEqual(app.default_workflow.id, "Empty")
        main = App(user_id="clarifai", app_id="main", pat=self.token, base_url=self.server.url)
        self.assertEqual([workflow.id for workflow in main.list_workflows()], ["Empty"])


if __name__ == "__main__":
    unittest.main()
