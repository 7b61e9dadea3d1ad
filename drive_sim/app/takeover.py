"""Taking the wheel from whoever drives, and giving it back: what a person drove in between is recorded, to be learned.

Those ticks are rows with `intervention`, the person's commands, and the expert's beside (human-gated DAgger).
"""

from pathlib import Path

import pygame

from drive_sim.app.human_driver import HumanDriver
from drive_sim.app.human_row import make_human_row
from drive_sim.app.knob_drawer import KnobDrawer
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.recorder import Recorder
from drive_sim.app.session import Session
from drive_sim.app.steering_wheel import HeldKeys
from drive_sim.data.marks import Verdict
from drive_sim.data.rollout import episode_info
from drive_sim.files import numbered_folder
from drive_sim.sim.observation import Observation
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
        self.has_wheel = self._waits = False
        """Whoever has given the wheel back lets go before taking it again."""
        self._rows: dict[int, int] = {}
        """Control ticks driven by hand, by the number of their episode."""
        self._left_out: set[int] = set()
        self._num_learned = self._first_episode = 0
        """Rows of earlier retrainings; what is driven by hand since time forked begins with this episode."""
        self._session = session
        self._recorder: Recorder | None = None

    def handle(self, event: pygame.event.Event) -> None:
        """Mouse and game pads."""
        self.human.handle(event)

    def command(self, held: HeldKeys, rollout: LiveRollout) -> Command | None:
        """One frame: the person's command where the person has the wheel, which begins where the driver had it."""
        human = self.human
        if not self.has_wheel:
            human.wheel_per_m = rollout.command_per_m
        human.keeps_speed = not rollout.car.speed.is_own
        human.advance(ArrowsOnly(held), float(rollout.car.state.speed_mps[0]), _FRAME_S)
        self._waits = self._waits and human.is_touched
        if human.is_touched and not self._waits and not self.has_wheel:
            self._take(rollout)
        return human.command if self.has_wheel else None

    def record(self, rollout: LiveRollout, observation: Observation) -> None:
        """A control tick begins; nothing is kept while the person has not got the wheel."""
        recorder = self._recorder
        if recorder is None or not self.has_wheel or not recorder.is_recording:
            return
        tick_s = rollout.car.env.config.tick_s
        row = make_human_row(recorder.tick, observation, self.human, rollout.expert, tick_s=tick_s, intervention=True)
        recorder.append(row)
        episode = recorder.num_episodes - 1
        self._rows[episode] = self._rows.get(episode, 0) + 1

    def begin_episode(self, rollout: LiveRollout) -> None:
        """What the person drives from here on is an episode of its own."""
        if self.has_wheel and self._recorder is not None:
            self._recorder.end()
            self._recorder.begin(episode_info(rollout.car.env, seed=self._session.seed))

    def give_back(self) -> None:
        """The driver has the wheel again."""
        self._waits = self._waits or self.has_wheel
        self.has_wheel = False
        self.human.let_go()
        if self._recorder is not None:
            self._recorder.end()

    @property
    def num_rows(self) -> int:
        """Control ticks driven by hand since the last retraining that a network may learn from."""
        return max(0, self._num_good - self._num_learned)

    @property
    def _num_good(self) -> int:
        return sum(count for episode, count in self._rows.items() if episode not in self._left_out)

    def learned_nothing(self, num_rows: int) -> None:
        """A retraining has come to nothing: its ticks can be learned from yet."""
        self._num_learned -= num_rows

    @property
    def _num_episodes(self) -> int:
        """How often the wheel was taken and what was driven recorded."""
        return 0 if self._recorder is None else self._recorder.num_episodes

    @property
    def has_driven_in_fork(self) -> bool:
        """The wheel was taken since time forked."""
        return self._num_episodes > self._first_episode

    def begin_fork(self) -> None:
        """Time forks; a person who has the wheel has just taken it."""
        self._first_episode = self._num_episodes - self.has_wheel

    def mark(self, verdict: Verdict) -> None:
        """What was driven by hand since the fork is good, or bad and left out; the driver has the wheel again."""
        self.give_back()
        if self._recorder is not None:
            self._recorder.mark(self._first_episode, verdict)
            those = range(self._first_episode, self._num_episodes)
            (self._left_out.update if verdict == "bad" else self._left_out.difference_update)(those)

    def discard(self) -> None:
        """What was driven by hand since the fork is dropped; the driver has the wheel again."""
        self.give_back()
        if self._recorder is not None:
            self._recorder.drop_episodes(self._first_episode)
            self._left_out.update(range(self._first_episode, self._num_episodes))

    def pop_failure(self) -> str | None:
        """Why the disk refuses, once."""
        return self._recorder.pop_failure() if self._recorder is not None else None

    def take_recording(self) -> Path | None:
        """The folder of what was driven by hand, whole on the disk, for a network to learn from; None: nothing new.

        The driver has the wheel again.
        """
        recorder = self._recorder
        if recorder is None or not self.num_rows:
            return None
        if self.has_wheel:
            self.give_back()
        recorder.flush()
        self._num_learned = self._num_good
        return recorder.folder

    def close(self) -> None:
        """What was recorded is on the disk."""
        if self._recorder is not None:
            self._recorder.close()

    def _take(self, rollout: LiveRollout) -> None:
        self.has_wheel = True
        if self._recorder is None:
            self._recorder = Recorder(numbered_folder(self._session.runs, "takeover"))
        self._recorder.begin(episode_info(rollout.car.env, seed=self._session.seed))
        self._session.recorder = self._recorder


def change_conditions(drawer: KnobDrawer, rollout: LiveRollout, takeover: Takeover) -> None:
    """Where a control tick begins: what a person has turned counts from it on, and what is counted begins anew."""
    if rollout.car.begins_tick and (knobs := drawer.pop(waits=takeover.has_wheel)) is not None:
        rollout.change_knobs(knobs)
        takeover.begin_episode(rollout)
