"""From the records of a run to its figures: per unit of work, above the direct way, as ratios."""

import statistics
from dataclasses import dataclass
from typing import Callable

MICRO = 1e6
MEBI = 1024 * 1024
REFERENCE = "haproxy"
RIVALS = ("haproxy", "nginx")


class Round:
    """The valid records of one round, by workload and target."""

    def __init__(self, records):
        self._records = {(r["workload"], r["target"]): r for r in records if not r["invalid"]}

    def get(self, workload, target):
        return self._records.get((workload, target))

    def per(self, workload, target, spent, work, factor):
        """`spent` divided by `work`, in the wanted unit; None when there is no valid record."""
        record = self.get(workload, target)
        return record[spent] / record[work] * factor if record and record[work] else None

    def above_direct(self, workload, target, value):
        """How much more than the direct way, in the same round."""
        ours, direct = value(workload, target), value(workload, "direct")
        return None if target == "direct" or ours is None or direct is None else ours - direct

    def latency(self, workload, target, which):
        record = self.get(workload, target)
        return record["latency"][which] if record else None


@dataclass(frozen=True)
class Figure:
    """One line of the table. `value` takes a round and a target's label."""

    key: str
    title: str
    unit: str
    value: Callable
    decimals: int = 1


def _proxy(workload, work="requests", factor=MICRO):
    return lambda r, t: None if t == "direct" else r.per(workload, t, "proxy", work, factor)


def _machine(workload, work="requests", factor=MICRO):
    return lambda r, t: r.above_direct(
        workload, t, lambda w, target: r.per(w, target, "machine_ours", work, factor))


def _added(workload, which):
    return lambda r, t: r.above_direct(workload, t, lambda w, target: r.latency(w, target, which))


def _base(r, t):
    record = r.get("idle", t)
    return record["base"]["pss"] / MEBI if record else None


def _idle(r, t):
    record = r.get("idle", t)
    return (record["open"]["pss"] - record["base"]["pss"]) / MEBI / record["connections"] * 10_000 if record else None


def _cold_to_warm(r, t):
    cold, warm = _proxy("first")(r, t), _proxy("connections")(r, t)
    return cold / warm if cold and warm else None


def _field(workload, name):
    def value(r, t):
        record = r.get(workload, t)
        return record.get(name) if record else None
    return value


def _rate(workload, work="requests", factor=1.0):
    return lambda r, t: r.per(workload, t, work, "seconds", factor)


FIGURES = (
    Figure("cpu.connection", "proxy CPU per new TLS connection", "µs", _proxy("connections")),
    Figure("machine.connection", "machine CPU above direct, per new TLS connection", "µs", _machine("connections")),
    Figure("cpu.request", "proxy CPU per keep-alive request", "µs", _proxy("keepalive")),
    Figure("machine.request", "machine CPU above direct, per keep-alive request", "µs", _machine("keepalive")),
    Figure("cpu.gb", "proxy CPU per GB", "s", _proxy("bulk", "bytes", 1e9), 2),
    Figure("machine.gb", "machine CPU above direct, per GB", "s", _machine("bulk", "bytes", 1e9), 2),
    Figure("latency.p50", "added p50 latency, one connection", "µs", _added("latency", "p50_us")),
    Figure("latency.p99", "added p99 latency, one connection", "µs", _added("latency", "p99_us")),
    Figure("loaded.p50", "added p50 latency, fixed load", "µs", _added("loaded", "p50_us")),
    Figure("loaded.p99", "added p99 latency, fixed load", "µs", _added("loaded", "p99_us")),
    Figure("loaded.cpu", "proxy CPU per request, fixed load", "µs", _proxy("loaded")),
    Figure("loaded.machine", "machine CPU above direct, per request, fixed load", "µs", _machine("loaded")),
    Figure("memory.idle", "memory per 10,000 idle connections, above base", "MiB", _idle),
    Figure("memory.base", "memory, base", "MiB", _base),
    Figure("first.connection", "first 10 s after start: proxy CPU per new TLS connection", "µs", _proxy("first")),
    Figure("first.ratio", "first 10 s after start ÷ warm", "×", _cold_to_warm, 2),
)

