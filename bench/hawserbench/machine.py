"""What a reader needs to know of the machine and of the programs to judge the figures."""

import os
import platform
import re
import subprocess


def _first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "absent"
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines else "unknown"


def _field(path, pattern):
    with open(path) as file:
        found = re.search(pattern, file.read(), re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def java_command():
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else "java"


def describe(haproxy, nginx, nodes):
    """`nodes` maps the label of each lb-node to its command."""
    repository = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    memory = int(_field("/proc/meminfo", r"^MemTotal:\s+(\d+)")) // 1024
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _field("/proc/cpuinfo", r"^model name\s*:\s*(.*)$") + f" ({platform.machine()})",
        "memory_mib": memory,
        "kernel": platform.release(),
        "load_average": round(os.getloadavg()[0], 2),
        "haproxy": _first_line(haproxy, "-v"),
        "nginx": _first_line(nginx, "-v").replace("nginx version: ", ""),
        "wrk": re.sub(r" \[.*", "", _first_line("wrk", "-v")),
        "openssl": _first_line("openssl", "version"),
        "java": _first_line(java_command(), "-version"),
        "revision": _first_line("git", "-C", repository, "describe", "--always", "--dirty"),
        "nodes": {label: _first_line(command, "--version") for label, command in nodes.items()},
    }
