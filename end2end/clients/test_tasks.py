"""A task, from its making to its end, as the official client's messages ask for it."""

import os
import unittest

from clarifai.client.user import User
from clarifai_grpc.grpc.api.status import status_code_pb2 as code

from atelier import Server
from wire import Wire


class Tasks(unittest.TestCase):
    def setUp(self):
        self.server = Server(os.environ["ATELIER"])
        self.addCleanup(self.server.stop)
        self.tokens = {name: self.server.add_person(name) for name in ("ada", "bo", "di")}
        User(user_id="ada", pat=self.tokens["ada"], base_url=self.server.url).create_app("street-signs")
        self.ada, self.bo, self.di = (self.wire(name) for name in ("ada", "bo", "di"))
        for number in range(3):
            self.ada.inputs.upload_text(f"note-{number}", raw_text="Stop at the sign")
        concepts = [{"id": "stop"}, {"id": "yield"}]
        self.answered(self.ada.grpc("PostConcepts", concepts=concepts))
        people = [
            {"user": {"id": name}, "scopes": ["Annotations_Add", "Tasks_Get"]} for name in ("bo", "di")
        ]
        self.answered(self.ada.grpc("PostCollaborators", collaborators=people))

    def wire(self, name: str) -> Wire:
        return Wire(self.server.url, "ada", "street-signs", self.tokens[name])

    def answered(self, answer: dict) -> dict:
        self.assertEqual(answer["status"]["code"], code.SUCCESS, answer)
        return answer

    def make(self) -> dict:
        task = {
            "id": "signs",
            "type": "CONCEPTS_CLASSIFICATION",
            "description": "Say what stands there.",
            "worker": {"strategy": "PARTITIONED", "user_ids": ["bo"]},
            "concept_ids": ["stop", "yield"],
            "input_source": {"type": "ALL_INPUTS"},
            "review": {"strategy": "MANUAL", "user_ids": ["di"]},
        }
        return self.answered(self.ada.grpc("PostTasks", tasks=[task]))["tasks"][0]

    def next(self, wire: Wire) -> list:
        answer = self.answered(wire.grpc("ListNextTaskAssignments", task_id="signs"))
        return [each["id"] for each in answer.get("inputs", [])]

    def put(self, wire: Wire, number: int, action: str, expected: int = code.SUCCESS) -> dict:
        answer = wire.grpc("PutTaskAssignments", task_id="signs", input_id=f"note-{number}", action=action)
        self.assertEqual(answer["status"]["code"], expected, answer)
        return answer

    def label(self, number: int):
        self.put(self.bo, number, "LABEL_START")
        said = {"input_id": f"note-{number}", "task_id": "signs", "data": {"concepts": [{"id": "stop", "value": 1}]}}
        self.answered(self.bo.grpc("PostAnnotations", annotations=[said]))
        assignment = self.put(self.bo, number, "LABEL_SUBMIT")["task_assignments"][0]
        self.assertEqual(assignment["status"]["code"], code.TASK_ASSIGNMENT_AWAITING_REVIEW)

    def test_a_task_from_its_making_to_its_end(self):
        made = self.make()
        self.assertEqual((made["id"], made["status"]["code"]), ("signs", code.TASK_IN_PROGRESS))
        self.assertEqual(made["concept_ids"], ["stop", "yield"])
        self.assertEqual(self.next(self.bo), ["note-0", "note-1", "note-2"])
        self.assertEqual(self.next(self.di), [], "nothing waits for a review yet")
        self.put(self.di, 0, "LABEL_SUBMIT", code.TASK_CONFLICT)
        self.put(self.bo, 0, "REVIEW_APPROVE", code.TASK_CONFLICT)
        for number in range(3):
            self.label(number)
        self.assertEqual(self.next(self.di), ["note-0", "note-1", "note-2"])
        self.put(self.di, 0, "REVIEW_APPROVE")
        self.put(self.di, 1, "REVIEW_REJECT")
        self.put(self.di, 2, "REVIEW_REQUEST_CHANGES")
        self.assertEqual(self.next(self.bo), ["note-2"])
        counts = self.answered(self.ada.rest("GetTaskInputCount", task_id="signs"))["counts"]
        [bo] = counts
        self.assertEqual((bo["pending"], bo["success"], bo["review_denied"]), (1, 1, 1))
        self.put(self.bo, 2, "LABEL_SUBMIT")
        self.put(self.di, 2, "REVIEW_APPROVE")
        task = self.answered(self.ada.grpc("GetTask", task_id="signs"))["task"]
        self.assertEqual(task["status"]["code"], code.TASK_DONE)
        said = self.answered(self.ada.grpc("ListAnnotations", list_all_annotations=True, task_id="signs"))
        statuses = sorted(each["status"]["code"] for each in said["annotations"])
        self.assertEqual(statuses, [code.ANNOTATION_SUCCESS] * 2 + [code.ANNOTATION_REVIEW_DENIED])

    def test_what_waits_is_reviewed_by_one_message(self):
        self.make()
        for number in range(3):
            self.label(number)
        approve = {"task_id": "signs", "action": "overwrite", "status_code": code.ANNOTATION_SUCCESS, "user_ids": ["bo"]}
        refused = self.bo.grpc("PatchAnnotationsStatus", **approve)
        self.assertEqual(refused["status"]["code"], code.TASK_CONFLICT, refused)
        self.put(self.di, 1, "REVIEW_REJECT")
        done = self.answered(self.di.grpc("PatchAnnotationsStatus", **approve))
        self.assertEqual((done["user_ids"], done["updated_count"]), (["bo"], 2))
        said = self.answered(self.ada.grpc("ListAnnotations", list_all_annotations=True, task_id="signs"))
        statuses = sorted(each["status"]["code"] for each in said["annotations"])
        self.assertEqual(statuses, [code.ANNOTATION_SUCCESS] * 2 + [code.ANNOTATION_REVIEW_DENIED])

    def test_tasks_are_listed_changed_and_deleted(self):
        self.make()
        listed = self.answered(self.bo.grpc("ListTasks", worker_user_ids=["bo"]))["tasks"]
        self.assertEqual([each["id"] for each in listed], ["signs"])
        self.assertEqual(self.answered(self.bo.grpc("ListTasks", worker_user_ids=["di"])).get("tasks", []), [])
        change = {"id": "signs", "name": "Street signs", "status": {"code": code.TASK_IDLE}}
        changed = self.answered(self.ada.grpc("PatchTasks", tasks=[change], action="merge"))["tasks"][0]
        self.assertEqual((changed["name"], changed["status"]["code"]), ("Street signs", code.TASK_IDLE))
        self.assertEqual(self.next(self.bo), [], "it rests")
        refused = self.bo.grpc("DeleteTasks", ids=["signs"])["status"]
        self.assertIn("Tasks_Delete", refused["details"])
        self.answered(self.ada.grpc("DeleteTasks", ids=["signs"]))
        self.assertEqual(self.ada.grpc("GetTask", task_id="signs")["status"]["code"], 11101)


if __name__ == "__main__":
    unittest.main()
