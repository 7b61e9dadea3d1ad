"""Runs the benchmarks and prints one table: `python -m bench [PART...]`, or `make bench`."""

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

# Bars are stated per core, so the libraries' own threads are off; a bench that wants two cores says so itself.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

FOLDER = Path(__file__).parent
PARTS = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"which of {', '.join(PARTS)} (default: all)")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="where to write the rows (default: runs/bench-*.json)"
    )
    chosen = parser.parse_args()
    unknown = set(chosen.parts) - set(PARTS)
    if unknown:
        parser.error(f"no bench called {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    return chosen


def number(value: object) -> str:
    if not isinstance(value, int | float):
        return str(value or "")
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def run(parts: list[str]) -> list[dict[str, Any]]:
    rows = []
    for part in parts:
        print(f"... {part}", file=sys.stderr, flush=True)
        rows += [{"part": part, **row} for row in importlib.import_module(f"bench.bench_{part}").main()]
    return rows


def print_table(rows: list[dict[str, Any]]) -> None:
    wide = max((len(str(row["what"])) for row in rows), default=4)
    print(f"{'part':<12} {'what':<{wide}} {'median':>14} {'bar':>14}  unit")
    for row in rows:
        median, bar = number(row["median"]), number(row.get("bar"))
        print(f"{row['part']:<12} {row['what']:<{wide}} {median:>14} {bar:>14}  {row['unit']}")


def main() -> None:
    chosen = arguments()
    rows = run(chosen.parts or PARTS)
    print_table(rows)
    where = chosen.json or Path("runs") / f"bench-{time.strftime('%Y%m%d-%H%M%S')}.json"
    where.parent.mkdir(parents=True, exist_ok=True)
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
    with where.open("x", encoding="utf-8") as file:
        json.dump({"on": machine, "rows": rows}, file, indent=1)
    print(f"\nwritten to {where}")


if __name__ == "__main__":
    main()
