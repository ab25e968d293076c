"""Ada shares an app with Bo, who uses curl and the official clients with the token that came with it."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from clarifai.client.input import Inputs
from clarifai.client.user import User
from clarifai_grpc.grpc.api import resources_pb2, service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2 as code

from atelier import Browser, Server

PICTURES = Path(__file__).parents[2] / "crates/server/demo"
WORKER = ["Annotations_Get", "Annotations_Add", "Inputs_Get", "Concepts_Get", "Apps_Get"]


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(os.environ["ATELIER"])
        cls.addClassCleanup(cls.server.stop)
        cls.ada, cls.bo = cls.server.add_person("ada"), cls.server.add_person("bo")

        app = User(user_id="ada", pat=cls.ada, base_url=cls.server.url).create_app("street-signs")
        # The Node client writes a label's id in its own way.
        app.create_concepts(["stop", "give-way", "id-stop"])
        cls.adas = inputs_of(cls, "ada", cls.ada)
        picture = next(PICTURES.glob("*.jpg")).read_bytes()
        cls.adas.upload_from_bytes("crossing", image_bytes=picture, metadata=struct(weather="rain"))
        cls.adas.upload_text("notes", raw_text="Two stop signs on Mill Hill, one of them bent.")
        cls.adas.upload_annotations([bbox("crossing", "adas-box", "give-way")], show_log=False)
        User(user_id="ada", pat=cls.ada, base_url=cls.server.url).create_app("private")
        cls.invited = cls.adas.STUB.PostCollaborators(
            service_pb2.PostCollaboratorsRequest(
                user_app_id=cls.adas.user_app_id,
                collaborators=[
                    resources_pb2.Collaborator(
                        user=resources_pb2.User(email_addresses=[resources_pb2.EmailAddress(email="bo@example.org")]),
                        scopes=WORKER,
                    )
                ],
            )
        )

        browser = Browser(cls.server.url)
        browser.sign_in("bo")
        keys = browser.post("keys/list")["keys"]
        own = next(key for key in keys if key["follows"])
        cls.token = browser.post("keys/open", id=own["id"])
        cls.bos = inputs_of(cls, "ada", cls.token)

    def test_bo_was_added_at_once(self):
        self.assertEqual(self.invited.status.code, code.SUCCESS, self.invited.status)

    def test_inputs_are_listed_page_by_page(self):
        pages = [[each.id for each in self.bos.list_inputs(page_no=page, per_page=1)] for page in (1, 2, 3)]
        self.assertEqual(pages, [["notes"], ["crossing"], []])
        self.assertEqual([each.id for each in self.bos.list_inputs()], ["notes", "crossing"])
        self.assertEqual([each.id for each in self.bos.list_inputs(input_type="text")], ["notes"])

    def test_metadata_comes_back(self):
        self.assertEqual(self.bos.get_input("crossing").data.metadata["weather"], "rain")

    def test_curl_annotates(self):
        path = f"{self.server.url}/v2/users/ada/apps/street-signs/annotations"
        concept = {"id": "stop"}
        body = {"annotations": [{"id": "by-curl", "input_id": "crossing", "data": {"concepts": [concept]}}]}
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "-H", f"Authorization: Key {self.token}", "-d", json.dumps(body)]
            + ["-H", "Content-Type: application/json", path],
            capture_output=True,
            text=True,
            check=True,
        )
        answer = json.loads(done.stdout)
        self.assertEqual(answer["status"]["code"], code.SUCCESS, answer)
        self.assertEqual(answer["annotations"][0]["data"]["concepts"][0]["value"], 1)

    def test_python_annotates_and_cannot_take_back(self):
        self.assertEqual(self.bos.upload_annotations([bbox("crossing", "by-python", "stop")], show_log=False), [])
        listed = {each.id for each in self.bos.list_annotations()}
        self.assertIn("by-python", listed)
        with self.assertRaisesRegex(Exception, "Annotations_Delete"):
            self.bos.delete_annotations(["crossing"], ["by-python"])
        for action in ("remove", "overwrite"):
            self.refused(self.patch("by-python", "stop", action), code.CONN_INSUFFICIENT_SCOPES, "Annotations_Delete")

    def test_nobody_changes_what_somebody_else_said(self):
        answer = self.patch("adas-box", "stop", "merge")
        self.refused(answer, code.ANNOTATION_PERMISSION_DENIED, "Ada|ada")

    def test_inputs_stay(self):
        answer = self.bos.STUB.DeleteInputs(
            service_pb2.DeleteInputsRequest(user_app_id=self.bos.user_app_id, ids=["crossing"])
        )
        self.refused(answer, code.CONN_INSUFFICIENT_SCOPES, "Inputs_Delete")
        self.assertEqual(self.bos.get_input("crossing").id, "crossing")

    def test_the_app_is_not_copied(self):
        answer = self.bos.STUB.PostAppDuplications(
            service_pb2.PostAppDuplicationsRequest(
                user_app_id=self.bos.user_app_id, app_duplications=[resources_pb2.AppDuplication()]
            )
        )
        self.refused(answer, code.CONN_INSUFFICIENT_SCOPES, "Exports_Add")

    def test_nobody_is_invited(self):
        person = resources_pb2.User(email_addresses=[resources_pb2.EmailAddress(email="di@example.org")])
        answer = self.bos.STUB.PostCollaborators(
            service_pb2.PostCollaboratorsRequest(
                user_app_id=self.bos.user_app_id,
                collaborators=[resources_pb2.Collaborator(user=person, scopes=["Inputs_Get"])],
            )
        )
        self.refused(answer, code.CONN_INSUFFICIENT_SCOPES, "Collaborators_Add")

    def test_adas_other_app_does_not_exist_for_bo(self):
        # With the token that is bound to the shared app, and with the one that reaches all that Bo reaches.
        for secret in (self.token, self.bo):
            inputs = Inputs(user_id="ada", app_id="private", pat=secret, base_url=self.server.url)
            answer = inputs.STUB.ListInputs(service_pb2.ListInputsRequest(user_app_id=inputs.user_app_id))
            self.refused(answer, code.CONN_DOES_NOT_EXIST, "^$")

    def test_node_annotates(self):
        done = subprocess.run(
            ["node", Path(__file__).with_name("annotate.mjs"), "ada", "street-signs", "crossing"],
            env={**os.environ, "CLARIFAI_PAT": self.token, "CLARIFAI_API_BASE": self.server.url},
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout.strip().splitlines()[-1])
        self.assertEqual(said["refused"], 0, done.stdout + done.stderr)
        self.assertEqual(sorted(said["concepts"]), ["give-way", "id-stop", "stop"])
        self.assertFalse(said["created"], "a token that is bound to one app makes no other")

    def patch(self, annotation: str, concept: str, action: str):
        data = resources_pb2.Data(concepts=[resources_pb2.Concept(id=concept, value=1.0)])
        change = resources_pb2.Annotation(id=annotation, input_id="crossing", data=data)
        return self.bos.STUB.PatchAnnotations(
            service_pb2.PatchAnnotationsRequest(
                user_app_id=self.bos.user_app_id, annotations=[change], action=action
            )
        )

    def refused(self, answer, expected: int, why: str):
        self.assertEqual(answer.status.code, expected, answer.status)
        self.assertRegex(answer.status.details, why)


def inputs_of(story, user: str, secret: str) -> Inputs:
    return Inputs(user_id=user, app_id="street-signs", pat=secret, base_url=story.server.url)


def bbox(input_id: str, annotation: str, concept: str):
    return Inputs.get_bbox_proto(input_id, concept, [0.1, 0.2, 0.3, 0.4], annot_id=annotation)


def struct(**fields):
    made = resources_pb2.Input().data.metadata
    made.update(fields)
    return made


if __name__ == "__main__":
    unittest.main()
