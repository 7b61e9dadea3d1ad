"""Butterfly: policies from one pose in the same winds, and what a batch of unseen cars pays when nobody helps."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pygame

from drive_sim.app.canvas import GREEN, ORANGE, VERMILION, Canvas
from drive_sim.app.compare_dagger import DaggerBeside
from drive_sim.app.compare_messages import CompareTask, FanStart
from drive_sim.app.compare_panels import ComparePanels, CompareStatus, places, stage_box
from drive_sim.app.compare_policies import compared
from drive_sim.app.compare_stage import MOST_OFF_M, CompareStage, shown_names
from drive_sim.app.comparison import Comparison
from drive_sim.app.hud import draw_caption, draw_key_line
from drive_sim.app.screen import Key, Route, ToCompare
from drive_sim.app.session import Session
from drive_sim.app.stage_panels import PanelClick, StagePanels
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.evaluate.unaided import COSTS
from drive_sim.geometry import wrap_angle_rad

KEYS = (
    Key("Drag", "a car, or the start: all begin again from its pose; the wheel turns it", "a car, the start"),
    Key("Left and Right", "move the start aside by half a metre"),
    Key("Up and Down", "turn the start by three degrees"),
    Key("Enter", "from the start again", "again"),
    Key("C", "what a tick costs: the offset squared, the offset, or an intervention", "cost"),
    Key("V", "from above, or from behind each car in turn", "view"),
    Key("O", "another road that nobody has learned from", "other road"),
    Key("H", "hide the panels, and show them again (their cross hides one, their head moves it)", "panels"),
    Key("+ and -", "nearer, farther (or the mouse's wheel)", "zoom"),
    Key("Space", "pause (or P)", "pause"),
)
_STEP_M, _STEP_RAD = 0.5, math.radians(3.0)


class CompareScreen:
    """Nothing is put back here."""

    title, keys = "Butterfly", KEYS

    def __init__(
        self,
        session: Session,
        route: ToCompare,
        size_px: tuple[int, int],  # noqa: ARG002
        *,
        teaches_dagger: bool = True,
        has_window: bool = True,
    ) -> None:
        self._has_window = has_window
        self.session, self.is_paused = session, False
        self.cost = next(iter(COSTS))
        self.road_number = route.road_number
        self._policies = compared(session, route.models)
        self._dagger = DaggerBeside(session, self._policies, is_wanted=teaches_dagger)
        self._panels = StagePanels(places(len(self._policies) + self._dagger.is_awaited))
        self._open()
        self._actions = self._make_actions()

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        """Keys do what `KEYS` says; the mouse moves panels, and carries the start."""
        if event.type == pygame.KEYDOWN and event.key in self._actions:
            self._actions[event.key]()
        elif event.type == pygame.MOUSEWHEEL and self.stage.carried is not None:
            self.stage.turn(event.y * _STEP_RAD)
        elif event.type == pygame.MOUSEWHEEL:
            self._zoom(1.2**event.y)
        elif event.type in {pygame.MOUSEBUTTONDOWN, pygame.MOUSEMOTION, pygame.MOUSEBUTTONUP}:
            self._handle_mouse(event, canvas)
        return None

    def advance(self, held: HeldKeys) -> Route | None:  # noqa: ARG002 - nobody steers here
        """One frame; the batch goes on also while the stage is paused."""
        comparison = self.comparison
        if not (self.is_paused or self.stage.carried is not None):
            comparison.advance()
        self.listen()
        self.stage.advance(comparison)
        if comparison.complaints:
            self.session.say(comparison.complaints.pop(0), VERMILION)
        return None

    def listen(self) -> None:
        """Hear what was driven and learned meanwhile; DAgger joins in the frame in which it has learned."""
        comparison = self.comparison
        comparison.poll()
        if comparison.num_batch_ticks >= self._dagger.FROM_TICK:
            self._dagger.begin()
        learned = self._dagger.poll()
        if learned is not None:
            self._policies.append(learned)
            comparison.add_policy(learned)
            self.session.say("DAgger has learned, and joins; all begin again", GREEN)

    @property
    def is_learning(self) -> bool:
        """DAgger is to join yet."""
        return self._dagger.is_awaited

    def draw(self, canvas: Canvas) -> None:
        """The stage, and the panels over and beside it."""
        box = stage_box(canvas, self._panels)
        self.stage.draw(canvas, box, self.comparison)
        self._shown.draw(canvas, self.status)
        draw_key_line(canvas, self.keys)

    def draw_for_film(self, canvas: Canvas) -> None:
        """The same, but curves as far as the stage's clock has come, and what it is in place of the keys."""
        self.stage.draw(canvas, stage_box(canvas, self._panels), self.comparison)
        self._shown.draw(canvas, replace(self.status, learning="", until_tick=self.comparison.tick + 1))
        draw_caption(canvas, "All from one pose in the same winds, and nobody is put back")

    @property
    def status(self) -> CompareStatus:
        """What the panels show now."""
        return CompareStatus(self.comparison, self.cost, self._dagger.words)

    def close(self) -> None:
        """The worker ends; DAgger learns on."""
        self.comparison.close()

    def _open(self) -> None:
        """On the road that was asked for, else on an unseen one; a new worker, since all of it is another road's."""
        session, number = self.session, self.road_number
        track, scene = (session.roads.given if number == 0 else None) or session.roads.unseen(session.seed + number)
        rng = np.random.default_rng([session.seed, number])
        start = FanStart(0, float(rng.random()) * (track.length_m if track.closed else 0.0))
        task = CompareTask(tuple(self._policies), track, scene, start, session.seed)
        self.comparison = Comparison(replace(task, is_beside_window=self._has_window))
        self.stage = CompareStage(self.comparison)
        self._shown = ComparePanels(self.comparison, self._panels)

    def _make_actions(self) -> dict[int, Callable[[], None]]:
        return {
            pygame.K_LEFT: lambda: self._move_start(_STEP_M, 0.0),
            pygame.K_RIGHT: lambda: self._move_start(-_STEP_M, 0.0),
            pygame.K_UP: lambda: self._move_start(0.0, _STEP_RAD),
            pygame.K_DOWN: lambda: self._move_start(0.0, -_STEP_RAD),
            pygame.K_RETURN: self._replay,
            pygame.K_c: self._next_cost,
            pygame.K_v: self._next_view,
            pygame.K_o: self._next_road,
            pygame.K_h: self._toggle_panels,
            pygame.K_PLUS: lambda: self._zoom(1.25),
            pygame.K_EQUALS: lambda: self._zoom(1.25),
            pygame.K_KP_PLUS: lambda: self._zoom(1.25),
            pygame.K_MINUS: lambda: self._zoom(0.8),
            pygame.K_KP_MINUS: lambda: self._zoom(0.8),
            pygame.K_SPACE: self._pause,
            pygame.K_p: self._pause,
        }

    def _handle_mouse(self, event: pygame.event.Event, canvas: Canvas) -> None:
        taken = self._panels.handle(event, canvas)
        if isinstance(taken, PanelClick) and taken.name == "plot":
            self._next_cost()
        if taken:
            return
        where = canvas.units(event.pos)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
            self.stage.grasp(canvas, where, self.comparison)
        elif event.type == pygame.MOUSEMOTION and (ground_m := self.stage.ground_at(canvas, where)) is not None:
            self.stage.carry(ground_m)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == pygame.BUTTON_LEFT and self.stage.carried:
            place, self.stage.carried = self.stage.carried, None
            self.comparison.restart(*place)

    def _move_start(self, aside_m: float, turn_rad: float) -> None:
        start = self.comparison.start
        moved = replace(
            start,
            offset_m=float(np.clip(start.offset_m + aside_m, -MOST_OFF_M, MOST_OFF_M)),
            heading_rad=float(wrap_angle_rad(start.heading_rad + turn_rad)),
        )
        self.comparison.restart(moved.s_m, moved.offset_m, moved.heading_rad)

    def _replay(self) -> None:
        self.comparison.replay()

    def _next_cost(self) -> None:
        names = list(COSTS)
        self.cost = names[(names.index(self.cost) + 1) % len(names)]

    def _next_view(self) -> None:
        names = [None, *shown_names(self.comparison)]
        where = names.index(self.stage.behind) if self.stage.behind in names else 0
        self.stage.behind = names[(where + 1) % len(names)]

    def _next_road(self) -> None:
        self.road_number += 1
        self.comparison.close()
        self._open()

    def _toggle_panels(self) -> None:
        if self._panels.hidden:
            self._panels.show_all()
        else:
            self._panels.hide_all()

    def _zoom(self, factor: float) -> None:
        self.stage.zoom = float(np.clip(self.stage.zoom * factor, 0.2, 4.0))

    def _pause(self) -> None:
        self.is_paused = not self.is_paused
        self.session.say("Paused; the batch drives on" if self.is_paused else "On", ORANGE)
