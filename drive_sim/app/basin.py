"""The screen that shows from where policies find back: their basins of attraction, and a car that is put into them."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pygame

from drive_sim.app.basin_panels import BasinPanels, BasinStatus, map_boxes
from drive_sim.app.basin_picture import pose_at
from drive_sim.app.basin_search import BasinSearch
from drive_sim.app.basin_trial import BasinTrial
from drive_sim.app.canvas import ORANGE, VERMILION, Canvas
from drive_sim.app.drivers import load_drivers
from drive_sim.app.hud import draw_key_line
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.model_discovery import newest_pair, shipped_pair
from drive_sim.app.roads import World
from drive_sim.app.screen import Key, Route, ToBasin, ToWatch
from drive_sim.app.session import Session
from drive_sim.app.single_car import track_batch
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.errors import InputError
from drive_sim.evaluate.basin import BasinConfig
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Disturbance

KEYS = (
    Key("Mouse", "click into a map: the car is put at that offset and heading, and that policy drives", "put the car"),
    Key("N", "put the car at the pose nearest to the lane from which it is lost (or turn by turn the others)", "lost"),
    Key("A", "the other policy has the wheel, from the same pose where the car was put", "other"),
    Key("W", "calm (found back or lost), or eight winds (the share that finds back)", "winds"),
    Key("M", "search at the place of the road where the car is now", "here"),
    Key("O", "another road that nobody has learned from", "other road"),
    Key("Enter", "put the car onto its lane"),
    Key("J", "watch these policies drive", "watch"),
    Key("Space", "pause (or P)", "pause"),
)
NUM_WINDS = 8
_CALM = Disturbance(gust_time_s=0.001)
"""Calm, in which the gust that blew before dies at once."""
_TRAIL_TICKS, _PLACE, _LOST_TICKS = 30, 0.3, 20
"""How long a trail is; where on the road is searched first; how long a car that is lost is looked at."""


class BasinScreen:
    """Two policies at one place of an unseen road, and a car that drives on it."""

    title, keys = "Basin", KEYS

    def __init__(
        self,
        session: Session,
        route: ToBasin,
        size_px: tuple[int, int],  # noqa: ARG002
        *,
        config: BasinConfig | None = None,
        at_m: float | None = None,
        has_window: bool = True,
    ) -> None:
        """Search at arc length `at_m`, by default three tenths of the road from its start."""
        self.session, self.is_paused, self._has_window = session, False, has_window
        self.config = config or BasinConfig(seed=session.seed)
        self.trial: BasinTrial | None = None
        self.road_number, self._num_lost = route.road_number, 0
        self._trail: deque[tuple[float, float]] = deque(maxlen=_TRAIL_TICKS)
        self._ticks_off = 0
        world, at_m = self._world(), route.at_m if at_m is None else at_m
        drivers, complaints = load_drivers(session, _models(session, route), track_batch(world[0]))
        if complaints:
            session.say(complaints[0], VERMILION)
        self._drivers = drivers[:2]
        self.s_m = _PLACE * world[0].length_m if at_m is None else at_m
        if self.s_m > world[0].length_m:
            raise InputError(f"basin: {at_m:g} m along a road of {world[0].length_m:.0f} m; give a smaller --at")
        self._begin()
        self._actions = self._make_actions()

    def handle(self, event: pygame.event.Event, canvas: Canvas) -> Route | None:
        """Keys do what `KEYS` says; a click into a map puts the car there."""
        if event.type == pygame.KEYDOWN:
            if event.key == pygame.K_j:
                return ToWatch(tuple(str(driver.folder or driver.name) for driver in self._drivers))
            self._actions.get(event.key, lambda: None)()
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == pygame.BUTTON_LEFT:
            for number, box in enumerate(map_boxes(canvas, len(self._drivers))):
                pose = pose_at(self.config, box, canvas.units(event.pos))
                if pose is not None:
                    self.rollout.driver_index = number
                    self.put_at(*pose)
        return None

    def advance(self, held: HeldKeys) -> Route | None:  # noqa: ARG002 - networks drive
        """One frame: what was found is taken in, and the car drives on."""
        self.search.poll()
        if self.search.error:
            self.session.say(self.search.error, VERMILION)
            self.search.error = ""
        if self.is_paused:
            return None
        if self.rollout.car.begins_tick:
            self._follow()
        self.rollout.advance()
        return None

    def draw(self, canvas: Canvas) -> None:
        """The maps and the car."""
        status = BasinStatus(self.rollout, self.search, self.trial, tuple(self._trail), self.is_paused)
        self.panels.draw(canvas, status)
        draw_key_line(canvas, self.keys)

    def draw_for_picture(self, canvas: Canvas) -> None:
        """The maps without the keys."""
        self.panels.draw(canvas, BasinStatus(self.rollout, self.search, None, (), is_paused=False, is_posed=True))

    def close(self) -> None:
        """Nobody searches any more."""
        self.search.close()

    def put_at(self, offset_idx: int, heading_idx: int) -> None:
        """Put the car at a pose of the finest grid, at the place that is searched; it is told what becomes of it."""
        offset_m, heading_rad = (
            float(axis[i]) for axis, i in zip(self.config.axes, (offset_idx, heading_idx), strict=True)
        )
        self._put(offset_m, heading_rad)

    def _put(self, offset_m: float, heading_rad: float) -> None:
        self.rollout.place(self.s_m, offset_m, heading_rad)
        self.trial = BasinTrial(self.config, offset_m, heading_rad)
        self._trail.clear()
        self._ticks_off = 0

    def _follow(self) -> None:
        """A control tick begins: the trail and the trial grow; a car that has been lost for a while is put back."""
        lane = self.rollout.car.observation.lane
        self._trail.append((float(lane.offset_m[0]), float(lane.heading_rad[0])))
        if self.trial is not None:
            self.trial.follow(self.rollout)
        self._ticks_off = self._ticks_off + 1 if self.rollout.is_off else 0
        is_tried = self.trial is not None and self.trial.found_back is None
        if self._ticks_off > _LOST_TICKS and not is_tried:
            self.rollout.put_back()
            self._trail.clear()
            self._ticks_off = 0

    def _make_actions(self) -> dict[int, Callable[[], None]]:
        return {
            pygame.K_n: self._put_where_it_is_lost,
            pygame.K_a: self._switch,
            pygame.K_w: self._toggle_winds,
            pygame.K_m: self._search_here,
            pygame.K_o: self._next_road,
            pygame.K_RETURN: self._put_back,
            pygame.K_SPACE: self._pause,
            pygame.K_p: self._pause,
        }

    def _put_back(self) -> None:
        """Onto its lane, and no drive is judged."""
        self.rollout.put_back()
        self.trial = None
        self._trail.clear()

    def _world(self) -> World:
        roads, number = self.session.roads, self.road_number
        return (roads.given if number == 0 else None) or roads.unseen(self.session.seed + number)

    def _begin(self) -> None:
        """A car on this road, in the weather of the maps, and processes that search."""
        weather = CONDITIONS.evaluation if self.config.num_winds else _CALM
        rng = np.random.default_rng([self.session.seed, self.road_number, self.config.num_winds])
        track, scene = self._world()
        self.rollout = LiveRollout(track, scene, self._drivers, rng)
        self.rollout.change_knobs(replace(self.rollout.car.knobs, disturbance=weather))
        self.rollout.puts_back = False
        self.panels = BasinPanels(self.rollout)
        self._search()
        self.rollout.place(self.s_m, 0.0)
        self.trial = None
        self._trail.clear()

    def _search(self) -> None:
        track, scene = self._world()
        self._num_lost = 0
        self.search = BasinSearch(self._drivers, track, scene, self.s_m, self.config, has_window=self._has_window)

    def _put_where_it_is_lost(self) -> None:
        """The next one of the poses from which whoever drives is lost, from the lane outwards."""
        lost = self.search.maps[self.rollout.driver.name].lost_poses
        if not len(lost):
            self.session.say("It is lost from nowhere on this map so far", ORANGE)
            return
        self.put_at(*map(int, lost[self._num_lost % len(lost)]))
        self._num_lost += 1

    def _switch(self) -> None:
        if len(self._drivers) < 2:
            self.session.say("There is no other policy: name two", ORANGE)
            return
        self.rollout.switch()
        if self.trial is not None:
            self._put(self.trial.offset_m, self.trial.heading_rad)

    def _toggle_winds(self) -> None:
        winds = 0 if self.config.num_winds else NUM_WINDS
        sides = BasinConfig().sides
        self.config = BasinConfig(seed=self.session.seed, num_winds=winds, sides=sides[:-1] if winds else sides)
        self.search.close()
        self._begin()
        self.session.say("Eight winds: the lighter, the more of them it finds back in" if winds else "Calm")

    def _search_here(self) -> None:
        self.search.close()
        self.s_m = float(self.rollout.car.observation.lane.s_m[0])
        self._search()

    def _next_road(self) -> None:
        self.search.close()
        self.road_number += 1
        track, _ = self._world()
        for driver in self._drivers:
            driver.on(track_batch(track))
        self.s_m = _PLACE * track.length_m
        self._begin()

    def _pause(self) -> None:
        self.is_paused = not self.is_paused


def _models(session: Session, route: ToBasin) -> tuple[str, ...]:
    """Those that are named, else the session's own pair, else the newest of earlier runs, else what ships."""
    if route.models is not None:
        return route.models
    return tuple(map(str, (session.models or newest_pair(session.runs)).values())) or shipped_pair()
