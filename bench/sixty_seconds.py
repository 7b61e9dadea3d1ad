"""The sixty-second story, headless, for many seeds: is it told to its end, is every sentence true of what was driven?

`python -m bench.sixty_seconds [--seeds 0-9]`: the pair that ships, no key. A witness beside reads the car itself. A row
a seed: how long the story takes on the screen, the push, and what the clone and its twin did. The look ahead is done
within a frame, so that a seed gives the same row on any machine.
"""

import argparse
import os
import re
import tempfile
from collections import defaultdict
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = "dummy"

from bench.lecture_witness import Witness
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToStory
from drive_sim.app.session import Session
from drive_sim.app.story import StoryScreen
from drive_sim.app.story_film import PatientStory
from drive_sim.app.story_part import Part
from drive_sim.policies.compute import use_one_thread

ROW = "{:>5} {:>8} {:>9} {:>14} {:>12} {:>12} {:>14} {:>6} {:>10} {:>6}"
HEAD = (
    "seed",
    "story, s",
    "calm, s",
    "push",
    "clone: lane",
    "clone: road",
    "twin, at most",
    "back",
    "sentences",
    "false",
)
_MOST_FRAMES = 60 * 180
_COUNTS = {"never more": 0, "once": 1, "twice": 2}


class Onlooker:
    """Counts what the car does without a push, and leaves what comes of one to the lecture's witness."""

    def __init__(self) -> None:
        self.witness, self.said, self.false = Witness(), set[str](), []
        self._part: Part | None = None
        self._ticks = self._placed = 0

    def see(self, screen: StoryScreen) -> None:
        """A frame was shown."""
        rollout, sentence = screen.story.rollouts[0], screen.sentence
        has_moved_on = screen.part is not self._part
        if has_moved_on:
            self._ticks, self._placed = rollout.num_ticks, rollout.car.num_placed
        self._part = screen.part
        self.said.add(sentence)
        if screen.part in {Part.CLONE, Part.TWIN} and not sentence.startswith("Back"):
            self.witness.see(screen.story, sentence)
            return
        self.witness.pass_over(screen.story)
        if screen.part is Part.CALM and (seconds := re.search(r"in (\d+) s", sentence)):
            driven_s = 0.1 * (rollout.num_ticks - self._ticks)
            count = next((n for words, n in _COUNTS.items() if words in sentence), None)
            count = int(re.findall(r"(\d+) times by", sentence)[0]) if count is None else count
            if abs(int(seconds[1]) - driven_s) > 0.5 + 1e-6 or count != rollout.car.num_placed - self._placed:
                self.false.append(f"{driven_s:.1f} s, {rollout.car.num_placed - self._placed} times: {sentence}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sixty_seconds", description=__doc__)
    parser.add_argument("--seeds", default="0-9", metavar="A-B", help="first and last seed (default: 0-9)")
    first, _, last = parser.parse_args().seeds.partition("-")
    use_one_thread()
    print(ROW.format(*HEAD), flush=True)
    for seed in range(int(first), int(last or first) + 1):
        with tempfile.TemporaryDirectory() as runs:
            told(seed, Path(runs))


def told(seed: int, runs: Path) -> None:
    """One seed's row."""
    session, onlooker, num_frames = Session(runs, seed, Roads(seed)), Onlooker(), 0
    screen = PatientStory(session, ToStory(), (960, 540))
    while not screen.is_over and num_frames < _MOST_FRAMES:
        screen.advance(defaultdict(bool))
        num_frames += 1
        onlooker.see(screen)
    cells: list[object] = ["-"] * 5
    if len(screen.story.records) > 1:
        clone, twin = (record.windows[0] for record in screen.story.records[-2:])
        nudge = screen.story.records[-1].trial.nudge
        cells = [f"{nudge.shift_m:+.2f} m", _s(clone.left_lane_s), _s(clone.left_road_s), f"{twin.largest_m:.2f} m"]
        cells.append("yes" if twin.has_come_back else "NO")
    false = [*onlooker.false, *onlooker.witness.false]
    calm_s = f"{screen.story.calm.duration_s:.0f}"
    print(ROW.format(seed, f"{num_frames / 60:.1f}", calm_s, *cells, len(onlooker.said), len(false)), flush=True)
    for line in false[:5]:
        print(f"      false: {line}", flush=True)
    screen.close()
    session.close()


def _s(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.1f} s"


if __name__ == "__main__":
    main()
