"""A backup that is made while the server answers, and restored beside it."""

import os
import subprocess
import unittest
from pathlib import Path

from atelier import DEMO, Browser, Server


class Backup(unittest.TestCase):
    def setUp(self):
        self.server = Server(os.environ["ATELIER"])
        self.addCleanup(self.server.stop)
        self.server.add_person("ada")
        self.ada = Browser(self.server.url)
        self.ada.sign_in("ada@example.org")
        self.ada.post("apps/create", slug="street-signs", name="Street signs", description="")
        self.picture = next(DEMO.glob("*.jpg"))
        self.ada.upload("ada/street-signs", [self.picture])

    def atelier(self, *arguments: str) -> str:
        done = subprocess.run([self.server.program, *arguments], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_restored_copy_serves_what_there_was(self):
        name = self.server.data / "backup"
        said = self.atelier("backup", str(name), "--data", str(self.server.data))
        self.assertRegex(said, r"^backed up \d+ rows of \d+ tables and 2 objects into ")
        subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=name, check=True)
        self.ada.upload("ada/street-signs", [self.picture])

        copy = Server(self.server.program, restored_from=name)
        self.addCleanup(copy.stop)
        ada = Browser(copy.url)
        ada.sign_in("ada@example.org")
        page = ada.page("/ada/street-signs/inputs")
        self.assertEqual(page.count("/thumbnail"), 1, "what came after the backup is not in it")
        place = f"/pictures/ada/street-signs/{self.picture.stem}/original"
        with ada.open(place) as answer:
            self.assertEqual(answer.read(), self.picture.read_bytes())

    def test_a_changed_backup_is_refused(self):
        name = self.server.data / "backup"
        self.atelier("backup", str(name), "--data", str(self.server.data))
        users = name / "tables/users.jsonl"
        users.write_bytes(users.read_bytes().replace(b"ada", b"eve", 1))
        place = self.server.data / "copy"
        done = subprocess.run(
            [self.server.program, "restore", str(name), "--data", str(place)], capture_output=True, text=True
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the file `tables/users.jsonl` is not what was backed up", done.stderr)
        self.assertFalse(Path(place).exists())


if __name__ == "__main__":
    unittest.main()
