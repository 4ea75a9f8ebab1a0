"""Load by wrk, with its own count of what succeeded and what did not."""

import json
import math
import os

from . import backend
from .processes import BenchError

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "wrk")


def parse_summary(output):
    """What wrk did, from the line that wrk/summary.lua prints."""
    for line in output.splitlines():
        if line.startswith("SUMMARY "):
            return json.loads(line[len("SUMMARY "):])
    raise BenchError(f"wrk printed no summary: {output.strip()[-500:]}")


def complaints(summary):
    """Why this load counts for nothing; empty when all went well."""
    found = [f"{count} {kind} errors" for kind, count in summary["errors"].items() if count]
    return found if summary["requests"] or summary["bytes"] else found + ["nothing was answered"]


class Wrk:
    """Runs wrk against a port. `threads` are wrk's own."""

    def __init__(self, processes, threads):
        self._processes = processes
        self._threads = threads

    def new_connections(self, port, seconds):
        """A full TLS handshake for each request."""
        return self._run(port, backend.SMALL_PATH, seconds, 32, ["-H", "Connection: close"])

    def keep_alive(self, port, seconds):
        """Small requests, one after the other, on connections that stay."""
        return self._run(port, backend.SMALL_PATH, seconds, 64)

    def bulk(self, port, seconds):
        """Large downloads on a few connections."""
        return self._run(port, backend.BULK_PATH, seconds, 8)

    def start_fixed(self, port, seconds, rate):
        """Begins small requests at a fixed rate in all; wait() gives the summary."""
        pace = 10
        connections = max(1, math.ceil(rate * pace / 1000))
        command = self._command(port, backend.SMALL_PATH, seconds, connections, [], "paced.lua")
        return Background(self._processes, ["env", f"PACE_MS={pace}", *command])

    def _run(self, port, path, seconds, connections, options=()):
        command = self._command(port, path, seconds, connections, options, "summary.lua")
        return parse_summary(self._processes.run("wrk", command, timeout=seconds + 30))

    def _command(self, port, path, seconds, connections, options, script):
        return ["wrk", "-t", str(min(self._threads, connections)), "-c", str(connections), "-d", str(seconds),
                "--timeout", "10s", "-s", os.path.join(SCRIPTS, script), *options,
                f"https://{backend.SERVER_NAME}:{port}{path}"]


class Background:
    """A wrk that runs while something else is measured."""

    def __init__(self, processes, command):
        self._processes = processes
        self._child = processes.start("wrk-fixed", command)

    def abandon(self):
        self._processes.stop(self._child)

    def wait(self, seconds):
        """Waits for the end of the load and returns wrk's summary."""
        try:
            self._child.wait(seconds)
            return parse_summary(self._child.last_words())
        finally:
            self._processes.stop(self._child)
