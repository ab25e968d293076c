"""What the official Python client does with datasets: it fills them, freezes them, joins them, and lists what they hold."""

import os
import tempfile
import unittest
from pathlib import Path

from clarifai.client.app import App
from clarifai.client.user import User

from atelier import Server


class Datasets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(os.environ["ATELIER"])
        cls.addClassCleanup(cls.server.stop)
        ada = cls.server.add_person("ada")
        User(user_id="ada", pat=ada, base_url=cls.server.url).create_app("street-signs")
        cls.app = App(app_id="street-signs", user_id="ada", pat=ada, base_url=cls.server.url)

    def held(self, dataset) -> list[str]:
        return [each.id for each in dataset.list_inputs()]

    def test_a_folder_is_uploaded_into_a_dataset_which_is_frozen_and_joined_with_another(self):
        notes = self.app.create_dataset("notes", description="What was noted on walks")
        with tempfile.TemporaryDirectory() as folder:
            for name in ("harbour", "market", "mill"):
                (Path(folder) / f"{name}.txt").write_text(f"The signs at the {name} are fine.")
            notes.upload_from_folder(folder, input_type="text")
        self.assertEqual(sorted(self.held(notes)), ["harbour", "market", "mill"])
        self.assertEqual([each.id for each in notes.list_inputs(page_no=2, per_page=2)], self.held(notes)[2:])

        split = {"seed": 7, "train": 0.5, "test": 0.5}
        frozen = notes.create_version(description="Spring", metadata={"split": split})
        self.assertEqual(len(frozen.version.id), 32)
        counts = {part: metrics.inputs_count.value for part, metrics in frozen.version.metrics.items()}
        self.assertEqual((counts["/"], counts["/train"] + counts["/test"]), (3, 3))
        versions = list(notes.list_versions())
        self.assertEqual([each.version.description for each in versions], ["Spring"])
        self.assertEqual(versions[0].version.metadata["split"]["seed"], 7)

        walks = self.app.create_dataset("walks")
        walks.merge_dataset("notes")
        self.assertCountEqual(self.held(walks), self.held(notes))
        self.assertEqual([each.id for each in self.app.list_datasets()], ["walks", "notes"])

        self.app.patch_dataset("notes", description="All notes", notes="Ask Bo")
        found = self.app.dataset("notes").dataset_info
        self.assertEqual((found.description, found.notes), ("All notes", "Ask Bo"))
        with self.assertRaisesRegex(Exception, "duplicate dataset"):
            self.app.create_dataset("notes")

        self.app.delete_dataset("notes")
        self.assertEqual([each.id for each in self.app.list_datasets()], ["walks"])
        self.assertEqual(len(self.held(walks)), 3)
        notes.delete_version(frozen.version.id)
        with self.assertRaisesRegex(Exception, "does not exist"):
            list(notes.list_versions())


if __name__ == "__main__":
    unittest.main()
