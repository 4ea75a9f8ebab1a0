"""What can be wrong without any proxy: the arithmetic, the reading of /proc and of wrk, the words."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from hawserbench import cpu, figures, idle, latency, load, processes, report, table  # noqa: E402


def record(number, workload, target, **values):
    return {"round": number, "workload": workload, "target": target, "invalid": [], **values}


def load_record(number, workload, target, proxy, machine, requests=1000):
    return record(number, workload, target, proxy=proxy, machine_ours=machine, requests=requests, bytes=0, seconds=1.0,
                  wall=1.0, foreign=0.0)


class CpuTest(unittest.TestCase):
    def test_a_process_name_may_look_like_fields(self):
        line = "42 (a) R 1) S 7 42 42 0 -1 4194304 1 2 3 4 10 20 30 40 20 0 1"
        self.assertEqual(cpu.parse_stat(line), cpu.Process(parent=7, ticks=100, kernel_thread=False))

    def test_kernel_threads_are_told_apart(self):
        line = "9 (kworker/0:1) I 2 0 0 0 -1 2129984 0 0 0 0 0 5 0 0 20 0 1"
        self.assertTrue(cpu.parse_stat(line).kernel_thread)

    def test_a_child_that_ends_takes_no_time_out_of_its_tree(self):
        before = {1: cpu.Process(0, 10, False), 2: cpu.Process(1, 5, False), 3: cpu.Process(2, 7, False)}
        after = {1: cpu.Process(0, 10, False), 2: cpu.Process(1, 13, False)}
        self.assertEqual(cpu.tree_ticks(after, 2) - cpu.tree_ticks(before, 2), 1)

    def test_foreign_work_is_neither_ours_nor_the_kernels(self):
        found = {1: cpu.Process(0, 3, False), 2: cpu.Process(0, 100, True), 5: cpu.Process(1, 50, False),
                 6: cpu.Process(5, 60, False), 7: cpu.Process(1, 4, False)}
        self.assertEqual(cpu.foreign_ticks(found, own_root=5), 7)

    def test_cost_counts_what_was_not_idle(self):
        hz = cpu.TICKS_PER_SECOND
        before = cpu.Snapshot(10.0, 1000, 2, {5: cpu.Process(1, 0, False), 6: cpu.Process(1, 0, False)})
        after = cpu.Snapshot(14.0, 1000 + 3 * hz, 2, {5: cpu.Process(1, hz, False), 6: cpu.Process(1, 2 * hz, False)})
        spent = cpu.cost(before, after, proxy_pid=5, own_root=5)
        self.assertEqual((spent.wall, spent.proxy, spent.machine, spent.foreign), (4.0, 1.0, 5.0, 2.0))
        self.assertEqual(spent.machine_ours, 3.0)

    def test_idle_is_idle_and_waiting_and_stolen(self):
        self.assertEqual(cpu.read_idle("cpu 1 2 3 40 5 6 7 8 0 0\ncpu0 1\ncpu1 1\nintr 5"), (53, 2))

    def test_this_process_uses_time_and_memory(self):
        before = cpu.snapshot()
        while cpu.tree_ticks(cpu.read_processes(), os.getpid()) - cpu.tree_ticks(before.processes, os.getpid()) < 3:
            sum(range(100_000))
        self.assertGreaterEqual(cpu.cost(before, cpu.snapshot(), os.getpid(), os.getpid()).proxy, 0.03)
        self.assertGreater(cpu.memory(os.getpid())["pss"], 1024 * 1024)


class TableTest(unittest.TestCase):
    def test_an_answer_is_told_from_what_else_is_printed(self):
        self.assertEqual(table.parse_answer("ANSWER size entries=10 settled=1\n"), ("size", {"entries": 10.0, "settled": 1.0}))
        self.assertIsNone(table.parse_answer("time=2026 level=WARN msg=ANSWER"))
        self.assertIsNone(table.parse_answer("\n"))

    def test_what_was_carried_lies_below_the_first_loss(self):
        self.assertEqual(table.carried({10: 0, 20: 0, 40: 7, 80: 0}), 20)
        self.assertEqual(table.carried({10: 3}), 0)


class LoadTest(unittest.TestCase):
    LINE = ('SUMMARY {"seconds": 2.0, "requests": %d, "bytes": 10, "errors": '
            '{"connect": 0, "read": %d, "write": 0, "status": %d, "timeout": 0}}')

    def test_the_summary_is_found_between_other_lines(self):
        self.assertEqual(load.parse_summary("Running\n" + self.LINE % (5, 0, 0) + "\nbye")["requests"], 5)

    def test_no_summary_is_an_error(self):
        with self.assertRaises(processes.BenchError):
            load.parse_summary("unable to connect")

    def test_every_error_makes_it_invalid(self):
        self.assertEqual(load.complaints(load.parse_summary(self.LINE % (5, 0, 0))), [])
        self.assertEqual(load.complaints(load.parse_summary(self.LINE % (5, 2, 3))), ["2 read errors", "3 status errors"])

    def test_no_answer_is_invalid(self):
        empty = load.parse_summary(self.LINE % (0, 0, 0))
        empty["bytes"] = 0
        self.assertEqual(load.complaints(empty), ["nothing was answered"])


class FiguresTest(unittest.TestCase):
    def setUp(self):
        self.figures = {figure.key: figure for figure in figures.FIGURES}
        self.records = []
        for number, slow in ((1, 1.0), (2, 3.0), (3, 1.1)):
            self.records += [
                load_record(number, "keepalive", "direct", 0.0, 0.05 * slow),
                load_record(number, "keepalive", "haproxy", 0.02 * slow, 0.07 * slow),
                load_record(number, "keepalive", "nginx", 0.01 * slow, 0.08 * slow),
                load_record(number, "keepalive", "node", 0.008 * slow, 0.06 * slow),
            ]

    def cell(self, key, target):
        return figures.cell(figures.rounds(self.records), self.figures[key], target)

    def test_median_and_range_in_the_figures_unit(self):
        found = self.cell("cpu.request", "haproxy")
        self.assertAlmostEqual(found.median, 22.0)
        self.assertAlmostEqual(found.least, 20.0)
        self.assertAlmostEqual(found.most, 60.0)
        self.assertEqual(found.count, 3)

    def test_ratios_are_taken_within_each_round(self):
        found = self.cell("cpu.request", "node")
        self.assertAlmostEqual(found.to_reference, 0.4)
        self.assertAlmostEqual(found.to_better, 0.8)
        self.assertIsNone(self.cell("cpu.request", "haproxy").to_reference)

    def test_the_direct_way_is_taken_off_in_each_round(self):
        self.assertAlmostEqual(self.cell("machine.request", "haproxy").least, 20.0)
        self.assertAlmostEqual(self.cell("machine.request", "node").to_reference, 0.5)
        self.assertIsNone(self.cell("machine.request", "direct"))

    def test_an_invalid_record_counts_nowhere(self):
        self.records[1]["invalid"].append("1 read errors")
        self.assertEqual(self.cell("cpu.request", "haproxy").count, 2)
        self.assertEqual(figures.invalid(self.records), ["round 1, keepalive, haproxy: 1 read errors"])

    def test_no_ratio_to_nothing_or_less(self):
        for one in self.records:
            if one["target"] == "haproxy":
                one["machine_ours"] = 0.01
        self.assertIsNone(self.cell("machine.request", "node").to_reference)

    def test_memory_is_scaled_to_ten_thousand(self):
        mebi = 1024 * 1024
        self.records = [record(1, "idle", "haproxy", base={"pss": 10 * mebi}, open={"pss": 30 * mebi}, connections=5000)]
        self.assertAlmostEqual(self.cell("memory.idle", "haproxy").median, 40.0)
        self.assertAlmostEqual(self.cell("memory.base", "haproxy").median, 10.0)

    def test_the_first_seconds_are_compared_with_the_same_round(self):
        self.records += [load_record(1, "first", "node", 0.3, 1.0), load_record(1, "connections", "node", 0.2, 1.0)]
        self.assertAlmostEqual(self.cell("first.ratio", "node").median, 1.5)

    def test_foreign_share_is_of_one_core(self):
        self.records[0].update(wall=2.0, foreign=1.0)
        self.assertEqual(figures.foreign_share(self.records), (0.0, 0.5))


class ReportTest(unittest.TestCase):
    def result(self):
        records = [load_record(n, "keepalive", t, 0.02, 0.05) for n in (1, 2) for t in ("direct", "haproxy", "nginx")]
        records[1]["invalid"].append("3 status errors")
        return {
            "date": "now", "rounds": 2, "fresh_rounds": 0, "workers": 1, "backend_workers": 2, "records": records,
            "targets": ["direct", "haproxy", "nginx"], "absent": {"node": "not built"}, "failed": {}, "files": 20_000,
            "plan": {"warm_connections": 15_000, "idle_connections": 9000, "fresh_rounds": 0}, "idle_wanted": 10_000,
            "machine": {"revision": "r", "cores": 2, "processor": "p", "memory_mib": 1, "kernel": "k", "haproxy": "h",
                        "nginx": "n", "wrk": "w", "openssl": "o", "java": "j", "nodes": {}},
        }

    def test_what_did_not_count_is_said(self):
        text = report.render(self.result(), markdown=False)
        self.assertIn("INVALID, not counted: round 1, keepalive, haproxy: 3 status errors", text)
        self.assertIn("[1 of 2]", text)
        self.assertIn("absent: lb-node: not built", text)
        self.assertIn("9,000 in place of 10,000", text)

    def test_markdown_lines_have_equal_columns(self):
        lines = [line for line in report.render(self.result(), markdown=True).splitlines() if line.startswith("|")]
        self.assertTrue(lines)
        self.assertEqual({line.count("|") for line in lines[:3]}, {5})


class LatencyTest(unittest.TestCase):
    def test_percentile_is_the_nearest_rank(self):
        self.assertEqual(latency.percentile(list(range(1, 101)), 99), 99)
        self.assertEqual(latency.percentile(list(range(1, 101)), 50), 50)
        self.assertEqual(latency.percentile([7], 99), 7)


class ProcessesTest(unittest.TestCase):
    def test_ports_are_free_to_listen_on_and_stay_ours(self):
        import socket
        ports = processes.Ports()
        try:
            taken = [ports.take() for _ in range(20)]
            self.assertEqual(len(set(taken)), 20)
            with socket.socket() as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind((processes.LOOPBACK, taken[0]))
                server.listen()
                connections = idle.IdleConnections(taken[1])
                opened, failures = connections.open(4, patience=5)
                self.assertEqual((opened, len(failures)), (0, 4))
        finally:
            ports.close()

    def test_nothing_is_left_after_stop_all(self):
        import tempfile
        with tempfile.TemporaryDirectory() as directory:
            started = processes.Processes(directory)
            child = started.start("stubborn", ["sh", "-c", "trap '' TERM; sleep 60 & wait; wait"])
            child.stop(patience=0.2)
            self.assertFalse(child.running())
            started.stop_all()
            self.assertEqual(cpu.tree(cpu.read_processes(), child.pid), [])


if __name__ == "__main__":
    unittest.main()
