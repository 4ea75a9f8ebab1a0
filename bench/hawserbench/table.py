"""The shared table: real members of a cluster that use it as the data path does."""

import os
import queue
import subprocess
import threading
import time

from .processes import BenchError, _die_with_parent

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "java", "TableMember.java")
SILENCE = 180


def parse_answer(line):
    """`ANSWER what key=value ...` as a pair of the word and a dictionary of numbers; None for any other line."""
    words = line.split()
    if len(words) < 2 or words[0] != "ANSWER":
        return None
    return words[1], {key: float(value) for key, value in (word.split("=", 1) for word in words[2:])}


class Member:
    """A member of the cluster, in a process of its own."""

    def __init__(self, java, classpath, port, ports, heap="640m"):
        others = [other for other in ports if other != port]
        self.pid = 0
        self._popen = subprocess.Popen(
            [java, f"-Xms{heap}", f"-Xmx{heap}", "-cp", classpath, SOURCE, *map(str, [port, *others])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=_die_with_parent)
        self.pid = self._popen.pid
        self._lines = queue.Queue()
        self._last = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._popen.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def answer(self, patience=SILENCE):
        """The next answer."""
        end = time.monotonic() + patience
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise BenchError(f"a member gave no answer within {patience} s:\n{self.last_words()}") from None
            if line is None:
                raise BenchError(f"a member ended:\n{self.last_words()}")
            self._last = self._last[-199:] + [line]
            answer = parse_answer(line)
            if answer:
                return answer[1]

    def last_words(self):
        return "".join(self._last).rstrip()

    def ask(self, *words):
        self._popen.stdin.write(" ".join(map(str, words)) + "\n")
        self._popen.stdin.flush()
        return self.answer()

    def kill(self):
        self._popen.kill()
        self._popen.wait()


def await_entries(members, entries, patience=SILENCE):
    """Waits until every member has so many entries and nothing is on its way; seconds that it took."""
    begin = time.monotonic()
    while True:
        sizes = [member.ask("size") for member in members]
        if all(size["entries"] == entries and size["settled"] for size in sizes):
            return time.monotonic() - begin
        if time.monotonic() - begin > patience:
            raise BenchError(f"after {patience} s the members have {[int(size['entries']) for size in sizes]} entries"
                             f" of {entries}")
        time.sleep(0.1)


def carried(outcomes):
    """The highest rate, with all lower ones, at which nothing was dropped; 0 when there is none."""
    best = 0
    for rate, dropped in sorted(outcomes.items()):
        if dropped:
            break
        best = rate
    return best
