"""Starts processes that cannot outlive the benchmark, and gives them ports and file descriptors."""

import ctypes
import os
import resource
import signal
import socket
import subprocess

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class BenchError(Exception):
    """Something the user must know and can act on; the message says what."""


def raise_file_limit(wanted):
    """
    Raises the limit of open files of this process, and so of all that it starts, as far as allowed.

    Returns the limit now in force.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= wanted:
        target = (max(soft, wanted), hard)
    else:
        target = (wanted, wanted)  # root may lift the hard limit too
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, target)
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Ports:
    """
    Loopback ports from the kernel. Each stays bound here, without listening, so that no outgoing
    connection takes it meanwhile; a server that sets SO_REUSEADDR can listen on it all the same.
    """

    def __init__(self):
        self._held = []

    def take(self):
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((LOOPBACK, 0))
        self._held.append(held)
        return held.getsockname()[1]

    def close(self):
        for held in self._held:
            held.close()


class Child:
    """A running process, the leader of its own process group."""

    def __init__(self, name, popen, log):
        self.name = name
        self.pid = popen.pid
        self._popen = popen
        self._log = log

    def running(self):
        return self._popen.poll() is None

    def wait(self, seconds):
        """Waits for the process to end by itself."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired as e:
            raise BenchError(f"{self.name} did not end within {seconds:.0f} s") from e

    def last_words(self):
        with open(self._log, errors="replace") as log:
            return "".join(log.readlines()[-15:]).rstrip()

    def stop(self, patience=3.0):
        """Ends the group: politely, then after `patience` seconds by force."""
        if self.running():
            self._signal(signal.SIGTERM)
            try:
                self._popen.wait(patience)
            except subprocess.TimeoutExpired:
                pass
        self._signal(signal.SIGKILL)
        self._popen.wait()

    def _signal(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


def _die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Processes:
    """Everything that was started; nothing of it is left after stop_all()."""

    def __init__(self, directory):
        self._directory = directory
        self._children = []

    def start(self, name, command, env=None):
        log = os.path.join(self._directory, f"{name}.log")
        with open(log, "wb") as output:
            try:
                popen = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env={**os.environ, **(env or {})},
                    cwd=self._directory,
                    start_new_session=True,
                    preexec_fn=_die_with_parent,
                )
            except OSError as e:
                raise BenchError(f"{name}: cannot start {command[0]}: {e.strerror}") from e
        child = Child(name, popen, log)
        self._children.append(child)
        return child

    def run(self, name, command, timeout):
        """Runs a command to its end and returns its standard output."""
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self._directory,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        ) as popen:
            try:
                output, _ = popen.communicate(timeout=timeout)
            except BaseException as e:
                os.killpg(popen.pid, signal.SIGKILL)
                popen.wait()
                if isinstance(e, subprocess.TimeoutExpired):
                    raise BenchError(f"{name} did not end within {timeout:.0f} s") from e
                raise
        if popen.returncode != 0:
            raise BenchError(f"{name} failed with status {popen.returncode}: {output.strip()[-500:]}")
        return output

    def stop(self, child):
        child.stop()
        self._children.remove(child)

    def stop_all(self):
        for child in reversed(self._children):
            child.stop()
        self._children.clear()
