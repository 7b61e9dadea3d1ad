"""The page's lesson in a real browser, its keys pressed by a script: `python -m bench.page_lesson [--seeds 10]`.

For each seed somebody drives for twenty seconds by arrow keys, a clone and its shift-and-rotate twin learn in the page,
the clone is let go, and DAgger is pressed three times. Over the next kilometre in gusts, how often would somebody have
had to take the wheel from each of them?
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.chromium_tab import Tab, chromium_tab
from drive_sim.cli import main as drive_sim

SEEN_S = 20.0
HANDS = """(() => {
  let held = null;
  const turn = setInterval(() => {
    const isOver = play.state().phase !== "drive", car = play.run().cars[0], { lane, state } = car;
    // As somebody looks ahead: towards the lane's middle, and as the road bends.
    const wanted = lane.curvature - 0.02 * lane.offset - 0.15 * lane.heading, missing = wanted - state.curvature;
    const code = isOver || Math.abs(missing) < 0.006 ? null : missing > 0 ? "ArrowLeft" : "ArrowRight";
    const tell = (kind, code) => document.body.dispatchEvent(new KeyboardEvent(kind, { code, bubbles: true }));
    if (code !== held) {
      if (held) tell("keyup", held);
      if (code) tell("keydown", code);
      held = code;
    }
    if (isOver) clearInterval(turn);
  }, 30);
})()"""


def taught(tab: Tab, address: str, seed: int, road: str, num_rounds: int) -> dict[str, Any]:
    """One lesson of a seed; interventions over the kilometre, and how long learning took."""
    tab.open(f"{address}#road={road}&seed={seed}", 1280, 800)
    tab.wait_for("play.state()", 60.0)
    tab.evaluate("document.getElementById('demonstrate').click()")
    tab.evaluate(HANDS)
    tab.wait_for("play.state().phase === 'guess'", 300.0)
    off_m = tab.evaluate("Math.max(...play.run().frames.map(({ offsetM }) => Math.abs(offsetM)))")
    found: dict[str, Any] = {"seed": seed, "off_m": round(off_m, 2)}
    found["learned_s"] = tab.evaluate("play.learned().map(({ seconds }) => seconds)")
    for name in ("plain", "views"):
        found[name] = tab.evaluate(f"play.measure('{name}').then(({{ numHelped }}) => numHelped)")
    tab.evaluate("document.getElementById('letGo').click()")
    for number in range(1, num_rounds + 1):
        tab.wait_for(f"play.run().timeS >= {SEEN_S} || play.run().isOver", 300.0)
        tab.evaluate("document.getElementById('dagger').click()")
        tab.wait_for(f"play.state().numRounds === {number} && play.state().phase === 'clone'", 120.0)
        found["dagger_s"] = tab.evaluate("play.learned()[0].seconds")
    if num_rounds:
        found["dagger"] = tab.evaluate("play.measure('dagger').then(({ numHelped }) => numHelped)")
    found["errors"] = list(tab.errors)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Teach, and print a line a seed and what they come to."""
    parser = argparse.ArgumentParser(prog="python -m bench.page_lesson", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--road", default="country-road")
    parser.add_argument("--rounds", type=int, default=3, help="of DAgger; 0 leaves it out")
    args = parser.parse_args(argv)
    lessons = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder) / "play.html"
        drive_sim(["page", "--out", str(page)])
        for seed in range(args.first, args.first + args.seeds):
            start_s = time.monotonic()
            with chromium_tab(Path(folder) / f"profile-{seed}") as tab:
                lessons.append(taught(tab, page.as_uri(), seed, args.road, args.rounds))
            print(json.dumps(lessons[-1]), f"{time.monotonic() - start_s:.0f} s", flush=True)
    count = len(lessons)
    print(f"the clone needs help in {sum(each['plain'] > 0 for each in lessons)} of {count}")
    print(f"its shift-and-rotate twin in {sum(each['views'] > 0 for each in lessons)}")
    if args.rounds:
        print(f"after {args.rounds} rounds of DAgger in {sum(each['dagger'] > 0 for each in lessons)}")
    for i, name in enumerate(("plain", "views")):
        seconds = [each["learned_s"][i] for each in lessons]
        print(f"{name}: learned in {statistics.median(seconds):.1f} s (median), {max(seconds):.1f} s at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
