"""Opens many TLS connections that have been used once and then stay idle."""

import os
import select
import socket
import threading
import time

from . import backend
from .processes import LOOPBACK

OPENERS = 4


class IdleConnections:
    """
    TLS connections held as bare descriptors: after the handshake and one request our own TLS state is
    dropped, so that holding ten thousand costs this process little.
    """

    def __init__(self, port):
        self._port = port
        self._descriptors = []
        self._failures = []

    def open(self, count, patience):
        """Opens up to `count` within `patience` seconds; returns how many are open, and the failures."""
        deadline = time.monotonic() + patience
        shares = [count // OPENERS + (1 if n < count % OPENERS else 0) for n in range(OPENERS)]
        openers = [threading.Thread(target=self._open, args=(share, deadline)) for share in shares]
        for opener in openers:
            opener.start()
        for opener in openers:
            opener.join()
        return len(self._descriptors), list(self._failures)

    def _open(self, count, deadline):
        context = backend.client_context()
        question = backend.request(backend.SMALL_PATH)
        for _ in range(count):
            if time.monotonic() > deadline or len(self._failures) > 10:
                return
            try:
                plain = socket.create_connection((LOOPBACK, self._port), timeout=10)
                with plain, context.wrap_socket(plain, server_hostname=backend.SERVER_NAME) as tls:
                    tls.sendall(question)
                    if not tls.recv(65536).startswith(b"HTTP/1.1 200"):
                        raise OSError("no good answer")
                    self._descriptors.append(tls.detach())
            except OSError as e:
                self._failures.append(str(e))

    def closed_by_peer(self):
        """How many the other side has ended, or sent something on: neither belongs to an idle connection."""
        poll = select.poll()
        for descriptor in self._descriptors:
            poll.register(descriptor, select.POLLIN | select.POLLHUP)
        return len(poll.poll(0))

    def close(self):
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors.clear()
