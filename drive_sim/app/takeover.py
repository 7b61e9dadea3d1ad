"""Taking the wheel from whoever drives, and giving it back: what a person drove in between is recorded, to be learned.

Those ticks are rows with `intervention`, the person's commands, and the expert's beside (human-gated DAgger).
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pygame

from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.recorder import Recorder
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.app.training import Training
from drive_sim.data.rollout import Tick, episode_info, row_of
from drive_sim.errors import InputError
from drive_sim.files import numbered_folder
from drive_sim.sim.camera import Camera
from drive_sim.sim.env import Observation
from drive_sim.sim.vehicle import Command

_FRAME_S = 1.0 / 60.0


class ArrowsOnly:
    """Held keys without the letters, which do other things where networks drive."""

    def __init__(self, held: HeldKeys) -> None:
        self._held = held

    def __getitem__(self, key: int, /) -> bool:
        return key not in (pygame.K_a, pygame.K_d, pygame.K_w, pygame.K_s) and self._held[key]


class Takeover:
    """A person's hands beside the driver's; `has_wheel` from the first touch on until `give_back`."""

    def __init__(self, session: Session) -> None:
        self.human = HumanDriver()
        self.has_wheel = False
        self.num_rows = 0
        """Control ticks driven by hand since the last retraining."""
        self.num_steps: int | None = None
        """Of a retraining; None: as many as a person waits for."""
        self._session = session
        self._recorder: Recorder | None = None

    def handle(self, event: pygame.event.Event) -> None:
        """Mouse and game pads."""
        self.human.handle(event)

    def hand(self, held: HeldKeys, rollout: LiveRollout) -> Command | None:
        """One frame: the person's command where the person has the wheel, which begins where the driver had it."""
        human = self.human
        if not self.has_wheel:
            human.wheel_per_m = rollout.command_per_m
        human.advance(ArrowsOnly(held), float(rollout.car.state.speed_mps[0]), _FRAME_S)
        if human.is_touched and not self.has_wheel:
            self._take(rollout)
        return human.command if self.has_wheel else None

    def record(self, rollout: LiveRollout, observation: Observation) -> None:
        """A control tick begins; nothing is kept while the person has not got the wheel."""
        recorder = self._recorder
        if recorder is None or not self.has_wheel or not recorder.is_recording:
            return
        human, number = self.human, recorder.tick
        expert_per_m = rollout.expert.act(observation).curvature_per_m
        time_s = number * rollout.car.env.config.tick_s
        tick = Tick(number, time_s, observation, human.command, np.ones(1, dtype=np.bool_), expert_per_m)
        row = row_of(tick, 0, "human")
        raw = {"raw_steering": human.raw_steering, "raw_throttle": human.raw_throttle}
        recorder.append(replace(row, raw_key=human.raw_key, **raw))
        self.num_rows += 1

    def give_back(self) -> None:
        """The driver has the wheel again."""
        self.has_wheel = False
        self.human.let_go()
        if self._recorder is not None:
            self._recorder.end()

    def news(self) -> str | None:
        """Why the disk refuses, once."""
        return self._recorder.pop_failure() if self._recorder is not None else None

    def retrain(self, driver: PolicyDriver) -> Training:
        """The driver's network learns on from what it has learned from before, and from the takeovers.

        Raises InputError where there is nothing to learn, or nobody who could.
        """
        recorder, folder = self._recorder, driver.folder
        if folder is None or driver.network is None:
            raise InputError(f"{driver.label} cannot learn here, only convolutional networks can; A hands the wheel on")
        if driver.camera != Camera():
            raise InputError(f"{driver.label} sees through another camera than the one that records you; A hands on")
        if recorder is None or not self.num_rows:
            raise InputError("Take the wheel first where it drives badly: any arrow key; G gives it back")
        if self.has_wheel:
            self.give_back()
        recorder.flush()
        recordings = [path for path in (*learned_from(folder), recorder.folder) if path.exists()]
        recordings = list(dict.fromkeys(path.resolve() for path in recordings))
        if len(recordings) == 1 and self._session.recording is not None:
            recordings.insert(0, self._session.recording)
        self.num_rows = 0
        models = numbered_folder(self._session.runs, "models")
        seed, name = self._session.seed, folder.name
        return Training(
            recordings, models, seed=seed, names=(name,), start_from={name: folder}, num_steps=self.num_steps
        )

    def close(self) -> None:
        """What was recorded is on the disk."""
        if self._recorder is not None:
            self._recorder.close()

    def _take(self, rollout: LiveRollout) -> None:
        self.has_wheel = True
        if self._recorder is None:
            self._recorder = Recorder(numbered_folder(self._session.runs, "takeover"))
        self._recorder.begin(episode_info(rollout.car.env, seed=self._session.seed))


def learned_from(model: Path) -> list[Path]:
    """The recordings that a model says it has learned from, as far as they are still there."""
    try:
        data = json.loads((model / "metrics.json").read_text(encoding="utf-8")).get("data")
    except (OSError, ValueError, AttributeError):
        data = None
    named = [model / name for name in data] if isinstance(data, list) else [model.parent.parent / "demonstration"]
    return [path for path in named if path.is_dir()]
