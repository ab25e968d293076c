"""Mail goes out by SMTP, to a server that speaks it."""

import email
import os
import queue
import re
import socket
import unittest
from email.policy import default

from aiosmtpd.controller import Controller

from atelier import PASSWORD, Browser, Server


class Mailbox:
    """Keeps what is delivered."""

    def __init__(self):
        self.mails = queue.Queue()

    async def handle_DATA(self, server, session, envelope):
        self.mails.put((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=default)))
        return "250 taken"


class Mail(unittest.TestCase):
    def setUp(self):
        self.mailbox = Mailbox()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        smtp = Controller(self.mailbox, hostname="127.0.0.1", port=port)
        smtp.start()
        self.addCleanup(smtp.stop)
        self.server = Server(os.environ["ATELIER"], "--smtp", f"smtp://127.0.0.1:{port}")
        self.addCleanup(self.server.stop)

    def test_an_address_is_verified_by_the_link_that_was_delivered(self):
        browser = Browser(self.server.url)
        browser.sign_up("Ada", "ada@example.org")
        recipients, mail = self.mailbox.mails.get(timeout=20)
        self.assertEqual(recipients, ["ada@example.org"])
        self.assertIn("atelier@localhost", mail["from"])
        link = re.search(rf"{re.escape(self.server.url)}/verify/(\S+)", mail.get_content())
        self.assertIsNotNone(link, mail.get_content())
        browser.post("identity/verify-address", token=link[1], password=PASSWORD)
        browser.sign_in("ada@example.org")
        addresses = browser.post("account/get")["addresses"]
        self.assertTrue(addresses[0]["is_verified"], addresses)


if __name__ == "__main__":
    unittest.main()
