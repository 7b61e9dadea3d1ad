"""The home screen: where to go from here, and what the session has so far, before a road that drifts by."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pygame

from drive_sim.app.canvas import (
    BODY,
    FAINT,
    HEADING,
    HUGE,
    INK,
    MARGIN,
    PANEL,
    SHADE,
    SKY,
    SMALL,
    Box,
    Canvas,
)
from drive_sim.app.hud import draw_key_line, draw_progress
from drive_sim.app.learned_from import learned_from, short_place
from drive_sim.app.model_discovery import PAIR, newest_pair, shipped_pair
from drive_sim.app.road_ahead import RoadAhead
from drive_sim.app.screen import (
    Key,
    Leave,
    Route,
    ToBasin,
    ToCompare,
    ToDrive,
    ToHome,
    ToLecture,
    ToStory,
    ToTruth,
    ToWatch,
)
from drive_sim.app.session import Session
from drive_sim.app.single_car import SingleCar
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.observation import Observation
from drive_sim.sim.scene import make_scene
from drive_sim.sim.vehicle import Command

_BACKDROP = "dusk"
_VIEW = Camera(principal_x_px=146.0)
"""The road runs into the distance right of the text."""
_LEFT, _WIDTH, _ABOUT = 3.0 * MARGIN, 560.0, 234.0
_ENTRIES_TOP, _ENTRIES_BOTTOM, _BETWEEN = 152.0, 440.0, 5.0
_STATUS_TOP = 446.0
_DARK_SHARE = 0.86
"""Of the width, from the left: darkened so that text can be read before any sky."""


class Entry(NamedTuple):
    """A way from here: what it is called, what one finds there, and where it leads."""

    label: str
    about: str
    route: Callable[[], Route | None]


class HomeScreen:
    """Numbers, arrows and the mouse choose; the expert drives the road behind."""

    title = "drive_sim"
    keys = (
        Key("1 to 8", "sixty seconds, drive, watch, lecture, butterfly, truth-o-meter, basin, leave"),
        Key("Up and Down", "choose"),
        Key("Enter", "go there", "go there"),
        Key("Mouse", "choose and go there"),
    )

    def __init__(self, session: Session, route: ToHome, size_px: tuple[int, int]) -> None:  # noqa: ARG002
        self._session = session
        self._found = newest_pair(session.runs)
        self.entries: tuple[Entry, ...] = (
            Entry("Sixty seconds", "The whole story, by itself", self._to_story),
            Entry("Drive", "Take the wheel; record what you drive", ToDrive),
            Entry("Watch", "Networks drive; push them, take over", self._to_watch),
            Entry("Lecture", "Cascading errors in five steps", self._to_lecture),
            Entry("Butterfly", "One start, four policies, what it costs", self._to_compare),
            Entry("Truth-o-meter", "Synthetic views beside the true ones", ToTruth),
            Entry("Basin", "From where does each find back?", self._to_basin),
            Entry("Leave", "Close the window", Leave),
        )
        self.chosen = 0
        rng = np.random.default_rng(session.seed)
        scene = make_scene(_BACKDROP, rng)
        self._car = SingleCar(session.roads.track, scene, EnvConfig(camera=None, vehicle=CONDITIONS.vehicle), rng)
        self._expert = PursuitExpert(self._car.tracks)
        self._road = RoadAhead(self._car, camera=_VIEW)

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        """A number, the arrows and Enter, or the mouse."""
        if event.type == pygame.KEYDOWN:
            return self._press(event.key)
        if event.type in {pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN}:
            where = canvas.units(event.pos)
            under = [number for number, box in enumerate(self._boxes()) if box.holds(where)]
            self.chosen = under[0] if under else self.chosen
            if under and event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
                return self.entries[self.chosen].route()
        return None

    def advance(self, held: HeldKeys) -> Route | None:  # noqa: ARG002 - the expert drives, keys don't
        """The road drifts by."""
        self._car.advance(self._act)
        return None

    def draw(self, canvas: Canvas) -> None:
        """The road, the ways from here, and what there is."""
        self._road.draw(canvas)
        canvas.surface.blit(_darkness(canvas.surface.get_size()), (0, 0))
        canvas.text("drive_sim", (_LEFT, 26.0), size=HUGE, bold=True)
        canvas.text("Thirty seconds of demonstration, two networks.", (_LEFT, 96.0), size=BODY, colour=INK)
        canvas.text("One of them stays on the road.", (_LEFT, 118.0), size=BODY, colour=INK)
        for number, (entry, box) in enumerate(zip(self.entries, self._boxes(), strict=True)):
            self._draw_entry(canvas, number, entry, box)
        self._draw_status(canvas)
        draw_key_line(canvas, self.keys)

    def close(self) -> None:
        """Nothing was begun here."""

    def _press(self, key: int) -> Route | None:
        if key == pygame.K_e and self._session.note.is_question and self._session.is_asking(self._lecture_question()):
            return ToLecture(())
        number = key - pygame.K_1 if key < pygame.K_KP_1 else key - pygame.K_KP_1
        if 0 <= number < len(self.entries):
            return self.entries[number].route()
        if key in {pygame.K_UP, pygame.K_DOWN}:
            step = 1 if key == pygame.K_DOWN else -1
            self.chosen = (self.chosen + step) % len(self.entries)
        elif key in {pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE}:
            return self.entries[self.chosen].route()
        return None

    def _to_story(self) -> Route:
        return ToStory()

    def _to_watch(self) -> Route:
        """The pair that there is, or that learns now; else what ships."""
        session, models = self._session, self._models()
        has_own = models or session.models or session.running_training
        return ToWatch(models if has_own else shipped_pair() or None)

    def _to_lecture(self) -> Route | None:
        """A pair that has learned from driving with much grass in it is shown only if a person wants that."""
        question, session, models = self._lecture_question(), self._session, self._models()
        if question and not session.asks(question):
            return None
        has_own = models or session.models or session.running_training
        return ToLecture(models if has_own else shipped_pair() or None)

    def _lecture_question(self) -> str:
        models = self._session.models or self._found
        pair = [models[name] for name in PAIR if name in models]
        found = learned_from(pair) if pair else None
        if found is None or not found.is_doubtful:
            return ""
        return f"{found.line}. Choose the lecture again to show it; E: one of the expert's own"

    def _to_compare(self) -> Route:
        return ToCompare(self._models())

    def _to_basin(self) -> Route:
        return ToBasin(self._models())

    def _models(self) -> tuple[str, ...] | None:
        """The session's own pair where it has one, else the newest that an earlier run has left."""
        return None if self._session.models or not self._found else tuple(map(str, self._found.values()))

    def _act(self, observation: Observation) -> Command:
        return self._expert.act(observation)

    def _boxes(self) -> list[Box]:
        """Where the entries stand; more of them stand closer."""
        step = min((_ENTRIES_BOTTOM - _ENTRIES_TOP) / len(self.entries), 54.0)
        return [
            Box(_LEFT, _ENTRIES_TOP + step * number, _WIDTH, step - _BETWEEN) for number in range(len(self.entries))
        ]

    def _draw_entry(self, canvas: Canvas, number: int, entry: Entry, box: Box) -> None:
        is_chosen = number == self.chosen
        canvas.panel(box, colour=(44, 66, 84) if is_chosen else PANEL)
        if is_chosen:
            canvas.fill(Box(box.left, box.top + 4.0, 5.0, box.height - 8.0), SKY, rounding=2.0)
        middle, size = box.centre[1], HEADING if box.height > 1.3 * HEADING else BODY
        colour = SKY if is_chosen else FAINT
        canvas.text(str(number + 1), (box.left + 30.0, middle), size=size, bold=True, colour=colour, anchor="center")
        canvas.text(entry.label, (box.left + 56.0, middle), size=size, bold=True, anchor="midleft")
        about = canvas.fitting(entry.about, box.width - _ABOUT - 8.0, size=SMALL)
        colour = INK if is_chosen else FAINT
        canvas.text(about, (box.left + _ABOUT, middle), size=SMALL, colour=colour, anchor="midleft")

    def _draw_status(self, canvas: Canvas) -> None:
        training = self._session.running_training
        if training is not None:
            percent = round(100.0 * training.share)
            canvas.text(f"{training.words}: {percent} %", (_LEFT, _STATUS_TOP))
            draw_progress(canvas, (_LEFT, _STATUS_TOP + 26.0), _WIDTH, training.share)
            return
        for number, line in enumerate(self._status()):
            shown = canvas.fitting(line, canvas.width - 2.0 * _LEFT)
            canvas.text(shown, (_LEFT, _STATUS_TOP + 23.0 * number), colour=INK)

    def _status(self) -> list[str]:
        session = self._session
        recorded = f"Recorded: {short_place(session.recording)}" if session.recording else "Nothing is recorded yet"
        if session.models:
            return [recorded, "A pair of networks has learned from it"]
        if self._found:
            return [recorded, f"Networks to watch: {short_place(next(iter(self._found.values())).parent)}"]
        return [recorded, "No network of yours yet: drive, record, train. A shipped pair drives until then"]


@lru_cache(maxsize=2)
def _darkness(size_px: tuple[int, int]) -> pygame.Surface:
    """Dark at the left, clear towards the right."""
    width_px = round(size_px[0] * _DARK_SHARE)
    share = np.clip(np.linspace(2.6, 0.0, width_px), 0.0, 1.0)
    column = pygame.Surface((width_px, 1), pygame.SRCALPHA)
    column.fill((*SHADE, 255))
    alpha = pygame.surfarray.pixels_alpha(column)
    alpha[:, 0] = np.round(252.0 * share * share * (3.0 - 2.0 * share)).astype(np.uint8)
    del alpha  # unlocks the surface
    return pygame.transform.scale(column, (width_px, size_px[1]))