# Absolute values of every target, the direct way too: what the figures above stand on.
BACKGROUND = (
    Figure("rate.connection", "new TLS connections", "1/s", _rate("connections"), 0),
    Figure("rate.request", "keep-alive requests", "1/s", _rate("keepalive"), 0),
    Figure("rate.gb", "bulk", "GB/s", _rate("bulk", "bytes", 1e-9), 2),
    Figure("rate.loaded", "fixed load, reached", "1/s", _field("loaded", "load_per_second"), 0),
    Figure("abs.p50", "p50 latency, one connection", "µs", lambda r, t: r.latency("latency", t, "p50_us")),
    Figure("abs.p99", "p99 latency, one connection", "µs", lambda r, t: r.latency("latency", t, "p99_us")),
    Figure("abs.loaded.p50", "p50 latency, fixed load", "µs", lambda r, t: r.latency("loaded", t, "p50_us")),
    Figure("abs.loaded.p99", "p99 latency, fixed load", "µs", lambda r, t: r.latency("loaded", t, "p99_us")),
    Figure("abs.machine.connection", "machine CPU per new TLS connection", "µs",
           lambda r, t: r.per("connections", t, "machine_ours", "requests", MICRO)),
    Figure("abs.machine.request", "machine CPU per keep-alive request", "µs",
           lambda r, t: r.per("keepalive", t, "machine_ours", "requests", MICRO)),
    Figure("abs.machine.gb", "machine CPU per GB", "s",
           lambda r, t: r.per("bulk", t, "machine_ours", "bytes", 1e9), 2),
    Figure("start.seconds", "from start to the first answer", "s", _field("first", "start_seconds"), 2),
    Figure("start.cpu", "proxy CPU from start to the first answer", "s", _field("first", "start_cpu"), 2),
)


@dataclass(frozen=True)
class Cell:
    """The median of a figure for one target, its range, and its ratios to others in the same rounds."""

    median: float
    least: float
    most: float
    count: int
    to_reference: float = None
    to_better: float = None


def rounds(records):
    numbers = sorted({record["round"] for record in records})
    return [Round([record for record in records if record["round"] == number]) for number in numbers]


def _ratio(all_rounds, figure, target, rivals):
    """Median over the rounds of this target's value by the least of the rivals' in that round."""
    found = []
    for one in all_rounds:
        ours = figure.value(one, target)
        theirs = [figure.value(one, rival) for rival in rivals]
        if ours is not None and None not in theirs and min(theirs) > 0:
            found.append(ours / min(theirs))
    return statistics.median(found) if found else None


def cell(all_rounds, figure, target):
    """The cell of a figure, or None when no round has a valid value."""
    values = [value for value in (figure.value(one, target) for one in all_rounds) if value is not None]
    if not values:
        return None
    reference = None if target in (REFERENCE, "direct") else _ratio(all_rounds, figure, target, (REFERENCE,))
    better = None if target in RIVALS + ("direct",) else _ratio(all_rounds, figure, target, RIVALS)
    return Cell(statistics.median(values), min(values), max(values), len(values), reference, better)


def table(records, figures, targets):
    """The figures that have a value for any of the targets, each with a cell (or None) per target."""
    all_rounds = rounds(records)
    lines = [(figure, [cell(all_rounds, figure, target) for target in targets]) for figure in figures]
    return [(figure, cells) for figure, cells in lines if any(cells)]


def invalid(records):
    """What did not count, and why."""
    return [f"round {r['round']}, {r['workload']}, {r['target']}: {'; '.join(r['invalid'])}"
            for r in records if r["invalid"]]


def foreign_share(records):
    """Median and largest share of one core that unrelated processes used during the measurements."""
    shares = [r["foreign"] / r["wall"] for r in records if r.get("wall")]
    return (statistics.median(shares), max(shares)) if shares else (0.0, 0.0)
