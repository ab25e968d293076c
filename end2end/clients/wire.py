"""The doors of the wire for one person and one app: REST, gRPC, and the official clients."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from clarifai.client.input import Inputs
from clarifai_grpc.grpc.api import service_pb2
from google.protobuf.json_format import MessageToDict, ParseDict

# Over REST each call has a path of its own below that of its app; what its braces name goes there.
ROUTES = {
    "ListInputs": ("GET", "/inputs"),
    "DeleteInputs": ("DELETE", "/inputs"),
    "ListAnnotations": ("GET", "/annotations"),
    "PostAnnotations": ("POST", "/annotations"),
    "PatchAnnotations": ("PATCH", "/annotations"),
    "DeleteAnnotation": ("DELETE", "/inputs/{input_id}/annotations/{annotation_id}"),
    "DeleteConcepts": ("DELETE", "/concepts"),
    "GetTaskInputCount": ("GET", "/tasks/{task_id}/inputs/count"),
    "PostCollectors": ("POST", "/collectors"),
    "GetCollector": ("GET", "/collectors/{collector_id}"),
    "ListCollectors": ("GET", "/collectors"),
    "PatchCollectors": ("PATCH", "/collectors"),
    "DeleteCollectors": ("DELETE", "/collectors"),
    "PostCollectorInputs": ("POST", "/collectors/{collector_id}/inputs"),
    "PostAppDuplications": ("POST", "/duplications"),
    "ListCollaborators": ("GET", "/collaborators"),
    "PostCollaborators": ("POST", "/collaborators"),
    "PatchCollaborators": ("PATCH", "/collaborators"),
}
DOORS = ("rest", "grpc")


class Wire:
    """The app `owner/app`, reached with a token."""

    def __init__(self, url: str, owner: str, app: str, token: str):
        self.url, self.owner, self.app, self.token = url, owner, app, token
        self.inputs = Inputs(user_id=owner, app_id=app, pat=token, base_url=url)

    def call(self, door: str, rpc: str, **fields) -> dict:
        """Calls by one of `DOORS`: the same fields, and the same answer, whichever it is."""
        return getattr(self, door)(rpc, **fields)

    def grpc(self, rpc: str, **fields) -> dict:
        user_app_id = {"user_id": self.owner, "app_id": self.app}
        request = ParseDict({"user_app_id": user_app_id, **fields}, getattr(service_pb2, f"{rpc}Request")())
        answer = getattr(self.inputs.STUB, rpc)(request)
        return MessageToDict(answer, preserving_proto_field_name=True, use_integers_for_enums=True)

    def rest(self, rpc: str, **fields) -> dict:
        verb, path = ROUTES[rpc]
        body = {name: value for name, value in fields.items() if f"{{{name}}}" not in path}
        request = urllib.request.Request(
            self.address(path.format(**fields)),
            None if verb == "GET" else json.dumps(body).encode(),
            {"authorization": f"Key {self.token}", "content-type": "application/json"},
            method=verb,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)

    def address(self, path: str) -> str:
        return f"{self.url}/v2/users/{self.owner}/apps/{self.app}{path}"

    def curl(self, path: str, body: dict) -> dict:
        """Posts by the program `curl`."""
        command = ["curl", "--silent", "--show-error", "-H", f"Authorization: Key {self.token}"]
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body), self.address(path)]
        return json.loads(run(command))

    def node(self, program: str, *arguments: str) -> dict:
        """What a program over the official Node client says last."""
        command = ["node", Path(__file__).with_name(program), self.owner, self.app, *arguments]
        said = run(command, CLARIFAI_PAT=self.token, CLARIFAI_API_BASE=self.url)
        return json.loads(said.strip().splitlines()[-1])


def run(command: list, **environment: str) -> str:
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout


def box(input_id: str, annotation: str, concept: str):
    """A region, as the official Python client makes it."""
    return Inputs.get_bbox_proto(input_id, concept, [0.1, 0.2, 0.3, 0.4], annot_id=annotation)
