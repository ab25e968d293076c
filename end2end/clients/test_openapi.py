"""What the OpenAPI document says is so: requests made from it, well and badly formed, are answered as it says."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

from atelier import Server

# For how long requests are made up.
SECONDS = os.environ.get("ATELIER_SECONDS", "60")

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]

# They would take away that by which all others are asked.
LEFT_OUT = ["DeleteApp", "PatchAppsIds", "DeleteKey", "PatchKeys"]

# What is there, so that requests get further than to what does not exist.
THERE = """
[parameters]
user_id = "ada"
app_id = "tea"
input_id = "note"
concept_id = "green"
annotation_id = "said"
"""


class Document(unittest.TestCase):
    def setUp(self):
        # The requests of one key are more here than a program that means well makes.
        self.server = Server(os.environ["ATELIER"], "--requests-per-key", "1000000000")
        self.addCleanup(self.server.stop)
        self.token = self.server.add_person("ada")
        self.post("apps", {"apps": [{"id": "tea"}]})
        self.post("apps/tea/inputs", {"inputs": [{"id": "note", "data": {"text": {"raw": "Green tea"}}}]})
        said = {"id": "said", "input_id": "note", "data": {"concepts": [{"id": "green"}]}}
        self.post("apps/tea/annotations", {"annotations": [said]})

    def post(self, path: str, body: dict) -> None:
        url = f"{self.server.url}/v2/users/ada/{path}"
        headers = {"authorization": f"Key {self.token}", "content-type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        urllib.request.urlopen(request).close()

    def test_requests_made_from_the_document_are_answered_as_it_says(self):
        # It keeps notes in the folder where it runs.
        with tempfile.TemporaryDirectory() as folder:
            there = Path(folder, "there.toml")
            there.write_text(THERE)
            command = [Path(sys.executable).with_name("schemathesis"), "--config-file", there, "run"]
            command += [f"{self.server.url}/v2/openapi.json", "--header", f"Authorization: Key {self.token}"]
            command += ["--checks", ",".join(CHECKS), "--phases", "coverage,fuzzing", "--max-time", SECONDS]
            # What is made up is often not valid, which is no fault of anybody's.
            command += ["--suppress-health-check", "all", "--no-color"]
            for operation in LEFT_OUT:
                command += ["--exclude-operation-id", operation]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIsNone(self.server.process.poll(), "the server still runs")
        made = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
        self.assertIsNotNone(made, done.stdout)
        self.assertGreater(int(made[2]), 500, done.stdout)
        # Had the key been taken away in the middle, nothing would have been asked.
        self.post("apps/tea/concepts", {"concepts": [{"id": "afterwards"}]})
        print(f"{made[2]} requests made from the document")
