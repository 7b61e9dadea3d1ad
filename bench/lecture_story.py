"""The lecture by scripted keys, headless, for many seeds: is a push found that shows it, and is every sentence true?

`python -m bench.lecture_story PLAIN SHIFT_ROTATE [--seeds 0-9]`: the two model folders drive the lecture's five steps.
A witness beside reads the cars themselves, frame by frame, and holds each sentence that is shown against what they did;
the car that is not pushed is driven too. A row a seed: when a push was found, what the pushed clone, the clone that was
not pushed and the pushed twin did, and how many sentences were shown and false. No frame sleeps, and the look
ahead is done within a frame, by what does it beside the window, so that a seed gives the same row on any machine.
"""

import argparse
import os
import tempfile
from collections import defaultdict
from pathlib import Path

os.environ["SDL_VIDEODRIVER"] = "dummy"

import numpy as np
import pygame

from bench.lecture_witness import Witness
from drive_sim.app.display import Display
from drive_sim.app.driven_window import WindowRecorder
from drive_sim.app.lecture import LectureScreen
from drive_sim.app.lecture_driving import OneCarStep, TwoCarsStep
from drive_sim.app.lecture_record import Phase, PushRecord
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.look_ahead import LookAhead
from drive_sim.app.nudge_search import WINDOW_S
from drive_sim.app.push_story import PushStory
from drive_sim.app.roads import Roads
from drive_sim.app.rollout_handover import go_on_from
from drive_sim.app.screen import ToLecture
from drive_sim.app.session import Session
from drive_sim.policies.compute import use_one_thread

ROW = "{:>5} {:>8} {:>16} {:>12} {:>12} {:>14} {:>13} {:>7} {:>10} {:>6}"
HEAD = ROW.format(
    "seed",
    "found, s",
    "push",
    "clone: lane",
    "clone: road",
    "not pushed",
    "twin, at most",
    "exact",
    "sentences",
    "false",
)
PATIENCE_FRAMES = 60 * 60
"""So long a push is waited for."""


class PatientLecture(LectureScreen):
    look_ahead = LookAhead


class Script:
    """Somebody who presses keys at a lecture, and the witness beside."""

    def __init__(self, runs: Path, seed: int, models: tuple[str, str]) -> None:
        use_one_thread()
        self.display = Display((960, 540))
        self.session = Session(runs, seed, Roads(seed))
        self.screen = PatientLecture(self.session, ToLecture(models), self.display.size_px)
        self.witness = Witness()
        self.rng = np.random.default_rng([seed, 7])

    @property
    def story(self) -> PushStory:
        step = self.screen.step
        assert isinstance(step, OneCarStep | TwoCarsStep)
        return step.story

    def press(self, key: int) -> None:
        self.screen.handle(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""), self.display.canvas)

    def frame(self) -> None:
        """One frame; a look ahead begins and ends within it."""
        step = self.screen.step
        self.screen.advance(defaultdict(bool))
        if isinstance(step, OneCarStep | TwoCarsStep):
            self.witness.see(step.story, self.screen.sentence)

    def go(self, seconds: float) -> None:
        for _ in range(round(60 * seconds)):
            self.frame()

    def until(self, *phases: Phase) -> None:
        for _ in range(PATIENCE_FRAMES):
            if self.story.phase in phases:
                return
            self.frame()

    def close(self) -> None:
        self.screen.close()
        self.session.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.lecture_story", description=__doc__)
    parser.add_argument("models", nargs=2, metavar="MODEL", help="the clone's folder, and its twin's")
    parser.add_argument("--seeds", default="0-9", metavar="A-B", help="first and last seed (default: 0-9)")
    chosen = parser.parse_args()
    first, _, last = chosen.seeds.partition("-")
    print(HEAD, flush=True)
    rows = [told(seed, tuple(chosen.models)) for seed in range(int(first), int(last or first) + 1)]
    print(
        f"a push that shows it in {sum(shows for shows, _ in rows)} of {len(rows)}; "
        f"every sentence true in {sum(not false for _, false in rows)} of {len(rows)}"
    )


