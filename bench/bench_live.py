"""Frames of the window while a network learns behind whoever drives, is let go, and is taken back: real keys, Xvfb.

A scripted key-presser presses I and an arrow, drives for a minute, presses L, leaves the wheel alone for half a minute,
presses X, and takes the wheel back. A frame's time is from its start to the next one's: in time are 16.7 ms.
`python -m bench.bench_live [--size 960x540] [--seed 0] [--seconds 60] [--picture FILE]`
"""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pygame

from bench.key_presser import PressedWindow
from bench.virtual_screen import Hands, virtual_screen
from drive_sim.app.display import Display
from drive_sim.app.drive import DriveScreen
from drive_sim.app.live_learning import LiveLearning
from drive_sim.app.live_learning_process import LearningProcess
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToDrive
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen, warm_up

ALONE_FRAMES, AGAIN_FRAMES = 1800, 300


class LiveWindow(PressedWindow):
    """Somebody behind whom networks learn, and who lets them go."""

    picture: Path | None = None
    num_driven_frames = 3600
    script: Iterator[None] | None = None
    behind_s = 0.0
    """The most that learning was behind the driver."""

    @property
    def live(self) -> LiveLearning:
        """What the driving screen has of it."""
        assert isinstance(self.screen, DriveScreen)
        return self.screen.live

    @property
    def process(self) -> LearningProcess:
        """What learns beside the window."""
        assert self.live.process is not None
        return self.live.process

    def show_frame(self) -> bool:
        """The script goes on by a frame; where it ends, the window is left."""
        self.script = self.script or self._steps()
        goes_on = next(self.script, False) is None
        if self.live.process is not None:
            self.behind_s = max(self.behind_s, self.process.behind_s)
        return super().show_frame() and goes_on

    def _steps(self) -> Iterator[None]:
        hands = self.key_presser.hands
        hands.tap("i")
        hands.tap("Up")
        yield from [None] * self.num_driven_frames
        self._keep()
        hands.tap("l")
        while not self.live.drives:
            yield None
        self.key_presser.is_off = True
        hands.hold()
        yield from [None] * (ALONE_FRAMES // 2)
        self._keep()
        yield from [None] * (ALONE_FRAMES // 2)
        assert self.live.drives
        hands.tap("x")
        yield from [None] * 30
        assert self.live.chosen == "alone"
        self.key_presser.is_off = False
        yield from [None] * AGAIN_FRAMES
        assert not self.live.drives, "a touch has taken the wheel back"

    def _keep(self) -> None:
        if self.picture is not None:
            stem = "let-go" if self.live.drives else "learning"
            pygame.image.save(self.display.canvas.surface, self.picture.with_stem(f"{self.picture.stem}-{stem}"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bench_live", description=__doc__)
    parser.add_argument("--size", default="960x540", metavar="WxH")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0, help="driven before it is let go")
    parser.add_argument("--picture", type=Path, default=None)
    chosen = parser.parse_args()
    width_px, height_px = map(int, chosen.size.split("x"))
    with virtual_screen(), TemporaryDirectory() as runs:
        display, hands = Display((width_px, height_px)), Hands()
        session = Session(Path(runs), chosen.seed, Roads(chosen.seed))
        warm_up(session)
        window = LiveWindow(session, make_screen, ToDrive(), display, hands)
        window.picture, window.num_driven_frames = chosen.picture, round(60 * chosen.seconds)
        try:
            window.run()
        finally:
            hands.close()
        twins = window.process.twins.values()
        saved = sorted(session.live_models)
    frame_ms, work_ms = (1000.0 * np.array(times)[1:] for times in (window.frame_s, window.work_s))
    print(
        f"{chosen.size}: {1000.0 / frame_ms.mean():.1f} frames/s, 99.9th percentile "
        f"{np.percentile(frame_ms, 99.9):.1f} ms, worst {frame_ms.max():.1f} ms, work {np.median(work_ms):.1f} ms, "
        f"learning at most {window.behind_s:.1f} s behind, load {os.getloadavg()[0]:.1f}, saved {', '.join(saved)}"
    )
    for twin in twins:
        print(
            f"{twin.label}: error {twin.error_deg:.2f} deg, {twin.driven.num_ticks} ticks alone, "
            f"off its lane {twin.driven.num_left} times"
        )


if __name__ == "__main__":
    main()
