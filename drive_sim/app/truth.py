"""The truth-o-meter: what the augmenter makes of a frame, beside what is true there, for any shift and turn."""

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pygame

from drive_sim.app.canvas import ORANGE, VERMILION, Canvas
from drive_sim.app.hud import draw_key_line
from drive_sim.app.screen import Key, Route, ToTruth
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.truth_layout import TruthLayout
from drive_sim.app.truth_panels import TruthPanels
from drive_sim.app.truth_source import LiveRoad, TruthSource, load_source
from drive_sim.app.truth_status import SHIFT, TURN, TruthStatus, frame_slider
from drive_sim.data.moved_view import MovedView, moved_view
from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera

KEYS = (
    Key("Arrows", "shift the car (left, right) and turn it (up: left, down: right); or drag the sliders", "move"),
    Key("Mouse", "drag the sliders, and the wipe between the synthetic and the true view"),
    Key("0", "no shift and no turn", "unmoved"),
    Key("M", "mark what the warp cannot know, or not", "mask"),
    Key("C", "to where the real side camera sits, on a log; again: the other one", "camera"),
    Key("Space", "the car, or the recording, stands or goes on", "pause"),
    Key("Page Down", "the next frame of a recording or log", "frame"),
    Key("Page Up", "the frame before"),
    Key("S", "your recording, or the live road", "source"),
)
_SHIFT_STEP_M, _TURN_STEP_DEG = 0.1, 1.0
_FRAMES_A_TICK = 6
"""A recording is shown as fast as it was driven."""


