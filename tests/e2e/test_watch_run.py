"""`thalweg watch run` as it runs for long: killed, out of disk, without a network, started twice; nothing lost, nothing told twice."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytestmark = pytest.mark.e2e

ITEM = """<item><title>US requires a license for exports of Nvidia {chip} chips to {place}</title><guid>g{n}</guid>
<link>https://example.com/{n}</link><pubDate>{date}</pubDate>
<description>The Commerce Department said that exports of Nvidia {chip} chips to {place} now require a licence.</description></item>"""
CASES = [(chip, place) for place in ("China", "Vietnam", "Malaysia", "Singapore") for chip in ("H20", "H100", "A100")]


class Served:
    """A feed and a webhook on this machine."""

    def __init__(self):
        self.items, self.got, self.down = 0, [], False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if outer.down:
                    self.close_connection = True
                    return
                when = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() - 3600))
                items = [ITEM.format(n=n, chip=c, place=p, date=when) for n, (c, p) in enumerate(CASES[: outer.items])]
                body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'.encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if outer.down:
                    self.close_connection = True
                    return
                outer.got.append((self.headers["Thalweg-Delivery"], json.loads(body)["event"]))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.at = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def served():
    server = Served()
    yield server
    server.stop()


@pytest.fixture
def watch(tmp_path, served):
    """Start `thalweg watch` over a store, a feed and a webhook of its own."""
    (tmp_path / "sources.yaml").write_text(f"sources:\n  wire: {{feed: 'http://{served.at}/feed', publisher: Reuters}}\n", encoding="utf-8")
    hook = {"webhook": {"url": f"http://{served.at}/in", "secret_env": "HOOK", "allow": [served.at]}}
    rules = {"rules": [{"name": "all", "send": ["hook", "file"]}], "outlets": {"hook": hook, "file": {"jsonl": "alerts.jsonl"}}}
    (tmp_path / "alerts.yaml").write_text(json.dumps(rules), encoding="utf-8")
    settings = os.environ | {
        "THALWEG_STORE": str(tmp_path / "store.db"),
        "THALWEG_SOURCES": str(tmp_path / "sources.yaml"),
        "THALWEG_ALERTS": str(tmp_path / "alerts.yaml"),
        "HOOK": "secret",
        "NO_PROXY": "127.0.0.1",
    }
    started = []

    def start(*args, **options):
        call = [sys.executable, "-m", "thalweg", "watch", *args]
        with (tmp_path / "log").open("ab") as log, (tmp_path / "out").open("ab") as out:
            streams = {"stdout": out, "stderr": log} | options
            started.append(subprocess.Popen(call, env=settings, text=True, **streams))
        return started[-1]

    def run(*args, **options):
        return start("run", "wire", "--allow", served.at, *args, **options)

    def ask(*args):
        said = start(*args, "--format", "jsonl", stdout=subprocess.PIPE).communicate(timeout=60)[0]
        return [json.loads(line) for line in said.splitlines()]

    run.log = lambda: (tmp_path / "log").read_text(encoding="utf-8")
    run.ask, run.start = ask, start
    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def until(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.05)


def test_killed_at_any_moment_it_goes_on_and_every_event_is_told_and_none_twice(watch, served, tmp_path):
    served.items = 3
    first = watch("--every", "1s")
    until(lambda: served.got)
    first.send_signal(signal.SIGKILL)
    first.wait()
    for n, after in enumerate((0.9, 1.4, 1.9, 2.4)):
        served.items = 5 + 2 * n
        process = watch("--every", "1s")
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        process.wait()
    served.items = len(CASES)
    last = watch("--every", "1s", "--rounds", "2")
    assert last.wait(timeout=90) == 0, watch.log()
    events = {e["id"] for e in watch.ask("events")}
    alerts = watch.ask("alerts")
    assert len(events) == len(CASES)
    assert {a["event"] for a in alerts} == events
    assert len({a["id"] for a in alerts}) == len(alerts) == len(events)
    assert {event for _, event in served.got} == events
    assert len({delivery for delivery, _ in served.got}) == len(events)
    said = [line for line in watch.log().splitlines() if "it may arrive twice" in line]
    assert all(any(d in line for line in said) for d, times in Counter(d for d, _ in served.got).items() if times > 1)
    written = [json.loads(line)["id"] for line in (tmp_path / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(written) == sorted(a["id"] for a in alerts)
    assert watch.ask("alerts", "--waiting") == []


def test_without_a_network_it_says_so_goes_on_and_catches_up(watch, served):
    served.items = 2
    process = watch("--every", "1s")
    until(lambda: len(served.got) == 2)
    served.down, served.items = True, 4
    until(lambda: "wire: failed" in watch.log(), 90)
    assert process.poll() is None
    served.down = False
    until(lambda: len({d for d, _ in served.got}) == 4, 120)
    process.terminate()
    assert process.wait(timeout=30) == 143
    assert "Traceback" not in watch.log()
    assert "round done with faults in wire" in watch.log()


@pytest.mark.parametrize("log", ["elsewhere", "on the same disk"])
def test_with_a_full_disk_it_goes_on_and_loses_nothing_also_where_the_log_cannot_be_written(watch, served, log):
    served.items = 2
    process = watch("--every", "1s", **({"stderr": subprocess.PIPE} if log == "elsewhere" else {}))
    until(lambda: len(served.got) == 2)
    soft, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, hard))
    served.items = 5
    time.sleep(5)
    assert process.poll() is None
    assert len({d for d, _ in served.got}) == 2
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (soft, hard))
    until(lambda: len({d for d, _ in served.got}) == 5)
    process.terminate()
    said = process.communicate(timeout=30)[1] or ""
    assert process.returncode == 143
    assert ("failed" in said and "disk" in said) == (log == "elsewhere")
    assert "Traceback" not in said + watch.log()
    assert len(watch.ask("events")) == 5


def test_a_second_one_over_the_same_store_is_refused_and_the_lock_goes_with_the_first(watch, served):
    served.items = 1
    first = watch("--every", "1s")
    until(lambda: served.got)
    second = watch("--every", "1s", "--rounds", "1")
    assert second.wait(timeout=60) == 2
    assert "another program is doing this already (watch)" in watch.log()
    first.kill()
    first.wait()
    assert watch("--every", "1s", "--rounds", "1").wait(timeout=60) == 0


def test_programs_that_import_pull_and_send_beside_it_lose_and_double_nothing(watch, served, tmp_path):
    served.items = 2
    process = watch("--every", "1s")
    until(lambda: served.got)
    (tmp_path / "docs").mkdir()
    for n, (chip, place) in enumerate(CASES):
        title = f"US requires a license for exports of Nvidia {chip} chips to {place}"
        said = f"The Commerce Department said that exports of Nvidia {chip} chips to {place} now require a licence."
        (tmp_path / "docs" / f"{n}.txt").write_text(f"Title: {title}\nDate: {time.strftime('%Y-%m-%d')}\nPublisher: Wire\n\n{said}\n")
    served.items = len(CASES)
    others = [watch.start("import", str(tmp_path / "docs")) for _ in range(2)]
    others += [watch.start("pull", "wire", "--allow", served.at), watch.start("alerts", "--send")]
    assert [o.wait(timeout=120) for o in others[:3]] == [0, 0, 0], watch.log()
    assert others[3].wait(timeout=60) in (0, 2)  # 2 where the other was sending
    until(lambda: len({d for d, _ in served.got}) == len(CASES), 90)
    process.terminate()
    assert process.wait(timeout=30) == 143
    assert len(watch.ask("events")) == len(watch.ask("alerts")) == len(CASES)
    assert len(served.got) == len(CASES)
    assert "Traceback" not in watch.log()


def test_rules_that_become_bad_while_it_runs_are_said_and_the_last_good_ones_hold(watch, served, tmp_path):
    process = watch("--every", "1s")
    until(lambda: "round done" in watch.log())
    (tmp_path / "alerts.yaml").write_text("rules: [", encoding="utf-8")
    served.items = 1
    until(lambda: served.got)
    assert "rules: failed" in watch.log()
    process.terminate()
    assert process.wait(timeout=30) == 143
