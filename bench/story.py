"""Tells the first drive for many seeds and prints every one: `python -m bench.story [--seeds 0-9] [--out DIR]`.

Each seed is a whole `demo` (with a short film) in a folder of its own; a folder that holds a result is not run again.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from drive_sim.lessons.first_drive import first_drive
from drive_sim.lessons.first_drive.first_drive_result import POLICIES, Config

ROW = "{seed:>5}  {expert:>7} {plain:>9} {per_km:>8} {low:>8} {high:>8} {twin:>13} {offset:>11}"
HEAD = ROW.format(
    seed="seed",
    expert="expert",
    plain="plain",
    per_km="a km",
    low="from",
    high="to",
    twin="shift-rotate",
    offset="max cm",
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.story", description=__doc__)
    parser.add_argument("--seeds", default="0-9", metavar="A-B", help="first and last seed (default: 0-9)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the runs lie (default: runs/story-*)")
    return parser.parse_args()


def told(seed: int, folder: Path) -> dict[str, Any]:
    """The result of one seed, from its folder where it is there already."""
    result = folder / "result.json"
    if not result.exists():
        for _ in first_drive.run(Config(seed=seed, film_s=4.0), folder):
            pass
    return json.loads(result.read_text())


def row(seed: int, policies: dict[str, Any]) -> str:
    expert, plain, twin = (policies[name] for name in POLICIES)
    return ROW.format(
        seed=seed,
        expert=expert["interventions"],
        plain=plain["interventions"],
        per_km=f"{plain['interventions_per_km']:.2f}",
        low=f"{plain['interventions_per_km_low']:.2f}",
        high=f"{plain['interventions_per_km_high']:.2f}",
        twin=twin["interventions"],
        offset=f"{twin['offset_max_cm']:.0f}",
    )


def verdict(stories: list[dict[str, Any]]) -> str:
    per_km = [story["plain"]["interventions_per_km"] for story in stories]
    twins = [story["shift-rotate"]["interventions"] for story in stories]
    return (
        f"expert: {sum(story['expert']['interventions'] for story in stories)} in all; "
        f"plain: at least one a km in {sum(x >= 1.0 for x in per_km)} of {len(stories)}, "
        f"median {statistics.median(per_km):.2f} a km; "
        f"shift-rotate: none in {twins.count(0)} of {len(stories)}, at most {max(twins)} in the others"
    )


def main() -> None:
    chosen = arguments()
    first, _, last = chosen.seeds.partition("-")
    out = chosen.out or Path("runs") / f"story-{time.strftime('%Y%m%d-%H%M%S')}"
    print(HEAD, flush=True)
    stories = []
    for seed in range(int(first), int(last or first) + 1):
        start_s = time.perf_counter()
        stories.append(told(seed, out / str(seed))["policies"])
        print(row(seed, stories[-1]), flush=True)
        print(f"      {time.perf_counter() - start_s:.0f} s", file=sys.stderr, flush=True)
    print(verdict(stories))


if __name__ == "__main__":
    main()
