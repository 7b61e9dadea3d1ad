"""Learns rewards with your max_ent.py in drawn worlds and grades them: python grade.py [--seed N] [--points N].

In each world somebody walks who likes some tiles of the floor better than others. Your likelihood and gradient are
climbed on 100 walks, and points are how likely that makes 400 others: none where it is no better than no reward at all,
all where it is as good as the exact optimum. A lecturer keeps the seed.
"""

import argparse
import itertools
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import max_ent
import numpy as np

from drive_sim.assignments.reward_worlds import SIDE, RewardWorld, best, draw_world, learned, share_found
from drive_sim.files import write_json

NUM_WORLDS = 10


def graded(world: RewardWorld) -> tuple[np.ndarray | None, float, str]:
    """What your file learns, the share of the points that it gets, and a few words."""
    try:
        worth = learned(world, max_ent.value_and_gradient)
    except Exception as error:
        return None, 0.0, f"{type(error).__name__}: {error}"
    share = share_found(world, worth)
    return worth, share, f"{100.0 * share:.1f} % of what can be known of the other walks"


def draw(folder: Path, worlds: list[tuple[RewardWorld, np.ndarray | None]]) -> None:
    """The rewards of the first worlds as a picture: what was wanted, what yours has found, and the exact optimum."""
    figure, rows = plt.subplots(len(worlds), 3, figsize=(7.0, 2.4 * len(worlds)), squeeze=False, layout="constrained")
    for axes, (world, worth) in zip(rows, worlds, strict=True):
        found = np.zeros_like(world.worth) if worth is None else worth
        for ax, (name, of) in zip(
            axes, (("wanted", world.worth), ("yours", found), ("exact", best(world))), strict=True
        ):
            cells = (world.features @ (of - of.mean()))[world.mdp.first].reshape(SIDE, SIDE)
            ax.imshow(cells, cmap="PuOr", vmin=-2.5, vmax=2.5)
            ax.set_title(name)
            ax.set_axis_off()
    figure.suptitle("purple: worth more than the mean, orange: worth less")
    figure.savefig(folder / "rewards.png", dpi=120)


def main() -> int:
    """Grade, and write results.json and rewards.png into a new folder."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=0, help="the first world's (default: 0)")
    parser.add_argument("--points", type=float, default=100.0, help="the most (default: 100)")
    typed = parser.parse_args()
    folder = next(path for number in itertools.count(1) if not (path := Path(f"graded-{number}")).exists())
    folder.mkdir()
    worlds = [draw_world(typed.seed + number) for number in range(NUM_WORLDS)]
    found = [graded(world) for world in worlds]
    each = typed.points / NUM_WORLDS
    tests = [
        {"name": f"world {number}", "score": round(each * share, 2), "max_score": each, "output": words}
        for number, (_, share, words) in enumerate(found, start=1)
    ]
    for test in tests:
        print(f"{test['name']}: {test['score']} of {each:g} points, {test['output']}")
    score = round(sum(test["score"] for test in tests), 2)
    print(f"{score} of {typed.points:g} points")
    write_json(
        folder / "results.json", {"score": score, "output": f"{score} of {typed.points:g} points", "tests": tests}
    )
    draw(folder, [(world, worth) for world, (worth, _, _) in zip(worlds, found, strict=True)][:3])
    print(f"results.json and rewards.png, what was wanted beside what you found, are in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
