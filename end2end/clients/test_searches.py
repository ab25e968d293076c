"""Searches, as the official client asks for them, and as its messages do."""

import os
import tempfile
import time
import unittest
from pathlib import Path

from clarifai.client.input import Inputs
from clarifai.client.search import Search
from clarifai.client.user import User
from clarifai_grpc.grpc.api.status import status_code_pb2 as code

from atelier import Server
from wire import Wire

PICTURE = Path(__file__).parents[2] / "crates/server/demo/crossing-in-the-rain.jpg"


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

    def test_concepts_are_found_by_their_names(self):
        def named(**query) -> list:
            return [each["id"] for each in self.done("PostConceptsSearches", concept_query=query).get("concepts", [])]

        self.assertEqual(named(name="sto*"), ["stop"])
        self.assertEqual(named(), ["stop", "yield"])
        self.assertEqual(named(name="sto", language="ja"), [])
        public = {"id": "general-image-recognition", "user_id": "clarifai", "app_id": "main"}
        self.assertGreater(len(named(name="dog*", model=public)), 0)
        self.assertEqual(named(name="yield", model=public, ignore_app_concepts=True), [])
        answer = self.done("PostConceptsSearches", pagination={"page": 2, "per_page": 1})
        self.assertEqual([each["id"] for each in answer["concepts"]], ["yield"])

    def test_the_client_adds_inputs_with_places_and_finds_them_there(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as listed:
            listed.write('inputid,input,geopoints\nberlin,Mind the gap,"13.405,52.52"\n')
            listed.write('fiji,Drive on the left,"179.9,-17.5"\nnowhere,A sign,\n')
            listed.flush()
            inputs = Inputs(user_id="ada", app_id="street-signs", pat=self.token, base_url=self.server.url)
            rows = inputs.get_inputs_from_csv(listed.name, input_type="text", csv_type="raw", labels=False)
            inputs.upload_inputs(rows)
        kept = {each.id: each.data.geo.geo_point for each in inputs.list_inputs()}
        self.assertAlmostEqual(kept["berlin"].latitude, 52.52, places=5)
        self.assertAlmostEqual(kept["fiji"].longitude, 179.9, places=4)
        self.assertEqual(kept["nowhere"].ByteSize(), 0)
        near = lambda longitude, latitude, km: self.found(
            {"geo_point": {"longitude": longitude, "latitude": latitude, "geo_limit": km}}, top_k=10
        )
        self.assertEqual(near(13.4, 52.5, 10), ["berlin"])
        self.assertEqual(near(-179.9, -17.5, 30), ["fiji"])
        self.assertEqual(near(13.4, 52.5, 1), [])
        corner = lambda longitude, latitude: {"geo_point": {"longitude": longitude, "latitude": latitude}}
        corners = [corner(170.0, 0.0), corner(-170.0, -30.0)]
        across = [{"input": {"data": {"geo": {"geo_box": corners}}}}]
        hits = self.done("PostInputsSearches", searches=[{"query": {"filters": across}}])["hits"]
        self.assertEqual([hit["input"]["id"] for hit in hits], ["fiji"])
        moved = {"id": "nowhere", "data": {"geo": {"geo_point": {"longitude": 13.4, "latitude": 52.5}}}}
        self.done("PatchInputs", inputs=[moved], action="overwrite")
        self.assertEqual(sorted(near(13.4, 52.5, 10)), ["berlin", "nowhere"])
        self.done("PatchInputs", inputs=[{"id": "nowhere", "data": {"geo": {}}}], action="remove")
        self.assertEqual(near(13.4, 52.5, 10), ["berlin"])
        wrong = {"id": "nowhere", "data": {"geo": {"geo_point": {"longitude": 13.4, "latitude": 95.0}}}}
        answer = self.wire.grpc("PatchInputs", inputs=[wrong], action="merge")
        self.assertIn("data.geo.geo_point.latitude", answer["status"]["details"])

    def test_the_client_goes_through_pages(self):
        self.assertEqual(self.found({"text_raw": "sign"}, pagination=True), ["note-1", "note-0"])
        pages = self.search(pagination=True).query(filters=[{}], page_no=2, per_page=2)
        self.assertEqual([hit.input.id for page in pages for hit in page.hits], ["note-0"])

    def test_the_client_ranks_what_it_finds_by_a_sentence_and_a_picture(self):
        picture = PICTURE.read_bytes()
        inputs = Inputs(user_id="ada", app_id="street-signs", pat=self.token, base_url=self.server.url)
        inputs.upload_from_bytes(input_id="crossing", image_bytes=picture)

        def ranked(rank: dict, *filters: dict) -> list:
            pages = self.search(top_k=4).query(ranks=[rank], filters=list(filters) or [{}])
            return [hit for page in pages for hit in page.hits]

        sentence = {"text_raw": "The yield sign is crooked"}
        until = time.monotonic() + 60
        while len(ranked(sentence)) < 4:
            self.assertLess(time.monotonic(), until, "not all were looked at")
            time.sleep(0.1)
        hits = ranked(sentence)
        self.assertEqual(hits[0].input.id, "note-1")
        self.assertEqual([hit.score for hit in hits], sorted((hit.score for hit in hits), reverse=True))
        self.assertEqual({hit.input.id for hit in ranked(sentence, {"text_raw": "sign"})}, {"note-0", "note-1"})
        self.assertEqual([hit.input.id for hit in ranked(sentence, {"input_types": ["image"]})], ["crossing"])
        (crossing,) = ranked({"image_bytes": picture})
        self.assertEqual(crossing.input.id, "crossing")
        self.assertGreater(crossing.score, 0.99)

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
