"""Runs the workloads through the targets, interleaved, and keeps a record of each."""

import dataclasses
import os
import time
from dataclasses import dataclass

from . import cpu, idle, latency, load
from .processes import BenchError

WORKLOADS = ("connections", "keepalive", "bulk", "latency", "loaded", "fresh")


@dataclass(frozen=True)
class Plan:
    """How much of each; all durations in seconds."""

    rounds: int = 5
    fresh_rounds: int = 5
    warm_up: float = 20
    warm_connections: int = 15_000
    connections: float = 3
    keepalive: float = 3
    bulk: float = 3
    latency: float = 2
    loaded: float = 3
    first: float = 10
    idle_connections: int = 10_000
    load_rate: int = 2000
    limit: float = 14.5 * 60

    @staticmethod
    def quick():
        return Plan(rounds=2, fresh_rounds=1, warm_up=8, warm_connections=6000, connections=2, keepalive=1, bulk=1, latency=1, loaded=1,
                    idle_connections=2000, limit=2.75 * 60)


class Session:
    """One run. `say` is told what happens; records hold plain values, ready for JSON."""

    def __init__(self, plan, targets, workloads, environment, wrk, say):
        self.records = []
        self.failed = {}
        self.rounds_done = 0
        self.fresh_rounds_done = 0
        self._plan = plan
        self._targets = targets
        self._workloads = workloads
        self._environment = environment
        self._wrk = wrk
        self._say = say
        self._instances = {}
        self._end = time.monotonic() + plan.limit
        # The first guess for fresh processes is what a quiet machine needs; for the rest the first round tells.
        proxies = sum(1 for target in targets if target.is_proxy)
        self._longest = {"warm": 0.0, "fresh": proxies * (plan.first + 6.0)}

    def run(self):
        """All rounds, or as many as fit into the plan's limit; the warm figures go before the fresh ones."""
        for target in self._targets:
            self._start_warm(target)
        for number in range(1, self._plan.rounds + 1):
            if not self._fits("warm", 1):
                self._say(f"stopping after {number - 1} rounds: another would pass the time limit")
                break
            order = self._order(number)
            self._timed("warm", lambda: self._warm(number, order))
            self.rounds_done = number
            if "fresh" in self._workloads and number <= self._plan.fresh_rounds:
                if self._fits("fresh", self._plan.rounds - number):
                    self._timed("fresh", lambda: self._fresh_all(number, order))
                    self.fresh_rounds_done += 1
                else:
                    self._say(f"round {number}: no fresh processes, the other rounds need the time")

    def _fits(self, part, warm_rounds_too):
        """Whether a part, and so many warm rounds, end before the limit, judged by the longest so far."""
        needed = self._longest["warm"] * warm_rounds_too + (self._longest["fresh"] if part == "fresh" else 0)
        return time.monotonic() + needed < self._end

    def _timed(self, part, work):
        begin = time.monotonic()
        work()
        self._longest[part] = max(self._longest[part], time.monotonic() - begin)

    def _order(self, number):
        """Each round begins with another target, so that none always follows the same one."""
        alive = [target for target in self._targets if target.label in self._instances]
        turn = (number - 1) % max(1, len(alive))
        return alive[turn:] + alive[:turn]

    def _start_warm(self, target):
        self._say(f"starting {target.label}")
        try:
            instance = target.start(self._environment)
            self._warm_up(instance)
        except BenchError as e:
            self._fail(target, e)
            return
        self._instances[target.label] = instance

    def _warm_up(self, instance):
        """
        Enough of every kind of work that a compiler which learns by use has learnt it. It learns by calls and not by
        seconds, so that a slow machine takes longer; who has nothing to learn gets a short one.
        """
        seconds = self._plan.warm_up
        if not seconds or not instance.pid:
            return
        if not instance.learns:
            seconds = min(seconds, 3)
        self._say(f"warming up {instance.label}")
        step, done, end = max(1, round(seconds * 0.5)), 0, time.monotonic() + 3 * seconds
        while True:
            done += self._wrk.new_connections(instance.port, step)["requests"]
            if not instance.learns or done >= self._plan.warm_connections or time.monotonic() > end:
                break
        self._wrk.keep_alive(instance.port, max(1, round(seconds * 0.25)))
        self._wrk.bulk(instance.port, max(1, round(seconds * 0.25)))
        if instance.learns and done < self._plan.warm_connections:
            self._say(f"  {instance.label} is not warm: {done:,} of {self._plan.warm_connections:,} connections")

    def _fail(self, target, error):
        self._say(f"{target.label} FAILED: {error}")
        self.failed[target.label] = str(error)

    def _warm(self, number, order):
        work = {
            "connections": lambda port: self._wrk.new_connections(port, self._plan.connections),
            "keepalive": lambda port: self._wrk.keep_alive(port, self._plan.keepalive),
            "bulk": lambda port: self._wrk.bulk(port, self._plan.bulk),
            "latency": lambda port: self._single(port),
            "loaded": lambda port: self._loaded(port),
        }
        for workload, run in work.items():
            if workload in self._workloads:
                self._say(f"round {number}/{self._plan.rounds}: {workload}")
                for target in order:
                    self._measure(number, workload, self._instances[target.label], run)

    def _fresh_all(self, number, order):
        for target in order:
            if target.is_proxy:
                self._say(f"round {number}/{self._plan.rounds}: fresh {target.label}")
                self._fresh(number, target)

    def _measure(self, number, workload, instance, run):
        """Runs one workload through one target; its record is invalid if anything in it went wrong."""
        record = {"round": number, "workload": workload, "target": instance.label, "invalid": []}
        before = cpu.snapshot()
        try:
            done = run(instance.port)
        except (BenchError, OSError) as e:
            done = {"requests": 0, "bytes": 0}
            record["invalid"].append(str(e))
        time.sleep(0.1)  # what is left of closing connections belongs to this work
        spent = cpu.cost(before, cpu.snapshot(), instance.pid, os.getpid())
        record.update(done)
        record.update(dataclasses.asdict(spent), machine_ours=spent.machine_ours)
        if "errors" in done:
            record["invalid"] += load.complaints(done)
        if instance.child and not instance.child.running():
            record["invalid"].append(f"the process ended: {instance.child.last_words() or 'it said nothing'}")
        self._keep(record)
        return record

    def _keep(self, record):
        self.records.append(record)
        if record["invalid"]:
            self._say(f"  INVALID {record['target']}: {'; '.join(record['invalid'])}")

    def _single(self, port):
        probe = latency.probe(port, self._plan.latency)
        return {"requests": probe["samples"], "latency": probe}

    def _loaded(self, port):
        """The same kind of probe, with pauses, while wrk keeps a fixed load on the target."""
        seconds = self._plan.loaded + 1
        background = self._wrk.start_fixed(port, seconds, self._plan.load_rate)
        try:
            time.sleep(0.5)
            probe = latency.probe(port, self._plan.loaded, largest_pause=0.001)
        except BaseException:
            background.abandon()
            raise
        summary = background.wait(seconds + 15)
        summary["load_per_second"] = summary["requests"] / summary["seconds"]
        summary["requests"] += probe["samples"]
        summary["latency"] = probe
        return summary

    def _fresh(self, number, target):
        """A process just started: its first seconds under load, then its memory with idle connections."""
        try:
            instance = target.start(self._environment, suffix=f"-fresh{number}")
        except BenchError as e:
            self._keep({"round": number, "workload": "first", "target": target.label, "invalid": [str(e)]})
            return
        try:
            start_cpu = cpu.tree_ticks(cpu.read_processes(), instance.pid) / cpu.TICKS_PER_SECOND
            first = self._measure(
                number, "first", instance, lambda port: self._wrk.new_connections(port, self._plan.first))
            first.update(start_seconds=instance.start_seconds, start_cpu=start_cpu)
            if instance.child.running():
                self._keep(self._idle(number, instance))
        finally:
            self._environment.processes.stop(instance.child)

    def _idle(self, number, instance):
        record = {"round": number, "workload": "idle", "target": instance.label, "invalid": []}
        time.sleep(1)
        record["base"] = cpu.memory(instance.pid)
        record["base_files"] = cpu.open_files(instance.pid)
        connections = idle.IdleConnections(instance.port)
        try:
            opened, failures = connections.open(self._plan.idle_connections, patience=30)
            time.sleep(2)
            record["open"] = cpu.memory(instance.pid)
            record["open_files"] = cpu.open_files(instance.pid)
            lost = connections.closed_by_peer()
        finally:
            connections.close()
        record["connections"] = opened
        if failures:
            record["invalid"].append(f"{len(failures)} connections failed, the first: {failures[0]}")
        if lost:
            record["invalid"].append(f"{lost} idle connections did not stay idle")
        if record["open_files"] - record["base_files"] < 2 * opened:
            record["invalid"].append(f"{opened} connections opened, but the process holds "
                                     f"{record['open_files'] - record['base_files']} more files only")
        if not opened:
            record["invalid"].append("no connection could be opened")
        return record
