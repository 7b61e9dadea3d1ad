"""The screen on which models drive live."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pygame

from drive_sim.app.driver import HeldKeys
from drive_sim.app.hud import GREEN, RED, Hud, Instruments
from drive_sim.app.loop import FRAMES_HZ, run
from drive_sim.app.ride import Ride
from drive_sim.app.view import RoadAhead, RoadMap, draw_network_picture
from drive_sim.policies.base import Policy
from drive_sim.sim.env import EnvConfig, Observation
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import Track
from drive_sim.sim.vehicle import Command

INTERVENTION_M = 1.0
NUDGE_M, NUDGED_TO_M = 0.6, 0.8
LAMP_FRAMES = FRAMES_HZ
"""How long the lamp stays red after an intervention."""
KEYS = "Space  pause     N  nudge     Tab  next model     Esc  leave"


@dataclass(slots=True)
class Score:
    """What one model has done so far."""

    interventions: int = 0
    driven_m: float = 0.0


class WatchScreen:
    """One of several policies drives; Tab hands the wheel to the next, and more than 1 m off it is put back."""

    def __init__(self, ride: Ride, policies: Mapping[str, Policy], rng: np.random.Generator) -> None:
        self.ride, self.paused = ride, False
        self.scores = {name: Score() for name in policies}
        self._policies, self._rng = policies, rng
        self._names = list(policies)
        self._red_frames = 0
        self._command_per_m = 0.0
        self._hud, self._map = Hud(), RoadMap(ride.track)
        self._road = RoadAhead(ride, pygame.display.get_window_size())

    @property
    def name(self) -> str:
        """Who drives now."""
        return self._names[0]

    def press(self, key: int) -> None:
        """Space pauses, Tab hands the wheel over, N nudges the car aside."""
        if key == pygame.K_SPACE:
            self.paused = not self.paused
        elif key == pygame.K_TAB:
            self._names.append(self._names.pop(0))
        elif key == pygame.K_n:
            self._nudge()

    def advance(self, held: HeldKeys) -> None:  # noqa: ARG002 - a policy drives, keys don't
        """One frame of driving, unless paused."""
        if self.paused:
            return
        self._red_frames = max(0, self._red_frames - 1)
        self.ride.advance(self._act)
        self.scores[self.name].driven_m += float(self.ride.state.speed_mps[0]) / FRAMES_HZ
        if self.ride.begins:
            self._map.add(*self.ride.state.poses[0, :2])
            self._intervene_where_needed()

    def draw(self, surface: pygame.Surface) -> None:
        """The road ahead, the map, the network's picture and the instruments."""
        self._road.draw(surface)
        self._map.draw(surface)
        observation = self.ride.observation
        if observation.images is not None:
            draw_network_picture(surface, observation.images[0], self._hud.small)
        self._hud.draw(surface, self._instruments())

    def _nudge(self) -> None:
        """To a side, but not so far that the nudge itself would count as an intervention."""
        offset_m = self.ride.offset_m
        target_m = offset_m + float(self._rng.choice([-NUDGE_M, NUDGE_M]))
        self.ride.nudge(float(np.clip(target_m, -NUDGED_TO_M, NUDGED_TO_M)) - offset_m)

    def _act(self, observation: Observation) -> Command:
        command = self._policies[self.name].act(observation, self._rng)
        self._command_per_m = float(command.curvature_per_m[0])
        return command

    def _intervene_where_needed(self) -> None:
        if abs(self.ride.offset_m) > INTERVENTION_M or self.ride.has_left_the_road:
            self.scores[self.name].interventions += 1
            self._red_frames = LAMP_FRAMES
            self.ride.put_back()

    def _instruments(self) -> Instruments:
        score = self.scores[self.name]
        times = "1 intervention" if score.interventions == 1 else f"{score.interventions} interventions"
        return Instruments(
            title=f"{self.name} drives" + (", paused" if self.paused else ""),
            lamp=f"{times} in {score.driven_m / 1000:.2f} km",
            lamp_colour=RED if self._red_frames else GREEN,
            speed_mps=float(self.ride.state.speed_mps[0]),
            offset_m=self.ride.offset_m,
            curvature_per_m=self._command_per_m,
            full_turn_per_m=self.ride.env.config.vehicle.max_curvature_per_m / 2,
            keys=KEYS,
        )


def watch(
    policies: Mapping[str, Policy],
    track: Track,
    scene: Scene,
    config: EnvConfig,
    rng: np.random.Generator,
    *,
    num_frames: int | None = None,
) -> dict[str, Score]:
    """Open the window on policies by name; what each of them did, once the window is closed."""
    scores: dict[str, Score] = {}

    def make_screen() -> WatchScreen:
        screen = WatchScreen(Ride(track, scene, config, rng), policies, rng)
        scores.update(screen.scores)
        return screen

    run(make_screen, f"drive_sim - watching {', '.join(policies)}", num_frames=num_frames)
    return scores
