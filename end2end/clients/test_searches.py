"""Searches, as the official client asks for them, and as its messages do."""

import os
import unittest

from clarifai.client.search import Search
from clarifai.client.user import User
from clarifai_grpc.grpc.api.status import status_code_pb2 as code

from atelier import Server
from wire import Wire


class Searches(unittest.TestCase):
    def setUp(self):
        self.server = Server(os.environ["ATELIER"])
        self.addCleanup(self.server.stop)
        self.token = self.server.add_person("ada")
        User(user_id="ada", pat=self.token, base_url=self.server.url).create_app("street-signs")
        self.wire = Wire(self.server.url, "ada", "street-signs", self.token)
        self.done("PostConcepts", concepts=[{"id": "stop"}, {"id": "yield"}])
        self.done("PostDatasets", datasets=[{"id": "harbour"}])
        texts = ["A red stop sign", "A yield sign, bent", "Nothing to be seen"]
        inputs = [
            {
                "id": f"note-{number}",
                "data": {"text": {"raw": text}, "metadata": {"walk": number, "weather": ["rain", "dusk"][number % 2]}},
            }
            for number, text in enumerate(texts)
        ]
        for each in inputs:
            self.done("PostInputs", inputs=[each])
        self.done("PostDatasetInputs", dataset_id="harbour", dataset_inputs=[{"input": {"id": "note-2"}}])
        concepts = [{"id": "stop", "value": 1}, {"id": "yield", "value": 0}]
        said = {"id": "said", "input_id": "note-0", "data": {"concepts": concepts}}
        self.done("PostAnnotations", annotations=[said])

    def done(self, rpc: str, **fields) -> dict:
        answer = self.wire.grpc(rpc, **fields)
        self.assertEqual(answer["status"]["code"], code.SUCCESS, answer)
        return answer

    def search(self, **settings) -> Search:
        return Search(user_id="ada", app_id="street-signs", pat=self.token, base_url=self.server.url, **settings)

    def found(self, *filters: dict, **settings) -> list:
        pages = self.search(**settings).query(filters=list(filters))
        return [hit.input.id for page in pages for hit in page.hits]

    def test_the_client_finds_by_every_filter_that_it_has(self):
        for filters, expected in (
            ([{}], ["note-2", "note-1", "note-0"]),
            ([{"concepts": [{"id": "stop", "value": 1}]}], ["note-0"]),
            ([{"concepts": [{"name": "stop", "value": 1}, {"id": "yield", "value": 0}]}], ["note-0"]),
            ([{"concepts": [{"id": "stop", "value": 0}]}], []),
            ([{"metadata": {"weather": "rain"}}], ["note-2", "note-0"]),
            ([{"metadata": {"walk": 1}}], ["note-1"]),
            ([{"text_raw": "sign"}], ["note-1", "note-0"]),
            ([{"input_types": ["text", "image"], "input_status_code": 30000}], ["note-2", "note-1", "note-0"]),
            ([{"input_types": ["image"]}], []),
            ([{"input_dataset_ids": ["harbour"]}], ["note-2"]),
            ([{"text_raw": "sign"}, {"metadata": {"weather": "dusk"}}], ["note-1"]),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self.found(*[dict(each) for each in filters], top_k=10), expected)

    def test_the_client_goes_through_pages(self):
        self.assertEqual(self.found({"text_raw": "sign"}, pagination=True), ["note-1", "note-0"])
        pages = self.search(pagination=True).query(filters=[{}], page_no=2, per_page=2)
        self.assertEqual([hit.input.id for page in pages for hit in page.hits], ["note-0"])

    def test_the_client_hears_that_nothing_is_ranked(self):
        with self.assertRaisesRegex(Exception, "does not rank yet"):
            list(self.search(top_k=3).query(ranks=[{"text_raw": "a sign"}]))
        with self.assertRaisesRegex(Exception, "data.geo is not kept"):
            place = {"longitude": 13.4, "latitude": 52.5, "geo_limit": 10}
            list(self.search(top_k=3).query(filters=[{"geo_point": place}]))

    def test_a_search_is_kept_used_and_deleted_by_its_messages(self):
        filters = [{"annotation": {"data": {"concepts": [{"id": "stop", "value": 1}]}}}]
        search = {"id": "stops", "name": "All stops", "query": {"filters": filters}, "save": True}
        answer = self.done("PostInputsSearches", searches=[search])
        self.assertEqual((answer["id"], answer["hits"][0]["input"]["id"]), ("stops", "note-0"))
        kept = self.done("GetSearch", id="stops")["search"]
        self.assertEqual(kept["query"]["filters"], filters)
        self.assertEqual([each["id"] for each in self.done("ListSearches")["searches"]], ["stops"])
        hits = self.done("PostSearchesByID", id="stops")["hits"]
        self.assertEqual([hit["input"]["id"] for hit in hits], ["note-0"])
        change = {"id": "stops", "query": {"filters": [{**filters[0], "negate": True}]}}
        self.done("PatchSearches", searches=[change], action="overwrite")
        hits = self.done("PostSearchesByID", id="stops", pagination={"page": 1, "per_page": 1})["hits"]
        self.assertEqual([hit["input"]["id"] for hit in hits], ["note-2"])
        said = self.done("PostAnnotationsSearches", searches=[{"query": {"filters": filters}}])["hits"]
        self.assertEqual([hit["annotation"]["id"] for hit in said], ["said"])
        counted = self.done("PostInputsSearches", searches=[], only_count=True)
        self.assertEqual(counted["hit_counts"], [{"estimated_total": "3"}])
        self.done("DeleteSearch", id="stops")
        self.assertNotEqual(self.wire.grpc("GetSearch", id="stops")["status"]["code"], code.SUCCESS)
