"""What the OpenAPI document says is so: requests made from it, well and badly formed, are answered as it says."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from atelier import Server
from wire import Wire

# How long requests are made up; longer by `cargo xtask soak`.
SECONDS = int(os.environ.get("ATELIER_SECONDS", "60"))

# Things that are there, so that requests get further than to what does not exist.
KNOWN = """
[parameters]
user_id = "ada"
app_id = "tea"
input_id = "note"
concept_id = "green"
annotation_id = "said"
"""

CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
