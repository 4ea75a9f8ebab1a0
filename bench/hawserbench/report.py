"""Writes the figures for people: as aligned text, or as Markdown."""

from . import figures

TITLES = {"direct": "direct", "haproxy": "HAProxy", "haproxysplice": "HAProxy, splice", "nginx": "nginx stream",
          "node": "lb-node"}


def _number(value, decimals):
    return f"{value:,.{decimals}f}"


def _text(figure, cell, rounds, with_ratio):
    """`median (least–most) ratio×`, with the number of rounds where some did not count."""
    if cell is None:
        return "–"
    text = (f"{_number(cell.median, figure.decimals)} "
            f"({_number(cell.least, figure.decimals)}–{_number(cell.most, figure.decimals)})")
    if with_ratio and cell.to_reference is not None:
        text += f" {cell.to_reference:.2f}×"
    if cell.count < rounds:
        text += f" [{cell.count} of {rounds}]"
    return text


def _lines(result, chosen, targets):
    """Header and body as lists of strings."""
    records = result["records"]
    others = [t for t in targets if t not in figures.RIVALS + ("direct",)]
    ratios = [t for t in others if chosen is figures.FIGURES and all(rival in targets for rival in figures.RIVALS)]
    header = ["", "unit"] + [TITLES.get(t, t) for t in targets]
    header += [f"{TITLES.get(t, t)} ÷ better of the two" for t in ratios]
    body = []
    for figure, cells in figures.table(records, chosen, targets):
        fresh = figure.key.split(".")[0] in ("memory", "first", "start")
        rounds = result["fresh_rounds"] if fresh else result["rounds"]
        line = [figure.title, figure.unit] + [_text(figure, cell, rounds, chosen is figures.FIGURES) for cell in cells]
        for target in ratios:
            cell = cells[targets.index(target)]
            line.append(f"{cell.to_better:.2f}×" if cell and cell.to_better is not None else "–")
        body.append(line)
    return header, body


def _aligned(header, body):
    widths = [max(len(line[column]) for line in [header, *body]) for column in range(len(header))]
    return ["  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in [header, *body]]


def _markdown(header, body):
    lines = [header, ["---"] + ["---:" for _ in header[1:]], *body]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _notes(result):
    machine = result["machine"]
    median, most = figures.foreign_share(result["records"])
    notes = [
        f"{result['date']}, Hawser {machine['revision']}: {machine['cores']} cores of {machine['processor']}, "
        f"{machine['memory_mib']} MiB, Linux {machine['kernel']}",
        f"{machine['haproxy']}; {machine['nginx']}; {machine['wrk']}; {machine['openssl']}; {machine['java']}",
        *(f"{TITLES.get(label, label)}: {version}" for label, version in machine["nodes"].items()),
        f"{result['rounds']} interleaved rounds ({result['fresh_rounds']} of them with fresh processes), "
        f"{result['workers']} worker thread(s) in each proxy, {result['backend_workers']} in the server; "
        f"warm means after {result['plan']['warm_connections']:,} connections",
        "each cell: median (least–most) and the median of its ratios to HAProxy in the same round",
        f"unrelated processes used {median:.0%} of a core in the median measurement, {most:.0%} at most; "
        "that is taken off the machine's CPU, but disturbs all figures",
    ]
    asked = result["plan"]["idle_connections"]
    if result["idle_wanted"] > asked:
        notes.append(f"idle connections: {asked:,} in place of {result['idle_wanted']:,}, for lack of file "
                     f"descriptors (limit {result['files']:,}); memory is scaled to 10,000")
    elif asked < 10_000:
        notes.append(f"idle connections: {asked:,}, scaled to 10,000")
    if result["fresh_rounds"] < min(result["plan"]["fresh_rounds"], result["rounds"]):
        notes.append(f"fresh processes: only {result['fresh_rounds']} of {result['plan']['fresh_rounds']} rounds "
                     "fitted into the time limit")
    opened = [r["connections"] for r in result["records"] if r["workload"] == "idle" and not r["invalid"]]
    if opened and min(opened) < asked:
        notes.append(f"idle connections: {min(opened):,} in the worst round, scaled to 10,000")
    notes += [f"absent: {TITLES.get(label, label)}: {why}" for label, why in result["absent"].items()]
    notes += [f"FAILED: {TITLES.get(label, label)}: {why}" for label, why in result["failed"].items()]
    notes += [f"INVALID, not counted: {line}" for line in figures.invalid(result["records"])]
    if result.get("cut_short"):
        notes.append(f"INCOMPLETE: {result['cut_short']}")
    return notes


def render(result, markdown):
    """The whole report. `result` is what the JSON file holds."""
    running = [t for t in result["targets"] if t not in result["failed"]]
    proxies = [t for t in running if t != "direct"]
    layout = _markdown if markdown else _aligned
    bullet = "- " if markdown else "  "
    parts = [layout(*_lines(result, figures.FIGURES, proxies)),
             ["Absolute values, the direct way included:"],
             layout(*_lines(result, figures.BACKGROUND, running)),
             [bullet + " / ".join(note.split("\n")).rstrip(" /") for note in _notes(result)]]
    return "\n\n".join("\n".join(part) for part in parts if part)
