"""Models, as the official client finds, makes, trains and asks them."""

import os
import struct
import tempfile
import time
import unittest
import zlib

from clarifai.client.app import App
from clarifai.client.input import Inputs
from clarifai.client.model import Model
from clarifai.client.user import User
from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2 as StatusCode

from atelier import Server

RECOGNITION = "https://clarifai.com/clarifai/main/models/general-image-recognition"


def picture(width: int = 64, height: int = 48) -> bytes:
    """A PNG in one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes([200, 40, 40]) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Models(unittest.TestCase):
    def setUp(self):
        self.server = Server(os.environ["ATELIER"])
        self.addCleanup(self.server.stop)
        self.token = self.server.add_person("ada")

    def model(self, **named) -> Model:
        return Model(pat=self.token, base_url=self.server.url, **named)

    def test_the_client_finds_the_public_models(self):
        main = App(user_id="clarifai", app_id="main", pat=self.token, base_url=self.server.url)
        found = [model.id for model in main.list_models()]
        self.assertEqual(
            found,
            [
                "general-image-recognition",
                "general-image-embedding",
                "general-text-embedding",
                "concept-thresholder",
            ],
        )
        User(user_id="ada", pat=self.token, base_url=self.server.url).create_app("street-signs")
        own = App(user_id="ada", app_id="street-signs", pat=self.token, base_url=self.server.url)
        self.assertEqual(list(own.list_models()), [])

        user = User(user_id="ada", pat=self.token, base_url=self.server.url)
        known = user.list_models(user_id="clarifai", app_id="main", show=False)
        self.assertEqual([model["id"] for model in known], found)
        self.assertEqual(known[0]["url"], RECOGNITION)

        model = self.model(url=RECOGNITION)
        versions = [version.model_version.id for version in model.list_versions()]
        self.assertEqual([len(version) for version in versions], [32])
        model.load_info()
        self.assertEqual(model.model_info.model_type_id, "visual-classifier")
        self.assertEqual(model.model_version.active_concept_count, 1000)

    def test_the_client_has_pictures_recognised(self):
        model = self.model(url=RECOGNITION)
        answer = model.predict_by_bytes(picture(), input_type="image", output_config={"max_concepts": 5})
        concepts = answer.outputs[0].data.concepts
        self.assertEqual(len(concepts), 5)
        values = [concept.value for concept in concepts]
        self.assertEqual(values, sorted(values, reverse=True))
        # What was named is answered, and nothing else.
        chosen = concepts[3]
        answer = model.predict(
            [Inputs.get_input_from_bytes("one", image_bytes=picture())],
            output_config={"select_concepts": [chosen]},
        )
        self.assertEqual([concept.id for concept in answer.outputs[0].data.concepts], [chosen.id])
        # As many at once as the client sends.
        many = [Inputs.get_input_from_bytes(f"p{number}", image_bytes=picture()) for number in range(32)]
        self.assertEqual(len(model.predict(many).outputs), 32)
        with self.assertRaises(Exception) as refused:
            model.predict_by_bytes(b"no picture", input_type="image")
        self.assertIn("PNG, JPEG", str(refused.exception))

    def test_the_client_streams_pictures_and_what_is_found_in_them(self):
        # Of this client's streams, what is wanted of the answer cannot be said: it stumbles over that itself.
        model = self.model(url=RECOGNITION)
        made = list(model.generate_by_bytes(picture(), input_type="image"))
        self.assertEqual([len(answer.outputs[0].data.concepts) for answer in made], [20])
        several = iter([picture(), picture(80, 60), picture(8, 8)])
        streamed = list(model.stream_by_bytes(several, input_type="image"))
        self.assertEqual([len(answer.outputs[0].data.concepts) for answer in streamed], [20, 20, 20])

    def test_the_client_makes_trains_asks_and_deletes_a_model(self):
        user = User(user_id="ada", pat=self.token, base_url=self.server.url)
        app = user.create_app("post")
        inputs = app.inputs()
        texts = {
            "praise": ["What a lovely day", "I love this", "Great work", "This is wonderful", "So happy with it"],
            "blame": ["This is awful", "I hate it", "Terrible service", "What a bad day", "So angry about it"],
        }
        protos = [
            inputs.get_text_input(f"{kind}-{number}", raw_text=text, labels=[kind])
            for kind, several in texts.items()
            for number, text in enumerate(several)
        ]
        inputs.upload_inputs(protos)

        model = app.create_model("mood", model_type_id="embedding-classifier")
        with tempfile.TemporaryDirectory() as folder:
            params = model.get_params(save_to=f"{folder}/params.yaml")
        self.assertTrue(params["concepts_mutually_exclusive"])
        self.assertIn("penalty", params["train_params"])
        self.assertIn("stronger", model.get_param_info("penalty")["description"])
        model.update_params(concepts=["praise", "blame"], medium="text")
        version = model.train()
        self.assertEqual(len(version), 32)
        deadline = time.monotonic() + 60
        while (status := model.training_status(version_id=version)).code != StatusCode.MODEL_TRAINED:
            self.assertIn(status.code, [StatusCode.MODEL_QUEUED_FOR_TRAINING, StatusCode.MODEL_TRAINING])
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.2)

        answer = model.predict_by_bytes(b"I am so glad about this lovely gift", input_type="text")
        self.assertEqual(answer.outputs[0].data.concepts[0].id, "praise")
        self.assertGreater(answer.outputs[0].data.concepts[0].value, 0.5)
        self.assertEqual([one.model_version.id for one in model.list_versions()], [version])
        # The client drops figures where it reads a model, and not where it asks for a version.
        request = service_pb2.GetModelVersionRequest(
            user_app_id=model.user_app_id, model_id="mood", version_id=version
        )
        metrics = model.STUB.GetModelVersion(request, metadata=model.auth_helper.metadata).model_version.metrics
        self.assertGreater(metrics.summary.macro_avg_f1_score, 0.5)
        self.assertEqual([of.num_pos for of in metrics.binary_metrics], [5, 5])
        # From what it learned: the client has no method for it, and a message.
        request = service_pb2.ListModelInputsRequest(user_app_id=model.user_app_id, model_id="mood")
        learned = model.STUB.ListModelInputs(request, metadata=model.auth_helper.metadata).inputs
        self.assertEqual({one.id for one in learned}, {proto.id for proto in protos})
        model.patch_version(version, description="The first")
        # What judges a model anew on another dataset is not offered.
        with self.assertRaises(Exception) as refused:
            model.list_evaluations()
        self.assertIn("is not served", str(refused.exception))
        model.delete_version(version)
        self.assertEqual(list(model.list_versions()), [])
        app.delete_model("mood")
        self.assertEqual(list(app.list_models()), [])

    def test_a_training_survives_a_server_that_is_killed(self):
        user = User(user_id="ada", pat=self.token, base_url=self.server.url)
        app = user.create_app("post")
        inputs = app.inputs()
        # As many as it takes to be at it for a while.
        protos = [
            inputs.get_text_input(f"{kind}-{number}", raw_text=f"{kind} number {number}", labels=[kind])
            for kind in ["lamp", "boat", "river"]
            for number in range(100)
        ]
        for some in range(0, len(protos), 100):
            inputs.upload_inputs(protos[some : some + 100])
        model = app.create_model("kinds", model_type_id="embedding-classifier")
        with tempfile.TemporaryDirectory() as folder:
            model.get_params(save_to=f"{folder}/params.yaml")
        version = model.train()
        deadline = time.monotonic() + 30
        while model.training_status(version_id=version).code == StatusCode.MODEL_QUEUED_FOR_TRAINING:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.server.kill()
        self.server.start()
        # Nobody says for half a minute that they are at it: then it is taken up again.
        deadline = time.monotonic() + 120
        while model.training_status(version_id=version).code != StatusCode.MODEL_TRAINED:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.5)
        answer = model.predict_by_bytes(b"A boat on the water", input_type="text")
        self.assertEqual(len(answer.outputs[0].data.concepts), 3)

    def test_the_client_has_texts_embedded(self):
        model = self.model(model_id="general-text-embedding", user_id="clarifai", app_id="main")
        answer = model.predict_by_bytes(b"A cup of tea", input_type="text")
        embedding = answer.outputs[0].data.embeddings[0]
        self.assertEqual((embedding.num_dimensions, len(embedding.vector)), (384, 384))
        self.assertAlmostEqual(sum(number * number for number in embedding.vector), 1, places=3)