def told(seed: int, models: tuple[str, str]) -> tuple[bool, list[str]]:
    """One seed's row: whether its push shows what it should, and the sentences that were false."""
    with tempfile.TemporaryDirectory() as runs:
        script = Script(Path(runs), seed, models)
        try:
            found_s, control = tell(script)
            records, witness = script.screen.records, script.witness
        finally:
            script.close()
    clone, twin = _first(records, 0), _first(records, 1)
    shows = False
    cells: list[object] = ["-"] * 6
    if clone is not None and twin is not None and control is not None:
        trial = records[0].trial
        own, other = clone.windows[clone.drivers.index(0)], twin.windows[twin.drivers.index(1)]
        shows = own.left_lane_s is not None and control.left_lane_s is None and other.has_come_back
        exact = all(
            np.array_equal(driven.poses, rolled.poses)
            for driven, rolled in ((own, trial.clone), (other, trial.twin), (control, trial.control))
        )
        push = f"{trial.nudge.shift_m:+.2f} m {np.degrees(trial.nudge.turn_rad):+.1f}°"
        cells = [
            push,
            _s(own.left_lane_s),
            _s(own.left_road_s),
            f"{control.largest_m:.2f} m",
            f"{other.largest_m:.2f} m",
        ]
        cells.append("yes" if exact else "NO")
    false = witness.false
    print(ROW.format(seed, f"{found_s:.1f}" if shows else "-", *cells, witness.num_sentences, len(false)), flush=True)
    for line in false[:5]:
        print(f"      false: {line}", flush=True)
    return shows, false


def tell(script: Script):
    """The five steps, and some keys at the wrong moment; when the first push came, and the drive without it."""
    script.go(0.5)
    script.press(pygame.K_RIGHT)
    script.go(8.0)
    script.press(pygame.K_n)  # no pushes yet
    script.go(0.2)
    script.press(pygame.K_RIGHT)
    start = script.story.rollouts[0].num_ticks
    script.until(Phase.COMING)
    if script.story.phase is not Phase.COMING:
        for _ in range(2):
            script.press(pygame.K_RIGHT)
            script.go(2.0)
        return float("nan"), None
    script.press(pygame.K_n)  # one is coming: nothing more
    script.until(Phase.PUSHED)
    found_s = 0.1 * (script.story.rollouts[0].num_ticks - start)
    control = _driven_unpushed(script.story)
    script.go(script.rng.uniform(0.2, 1.5))
    script.press(pygame.K_n)  # one is followed: nothing more
    script.until(Phase.OVER)
    script.press(pygame.K_RIGHT)
    script.until(Phase.OVER)
    script.go(0.2)
    script.press(pygame.K_RIGHT)
    script.until(Phase.OVER)
    script.press(pygame.K_x)  # put back, and counted
    script.go(float(script.rng.uniform(6.0, 9.0)))
    script.press(pygame.K_n)
    script.go(6.0)
    script.press(pygame.K_LEFT)
    script.press(pygame.K_a)
    script.go(float(script.rng.uniform(2.0, 9.0)))
    script.press(pygame.K_LEFT)
    script.press(pygame.K_LEFT)
    script.go(5.0)
    return found_s, control


def _driven_unpushed(story: PushStory):
    """The clone from the same approach on, driven without the push and left alone from its moment on."""
    trial, approach, model = story.trial, story.approach, story.rollouts[0]
    if trial is None or approach is None:
        return None
    rollout = LiveRollout(model.car.track, model.car.scene, list(model.drivers), np.random.default_rng(0))
    tallies = [driver.tally for driver in model.drivers]
    go_on_from(rollout, approach)
    while rollout.num_ticks < trial.num_ticks or not rollout.car.begins_tick:
        rollout.advance()
    rollout.driver_index, rollout.puts_back = 0, False
    recorder = WindowRecorder(rollout)
    for _ in range(round(WINDOW_S / rollout.car.env.config.tick_s)):
        for _ in range(rollout.car.env.config.num_substeps):
            rollout.advance()
        recorder.add_tick()
    for driver, tally in zip(model.drivers, tallies, strict=True):
        driver.tally = tally
    return recorder.window


def _first(records: tuple[PushRecord, ...], driver: int) -> PushRecord | None:
    """The first push of this trial that the driver has driven, left alone."""
    return next((r for r in records if driver in r.drivers and not r.puts_back and r.trial is records[0].trial), None)


def _s(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.1f} s"


if __name__ == "__main__":
    main()
