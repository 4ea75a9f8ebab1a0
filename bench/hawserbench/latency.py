"""Latency of one request at a time on one TLS connection, to the microsecond."""

import gc
import random
import socket
import time

from . import backend
from .processes import LOOPBACK


def percentile(ordered, percent):
    """The value that `percent` of an ordered list do not exceed (nearest rank)."""
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[rank - 1]


def probe(port, seconds, largest_pause=0.0):
    """
    Sends small requests one after the other, with a random pause of up to `largest_pause` seconds before
    each, and returns count, p50 and p99 in microseconds. Latency runs from before the send to the last
    byte of the answer; the client's own share is the same for all targets.
    """
    question = backend.request(backend.SMALL_PATH)
    pauses = random.Random(1)
    taken = []
    with socket.create_connection((LOOPBACK, port), timeout=10) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with backend.client_context().wrap_socket(plain, server_hostname=backend.SERVER_NAME) as tls:
            tls.sendall(question)
            first = tls.recv(65536)
            if not first.startswith(b"HTTP/1.1 200") or not first.endswith(b"\n"):
                raise OSError(f"unexpected answer: {first[:80]!r}")
            gc.disable()
            try:
                end = time.monotonic() + seconds
                while time.monotonic() < end:
                    if largest_pause:
                        time.sleep(pauses.uniform(0, largest_pause))
                    begin = time.perf_counter_ns()
                    tls.sendall(question)
                    missing = len(first)
                    while missing:
                        part = tls.recv(missing)
                        if not part:
                            raise OSError("the connection was closed in the middle of an answer")
                        missing -= len(part)
                    taken.append(time.perf_counter_ns() - begin)
            finally:
                gc.enable()
    taken.sort()
    return {
        "samples": len(taken),
        "p50_us": percentile(taken, 50) / 1000,
        "p99_us": percentile(taken, 99) / 1000,
    }
