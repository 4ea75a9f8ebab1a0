"""CPU time of a process tree, of the whole machine, and of everything that is not ours."""

import os
import time
from dataclasses import dataclass

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KERNEL_THREAD = 0x00200000  # PF_KTHREAD of include/linux/sched.h


@dataclass(frozen=True)
class Process:
    """One line of /proc/PID/stat; `ticks` counts the process, its threads and its reaped children."""

    parent: int
    ticks: int
    kernel_thread: bool


@dataclass(frozen=True)
class Snapshot:
    """What the kernel has accounted up to one moment."""

    seconds: float
    idle_ticks: int
    cores: int
    processes: dict


def parse_stat(text):
    """Reads one /proc/PID/stat line; the name in parentheses may itself hold spaces and parentheses."""
    fields = text[text.rindex(")") + 2:].split()
    return Process(
        parent=int(fields[1]),
        ticks=sum(int(field) for field in fields[11:15]),
        kernel_thread=bool(int(fields[6]) & KERNEL_THREAD),
    )


def read_processes():
    processes = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as stat:
                    processes[int(name)] = parse_stat(stat.read())
            except (FileNotFoundError, ProcessLookupError):
                pass  # ended while we were looking
    return processes


def read_idle(text):
    """Ticks that no core worked for us: idle, waiting for a disk, or stolen by the hypervisor; and the cores."""
    lines = text.splitlines()
    fields = [int(field) for field in lines[0].split()[1:]]
    cores = sum(1 for line in lines if line.startswith("cpu")) - 1
    return fields[3] + fields[4] + fields[7], cores


def snapshot():
    with open("/proc/stat") as stat:
        idle, cores = read_idle(stat.read())
    return Snapshot(time.monotonic(), idle, cores, read_processes())


def tree(processes, root):
    """The process ids of root and all its living descendants."""
    children = {}
    for pid, process in processes.items():
        children.setdefault(process.parent, []).append(pid)
    found, waiting = [], [root] if root in processes else []
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, []))
    return found


def tree_ticks(processes, root):
    """CPU of a tree. A child that ends moves its time into its parent's, so the sum never loses any."""
    return sum(processes[pid].ticks for pid in tree(processes, root))


def foreign_ticks(processes, own_root):
    """CPU of all user processes outside our own tree: other people's work on this machine."""
    own = set(tree(processes, own_root))
    return sum(p.ticks for pid, p in processes.items() if pid not in own and not p.kernel_thread)


@dataclass(frozen=True)
class Cost:
    """CPU seconds spent between two snapshots."""

    wall: float
    proxy: float
    machine: float
    foreign: float

    @property
    def machine_ours(self):
        """The machine's CPU without what unrelated processes used in the meantime."""
        return self.machine - self.foreign


def cost(before, after, proxy_pid, own_root):
    """
    What was spent from one snapshot to the other. The machine's time is cores x wall - idle: the kernel
    keeps idle time exactly, but only samples the rest at each tick.
    """
    wall = after.seconds - before.seconds
    machine = after.cores * wall - (after.idle_ticks - before.idle_ticks) / TICKS_PER_SECOND
    foreign = foreign_ticks(after.processes, own_root) - foreign_ticks(before.processes, own_root)
    proxy = 0.0
    if proxy_pid is not None:
        proxy = tree_ticks(after.processes, proxy_pid) - tree_ticks(before.processes, proxy_pid)
    return Cost(wall, proxy / TICKS_PER_SECOND, max(0.0, machine), max(0.0, foreign / TICKS_PER_SECOND))


def memory(root):
    """Resident and proportional memory of a process tree, in bytes, from smaps_rollup."""
    total = {"rss": 0, "pss": 0}
    for pid in tree(read_processes(), root):
        try:
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                for line in rollup:
                    key = line.split(":")[0].lower()
                    if key in total:
                        total[key] += int(line.split()[1]) * 1024
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def open_files(root):
    """Open file descriptors of a process tree."""
    count = 0
    for pid in tree(read_processes(), root):
        try:
            count += len(os.listdir(f"/proc/{pid}/fd"))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return count