class TruthScreen:
    """One frame, two sliders, and the truth beside the augmenter's view."""

    title, keys = "Truth-o-meter", KEYS

    def __init__(self, session: Session, route: ToTruth, size_px: tuple[int, int]) -> None:  # noqa: ARG002
        self.session, self.panels = session, TruthPanels()
        self.shift_m, self.turn_deg, self.wipe, self.number = route.shift_m, route.turn_deg, 0.5, route.row
        self.shows_mask, self.is_paused, self.held = True, False, ""
        self.view: MovedView | None = None
        self._seen: tuple[object, ...] = ()
        self._frames_shown = 0
        self._path, self._camera_file = _chosen(session, route), route.camera
        roads = session.roads
        self._live = LiveRoad(roads.track, roads.scene, roads.name, np.random.default_rng(session.seed))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="truth")
        self._loading: Future[TruthSource] | None = None
        self.source: TruthSource | None = self._live
        self._actions = self._make_actions()
        if route.path is not None:
            self._load()

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        """Keys do what `KEYS` says; the mouse drags sliders and the wipe."""
        if event.type == pygame.KEYDOWN and event.key in self._actions:
            self._actions[event.key]()
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
            self.held = self._under(canvas.units(event.pos), self._layout(canvas))
            self._drag(canvas.units(event.pos), self._layout(canvas))
        elif event.type == pygame.MOUSEMOTION and self.held:
            self._drag(canvas.units(event.pos), self._layout(canvas))
        elif event.type == pygame.MOUSEBUTTONUP:
            self.held = ""
        return None

    def advance(self, held: HeldKeys) -> Route | None:  # noqa: ARG002 - a press is a step
        """One frame: the car drives on, or the recording does, and the view is what is true now."""
        self._poll()
        source = self.source
        if source is None:
            return None
        if not self.is_paused and self.held != "frame":
            source.advance()
            self._frames_shown += 1
            if not source.is_live and self._frames_shown % _FRAMES_A_TICK == 0:
                self.number = (self.number + 1) % len(source)
        self.look()
        return None

    def look(self) -> MovedView | None:
        """The view by the present source, frame and sliders; made anew only where one of them has changed."""
        source = self.source
        if source is None:
            return None
        moment = self._frames_shown if source.is_live else self.number
        wanted = source, moment, self.shift_m, self.turn_deg
        if wanted != self._seen:
            self.view = moved_view(source.frame(self.number), self.shift_m, math.radians(self.turn_deg))
            self._seen = wanted
        return self.view

    def draw(self, canvas: Canvas) -> None:
        """The pictures, the panels and the line of keys."""
        self.panels.draw(canvas, self.status)
        draw_key_line(canvas, self.keys)

    @property
    def status(self) -> TruthStatus:
        """What the panels show now."""
        source = self.source
        return TruthStatus(
            self.view,
            f"Reading {self._path} ..." if self._loading is not None else "",
            "" if source is None else source.name,
            source is None or source.is_live,
            self.number,
            0 if source is None else len(source),
            "" if source is None else source.complaint,
            self.shift_m,
            self.turn_deg,
            self.wipe,
            self.shows_mask,
            self.held,
            self.is_paused,
        )

    def wait(self) -> None:
        """Wait until what is being read is there; raises InputError where it cannot be read."""
        if self._loading is not None:
            self._loading.exception()
            self._take(self._loading.result())

    def close(self) -> None:
        """Nothing more is read."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _make_actions(self) -> dict[int, Callable[[], None]]:
        return {
            pygame.K_LEFT: lambda: self._move(_SHIFT_STEP_M, 0.0),
            pygame.K_RIGHT: lambda: self._move(-_SHIFT_STEP_M, 0.0),
            pygame.K_UP: lambda: self._move(0.0, _TURN_STEP_DEG),
            pygame.K_DOWN: lambda: self._move(0.0, -_TURN_STEP_DEG),
            pygame.K_0: self._unmove,
            pygame.K_KP_0: self._unmove,
            pygame.K_m: self._toggle_mask,
            pygame.K_SPACE: self._pause,
            pygame.K_PAGEDOWN: lambda: self._step(1),
            pygame.K_PAGEUP: lambda: self._step(-1),
            pygame.K_s: self._next_source,
            pygame.K_c: self._to_side_camera,
        }

    def _move(self, shift_m: float, turn_deg: float) -> None:
        self.shift_m, self.turn_deg = SHIFT.within(self.shift_m + shift_m), TURN.within(self.turn_deg + turn_deg)

    def _unmove(self) -> None:
        self.shift_m = self.turn_deg = 0.0

    def _toggle_mask(self) -> None:
        self.shows_mask = not self.shows_mask

    def _pause(self) -> None:
        self.is_paused = not self.is_paused

    def _step(self, frames: int) -> None:
        if self.source is not None and not self.source.is_live:
            self.is_paused = True
            self.number = (self.number + frames) % len(self.source)

    def _next_source(self) -> None:
        """From the live road to what was recorded, and back."""
        if self.source is not None and not self.source.is_live:
            self.source = self._live
        elif self._path is None:
            self.session.say("There is no recording yet: drive, and record with R", ORANGE)
        else:
            self._load()

    def _to_side_camera(self) -> None:
        """The sliders to where a real camera sits, the one on the other side than now."""
        sides = None if self.view is None else self.view.frame.sides
        if sides is None or sides.side_m is None:
            self.session.say("There are no side cameras here whose place is known", ORANGE)
            return
        self.shift_m, self.turn_deg = -sides.side_m if self.shift_m > 0.0 else sides.side_m, 0.0

    def _load(self) -> None:
        assert self._path is not None, "there is something to read"
        self.source = self.view = None
        self._loading = self._thread.submit(load_source, self._path, self._camera_file, self.session.roads.track)

    def _poll(self) -> None:
        """What the thread has read, once it has."""
        if self._loading is None or not self._loading.done():
            return
        try:
            self._take(self._loading.result())
        except InputError as error:
            self._loading, self.source = None, self._live
            self.session.say(str(error), VERMILION)

    def _take(self, source: TruthSource) -> None:
        self._loading, self.source = None, source
        self.number = min(self.number, len(source) - 1)
        if source.complaint:
            self.session.say(source.complaint, ORANGE)

    def _layout(self, canvas: Canvas) -> TruthLayout:
        return TruthLayout.of(canvas, Camera() if self.view is None else self.view.frame.camera)

    def _under(self, where: tuple[float, float], layout: TruthLayout) -> str:
        """What the mouse takes hold of at a point."""
        if layout.picture.holds(where):
            return "wipe"
        names = (SHIFT.name, TURN.name, "frame")
        return next((name for number, name in enumerate(names) if layout.slider(number).holds(where)), "")

    def _drag(self, where: tuple[float, float], layout: TruthLayout) -> None:
        if self.held == "wipe":
            self.wipe = min(max((where[0] - layout.picture.left) / layout.picture.width, 0.0), 1.0)
        elif self.held == SHIFT.name:
            self.shift_m = SHIFT.value_at(layout.slider(0), where[0])
        elif self.held == TURN.name:
            self.turn_deg = TURN.value_at(layout.slider(1), where[0])
        elif self.held == "frame" and self.source is not None and not self.source.is_live:
            self.number = round(frame_slider(len(self.source)).value_at(layout.slider(2), where[0]))


def _chosen(session: Session, route: ToTruth) -> Path | None:
    """What is to be read: what the route names, else the session's own recording."""
    return session.recording if route.path is None else route.path
