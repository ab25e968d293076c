"""Whoever starts the server is shown how to make the first account, as long as there is none."""

import os
import unittest

from atelier import PASSWORD, Browser, Server


class FirstAccount(unittest.TestCase):
    def setUp(self):
        self.server = Server(os.environ["ATELIER"])
        self.addCleanup(self.server.stop)

    def link(self) -> str:
        """What the server printed after it said where it listens: the path of the link."""
        line = self.server.process.stdout.readline()
        self.assertIn(f"{self.server.url}/sign-up/", line)
        return line.strip().split(self.server.url, 1)[1]

    def test_each_start_prints_another_link_until_there_is_an_account(self):
        first = self.link()
        self.server.restart()
        second = self.link()
        self.assertNotEqual(first, second)

        browser = Browser(self.server.url)
        self.assertIn("Create the first account", browser.page(second))
        browser.post(
            "identity/first-account",
            token=second.rsplit("/", 1)[1],
            name="Ada",
            email="ada@example.org",
            password=PASSWORD,
        )
        account = browser.post("account/get")
        self.assertTrue(account["addresses"][0]["is_verified"], account)

        self.server.restart()
        self.server.process.terminate()
        self.assertEqual(self.server.process.stdout.read(), "", "there is an account: no link is printed")


if __name__ == "__main__":
    unittest.main()
