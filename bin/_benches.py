"""bin/bench after the set-up: each bench of benchmarks/ on a house of its own."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import django
from django.db import connections

from benchmarks import workshop
from benchmarks.client import BenchError
from benchmarks.house import DEMO, databases, web
from portal import embedded

BENCHES = ("pages", "slots", "book", "board", "usage")
SEEDS = {"slots": workshop.SEED, "book": workshop.SEED}  # the others look at the demo
COLUMNS = ("case", "p50_ms", "p95_ms", "per_s", "queries", "ratio", "against")


def main(names: list[str]) -> int:
    """JSON lines on stdout, tables on stderr. 1 when something could not be measured or missed its limit."""
    unknown = sorted(set(names) - set(BENCHES))
    if unknown:
        print(f"No bench is called {', '.join(unknown)}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    wanted = [name for name in BENCHES if not names or name in names]
    if len(wanted) > 1:
        # A process each: Django keeps the database that it was set up with.
        return max([subprocess.run([sys.executable, __file__, name]).returncode for name in wanted])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = embedded.default_home(os.environ) / "bench"
    try:
        return _one(wanted[0], home)
    except (BenchError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _one(name: str, home: Path) -> int:
    with databases(home, SEEDS.get(name, DEMO)) as environment:
        os.environ.update(environment)
        django.setup()
        with web(environment) as house:
            lines = list(importlib.import_module(f"benchmarks.{name}").run(house))
        connections.close_all()
    for line in lines:
        print(
            json.dumps({key: value for key, value in line.items() if not key.startswith("limit_")}),
            flush=True,
        )
    return _table(name, lines)


def _table(name: str, lines: list[dict[str, Any]]) -> int:
    rows = [COLUMNS, *[tuple(str(line[column]) for column in COLUMNS) for line in lines]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    print(f"\n{name}", file=sys.stderr)
    for row in rows:
        print(
            "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)),
            file=sys.stderr,
        )
    missed = [text for line in lines for text in _missed(line)]
    for text in missed:
        print(f"  missed: {text}", file=sys.stderr)
    return 1 if missed else 0


def _missed(line: dict[str, Any]) -> list[str]:
    found = []
    if line["limit_queries"] is not None and line["queries"] > line["limit_queries"]:
        found.append(f"{line['case']}: {line['queries']} queries, at most {line['limit_queries']}")
    if line["limit_ratio"] is not None and line["ratio"] < line["limit_ratio"]:
        found.append(
            f"{line['case']}: ratio {line['ratio']} against {line['against']}, at least {line['limit_ratio']}"
        )
    if line.get("limit_p95_ms") is not None and line["p95_ms"] > line["limit_p95_ms"]:
        found.append(f"{line['case']}: p95 {line['p95_ms']} ms, at most {line['limit_p95_ms']} ms")
    if line.get("limit_overlaps") is not None and line["overlaps"] > line["limit_overlaps"]:
        found.append(f"{line['case']}: {line['overlaps']} overlaps")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
