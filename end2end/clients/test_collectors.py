"""Collectors: their messages left the official client, whose older users send them over REST as well."""

import os
import threading
import unittest

from clarifai.client.user import User
from clarifai_grpc.grpc.api.status import status_code_pb2 as code

from atelier import Server
from wire import Wire

GATHERED, NOT_SAMPLED, OVER_LIMIT = 1, 2, 3


class Collectors(unittest.TestCase):
    def setUp(self):
        self.server = Server(os.environ["ATELIER"])
        self.addCleanup(self.server.stop)
        self.token = self.server.add_person("ada")
        User(user_id="ada", pat=self.token, base_url=self.server.url).create_app("street-signs")
        self.wire = Wire(self.server.url, "ada", "street-signs", self.token)

    def done(self, rpc: str, **fields) -> dict:
        answer = self.wire.rest(rpc, **fields)
        self.assertEqual(answer["status"]["code"], code.SUCCESS, answer)
        return answer

    def offer(self, *texts: str) -> list:
        inputs = [{"data": {"text": {"raw": text}}} for text in texts]
        answer = self.done("PostCollectorInputs", collector_id="camera", inputs=inputs)
        return [one["outcome"] for one in answer["collected_inputs"]]

    def make(self, **fields) -> dict:
        collector = {"id": "camera", "collector_source": {"uploads_collector_source": {}}, **fields}
        return self.done("PostCollectors", collectors=[collector])["collectors"][0]

    def test_a_share_is_gathered_and_the_same_one_again(self):
        self.make(pre_queue_random_sample=0.25)
        texts = [f"Sign {number}" for number in range(100)]
        outcomes = self.offer(*texts)
        self.assertTrue(10 <= outcomes.count(GATHERED) <= 45, outcomes)
        self.assertEqual(self.offer(*texts), outcomes)
        shown = self.done("GetCollector", collector_id="camera")["collector"]
        self.assertEqual(shown["gathered"], 2 * outcomes.count(GATHERED))
        self.assertEqual(len(self.done("ListInputs")["inputs"]), shown["gathered"])

    def test_a_limit_holds_for_programs_that_send_at_once(self):
        self.make(limit_per_hour=7, limit_in_total=1000)
        outcomes = []
        senders = [
            threading.Thread(target=lambda number=number: outcomes.extend(self.offer(f"Sign {number}")))
            for number in range(30)
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        self.assertEqual(sorted(outcomes), [GATHERED] * 7 + [OVER_LIMIT] * 23)

    def test_one_of_predictions_is_kept_changed_and_deleted(self):
        source = {"model_id": "signs", "caller_user_id": "ada"}
        made = self.done(
            "PostCollectors",
            collectors=[
                {
                    "id": "watch",
                    "description": "What is asked",
                    "post_queue_workflow_id": "Empty",
                    "collector_source": {"api_post_model_outputs_collector_source": source},
                }
            ],
        )["collectors"][0]
        kept = made["collector_source"]["api_post_model_outputs_collector_source"]
        self.assertEqual(
            {name: kept[name] for name in ("model_user_id", "model_app_id", *source)},
            {"model_user_id": "ada", "model_app_id": "street-signs", **source},
        )
        change = {"id": "watch", "description": "Everything that is asked", "state": "PAUSED"}
        changed = self.done("PatchCollectors", action="merge", collectors=[change])["collectors"][0]
        self.assertEqual((changed["description"], changed["state"]), ("Everything that is asked", 2))
        self.assertEqual([one["id"] for one in self.done("ListCollectors")["collectors"]], ["watch"])
        self.done("DeleteCollectors", ids=["watch"])
        answer = self.wire.rest("GetCollector", collector_id="watch")
        self.assertNotEqual(answer["status"]["code"], code.SUCCESS)
