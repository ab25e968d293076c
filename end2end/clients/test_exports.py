"""Versions of datasets, as readers that others wrote see them: they get what the API was told."""

import contextlib
import io
import json
import os
import struct
import tempfile
import unittest
import urllib.error
import urllib.request
import zipfile
import zlib
from pathlib import Path

from clarifai.client.app import App
from clarifai.client.user import User
from clarifai_grpc.grpc.api import resources_pb2 as wire
from globox import AnnotationSet
from pycocotools.coco import COCO

from atelier import Browser, Server

WIDTH, HEIGHT = 200, 100

#: The boxes of each picture: concept, then left, top, right and bottom as shares.
BOXES = {
    "harbour": [("stop", 0.25, 0.25, 0.75, 0.5), ("yield", 0.0, 0.0, 0.5, 0.5)],
    "mill": [("stop", 0.5, 0.5, 1.0, 1.0)],
    "market": [],
}


def png() -> bytes:
    """A black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (WIDTH + 1) * HEIGHT)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(os.environ["ATELIER"])
        cls.addClassCleanup(cls.server.stop)
        cls.ada = cls.server.add_person("ada")
        User(user_id="ada", pat=cls.ada, base_url=cls.server.url).create_app("street-signs")
        app = App(app_id="street-signs", user_id="ada", pat=cls.ada, base_url=cls.server.url)
        town = app.create_dataset("town")
        inputs = app.inputs()
        for name, boxes in BOXES.items():
            inputs.upload_from_bytes(input_id=name, image_bytes=png(), dataset_id="town")
            proto = [
                inputs.get_bbox_proto(name, concept, [left, top, right, bottom])
                for concept, left, top, right, bottom in boxes
            ]
            if proto:
                inputs.upload_annotations(proto, show_log=False)
        cls.version = town.create_version(description="Spring").version.id

    def download(self, format: str, key: str | None = None) -> Path:
        """The files of the version, in a folder that goes with the test."""
        path = f"/ada/street-signs/datasets/town/versions/{self.version}/download?format={format}&contents=yes"
        request = urllib.request.Request(self.server.url + path, headers={"authorization": f"Key {key or self.ada}"})
        with urllib.request.urlopen(request) as answer:
            archive = zipfile.ZipFile(io.BytesIO(answer.read()))
        self.assertIsNone(archive.testzip())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        archive.extractall(folder.name)
        return Path(folder.name)

    def assert_same(self, found: AnnotationSet, names: dict[str, str] | None = None):
        """That these are the boxes, to a pixel. `names` are those of classes that are read as numbers."""
        self.assertEqual({Path(image).stem for image in found.image_ids}, set(BOXES))
        for image in found:
            boxes = sorted(
                ((names or {}).get(str(box.label), str(box.label)), box.xmin, box.ymin, box.xmax, box.ymax)
                for box in image.boxes
            )
            expected = sorted(
                (concept, left * WIDTH, top * HEIGHT, right * WIDTH, bottom * HEIGHT)
                for concept, left, top, right, bottom in BOXES[Path(image.image_id).stem]
            )
            self.assertEqual([box[0] for box in boxes], [box[0] for box in expected])
            for box, wanted in zip(boxes, expected):
                for edge, other in zip(box[1:], wanted[1:]):
                    self.assertLessEqual(abs(edge - other), 1.0, (image.image_id, box, wanted))

    def test_coco_is_read_by_its_own_library_and_by_another(self):
        folder = self.download("coco")
        path = folder / "annotations" / "instances_default.json"
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(str(path))
        self.assertEqual(sorted(each["name"] for each in coco.loadCats(coco.getCatIds())), ["stop", "yield"])
        stop = coco.getCatIds(catNms=["stop"])
        self.assertEqual(len(coco.getImgIds(catIds=stop)), 2)
        (mill,) = (each for each in coco.loadImgs(coco.getImgIds()) if each["file_name"] == "mill.png")
        (found,) = coco.loadAnns(coco.getAnnIds(imgIds=[mill["id"]]))
        self.assertEqual(found["bbox"], [100.0, 50.0, 100.0, 50.0])
        self.assertEqual(int(coco.annToMask(found).sum()), 100 * 50)
        self.assert_same(AnnotationSet.from_coco(path))
        self.assertEqual((folder / "images" / "default" / "mill.png").read_bytes(), png())

    def test_yolo_is_read_by_another_library(self):
        folder = self.download("yolo")
        found = AnnotationSet.from_yolo_v5(
            folder / "labels" / "train", image_folder=folder / "images" / "train", image_extension=".png"
        )
        self.assert_same(found, {"0": "stop", "1": "yield"})
        self.assertIn('names:\n  0: "stop"\n  1: "yield"\n', (folder / "data.yaml").read_text())

    def test_voc_is_read_by_another_library(self):
        folder = self.download("voc")
        self.assert_same(AnnotationSet.from_pascal_voc(folder / "Annotations"))
        names = (folder / "ImageSets" / "Main" / "trainval.txt").read_text().split()
        self.assertEqual(sorted(names), sorted(BOXES))

    def test_jsonl_and_csv_hold_the_same(self):
        lines = [json.loads(line) for line in (self.download("jsonl") / "inputs.jsonl").read_text().splitlines()]
        self.assertEqual({line["id"] for line in lines}, set(BOXES))
        regions = sum(len(said["labels"]["regions"]) for line in lines for said in line["annotations"])
        table = (self.download("csv") / "annotations.csv").read_text().splitlines()
        self.assertEqual(sum(",box," in line for line in table), regions)
        self.assertEqual(regions, 3)

    def test_a_key_that_only_reads_gets_nothing(self):
        browser = Browser(self.server.url)
        browser.sign_in("ada@example.org")
        scopes = ["Apps_Get", "Inputs_Get", "Annotations_Get", "Concepts_Get", "Datasets_Get"]
        form = {"description": "Reads", "reach": "ada/street-signs", "scopes": scopes, "ends": "never"}
        reads = browser.post("keys/make", **form)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.download("jsonl", reads)
        self.addCleanup(refused.exception.close)
        self.assertEqual(refused.exception.code, 403)
        self.assertIn("Exports_Add", refused.exception.read().decode())


if __name__ == "__main__":
    unittest.main()
