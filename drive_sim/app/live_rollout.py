"""A car on a road with drivers who take turns: what happens to it, and what each of them has done. Nothing is drawn."""

import math
from collections import deque
from collections.abc import Callable
from copy import deepcopy
from functools import partial

import numpy as np

from drive_sim.app.canvas import POLICY_COLOURS, Colour
from drive_sim.app.drivers import PolicyDriver
from drive_sim.app.knobs import Knobs
from drive_sim.app.lane_watch import LaneWatch
from drive_sim.app.lap_counter import LapCounter
from drive_sim.app.nudge import NUDGED_TO_M, Nudge
from drive_sim.app.rollout_state import CountedDriver, PastTick, RolloutInput, RolloutState
from drive_sim.app.single_car import SingleCar
from drive_sim.app.tally import Tally
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import EnvConfig
from drive_sim.sim.generator_state import GeneratorState
from drive_sim.sim.observation import Observation
from drive_sim.sim.scene import Scene
from drive_sim.sim.track import LanePose, Track, progress_m
from drive_sim.sim.vehicle import Command

HISTORY_S = 20.0
"""How long offsets are kept."""


class LiveRollout:
    """One car, under the evaluation's gusts or others; `drivers[driver_index]` has the wheel, or a person has.

    Where `puts_back`, a car more than 1 m off its lane is put back onto it; that is an intervention. Without, the car
    is left alone: there are no interventions, and the seconds off the lane and off the road are counted.
    """

    def __init__(
        self,
        track: Track,
        scene: Scene,
        drivers: list[PolicyDriver],
        rng: np.random.Generator,
        disturbance: Disturbance = CONDITIONS.evaluation,
    ) -> None:
        env_rng, self._policy_rng, self._nudge_rng = rng.spawn(3)
        self.car = SingleCar(track, scene, EnvConfig(Camera(), CONDITIONS.vehicle, disturbance), env_rng)
        self.laps = LapCounter(track)
        self.drivers, self.driver_index = drivers, 0
        self.puts_back = True
        self.command_per_m = self.expert_per_m = 0.0
        """What was commanded at the last control tick, and what the expert would have."""
        self.by_hand = False
        tick_s = self.car.env.config.tick_s
        self.history: deque[PastTick] = deque(maxlen=round(HISTORY_S / tick_s))
        self.num_ticks = self.num_frames = 0
        self._lane = LaneWatch(self.car)
        self._tick_driver: PolicyDriver | None = None
        self._next_nudge: Nudge | None = None
        self.log: Callable[[RolloutInput], None] | None = None
        """Is told what is done from outside."""

    @property
    def driver(self) -> PolicyDriver:
        """Whose turn it is, from the next control tick on at the latest."""
        return self.drivers[self.driver_index]

    @property
    def active_colour(self) -> Colour:
        """Of whoever has the wheel."""
        return POLICY_COLOURS["human"] if self.by_hand else self.driver.colour

    @property
    def active_name(self) -> str:
        """The name of whoever has the wheel."""
        return "human" if self.by_hand else self.driver.name

    @property
    def expert(self) -> PursuitExpert:
        """Who knows the lane that is to be kept now."""
        return self._lane.expert

    @property
    def alarm(self) -> bool:
        """There was an intervention just now."""
        return self._lane.alarm

    @property
    def is_off(self) -> bool:
        """The car is off the road, or more than an intervention's distance off a lane that it has had time to reach."""
        return self._lane.is_off

    def switch(self) -> None:
        """The next one has the wheel, from the next control tick on."""
        self.hand_to(self.drivers[(self.driver_index + 1) % len(self.drivers)])

    def hand_to(self, driver: PolicyDriver) -> None:
        """This one has the wheel, from the next control tick on; one that is not here any more is passed over."""
        if driver is not self.driver:
            self._note(LiveRollout.hand_to, driver)
            self._set_driver(driver)

    def nudge(self, side: int = 0) -> None:
        """Throw the car aside at the next control tick, to the left (1), the right (-1), or to either (0)."""
        self._next_nudge = Nudge.to(side or int(self._nudge_rng.choice([-1, 1])))
        self._note(LiveRollout.nudge, side, nudge=self._next_nudge)

    def push(self, nudge: Nudge) -> None:
        """Throw the car aside at the next control tick."""
        self._note(LiveRollout.push, nudge, nudge=nudge)
        self._next_nudge = nudge

    def leave_alone(self, alone: bool) -> None:
        """Whether it goes its way where it is lost, or is put back."""
        self._note(LiveRollout.leave_alone, alone)
        self.puts_back = not alone

    def put_back(self) -> None:
        """Put the car onto its lane, by a person's wish; nothing is counted."""
        self._note(LiveRollout.put_back)
        self._put_back()

    def start_over(self) -> None:
        """Put the car onto its lane where the road begins; laps are counted anew."""
        self._note(LiveRollout.start_over)
        self.car.start_over()
        self.laps = LapCounter(self.car.track)
        self._lane.put_on()

    def place(self, s_m: float, offset_m: float, heading_rad: float = 0.0) -> None:
        """Put the car somewhere, along the lane or turned against it."""
        self._note(LiveRollout.place, s_m, offset_m, heading_rad, replaces=True)
        self.car.place(s_m, offset_m, heading_rad)
        self._lane.put_anywhere()

    def change_knobs(self, knobs: Knobs) -> None:
        """From this control tick on; what was counted under others counts no more. Raises InputError within a tick."""
        self._note(LiveRollout.change_knobs, knobs)
        before = self.car.track
        self.car.change_knobs(knobs)
        if self.car.track is not before:
            self._lane.move_lane()
        for driver in self.drivers:
            driver.tally = Tally()

    def advance(self, human_command: Command | None = None, watch: Callable[[Observation], None] | None = None) -> None:
        """One frame; a person's command overrules the driver, and `watch` is shown what each tick begins with."""
        if self.car.begins_tick and self._next_nudge is not None:
            self._next_nudge.throw(self.car, NUDGED_TO_M if self.puts_back else math.inf)
            self._next_nudge = None
        self.by_hand = human_command is not None
        self.num_frames += 1
        before = self.car.observation.lane
        self.car.advance(partial(self._begin_tick, human_command, watch), human_command)
        if human_command is not None:
            self.command_per_m, self._tick_driver = float(human_command.curvature_per_m[0]), None
        if self.car.begins_tick:
            self._end_tick(before)

    def snapshot(self) -> RolloutState:
        """All that decides what happens from this frame on, and what is shown of what has happened."""
        return RolloutState(
            car=self.car.snapshot(),
            laps=self.laps.kept,
            policy=GeneratorState.of(self._policy_rng),
            nudge=GeneratorState.of(self._nudge_rng),
            drivers=tuple(CountedDriver(driver, deepcopy(driver.tally)) for driver in self.drivers),
            driver=self.driver,
            tick_driver=self._tick_driver,
            history=tuple(self.history),
            num_frames=self.num_frames,
            num_ticks=self.num_ticks,
            lane=self._lane.kept,
            next_nudge=self._next_nudge,
            command_per_m=self.command_per_m,
            expert_per_m=self.expert_per_m,
            puts_back=self.puts_back,
            by_hand=self.by_hand,
        )

    def restore(self, state: RolloutState) -> None:
        """Go back to a state of this rollout: with the same drivers all goes on as it did, to the bit.

        Drivers that came later stay and have done nothing yet; policies and cameras are as they are now.
        """
        self.car.restore(state.car)
        self.laps.restore(*state.laps)
        self._policy_rng, self._nudge_rng = state.policy.make(), state.nudge.make()
        tallies = {id(driver): tally for driver, tally in state.drivers}
        for driver in self.drivers:
            driver.tally = deepcopy(tallies[id(driver)]) if id(driver) in tallies else Tally()
        self._set_driver(state.driver)
        self._tick_driver = state.tick_driver
        self.history = deque(state.history, maxlen=self.history.maxlen)
        self.num_frames, self.num_ticks = state.num_frames, state.num_ticks
        self.command_per_m, self.expert_per_m = state.command_per_m, state.expert_per_m
        self._next_nudge, self._lane.kept = state.next_nudge, state.lane
        self.puts_back, self.by_hand = state.puts_back, state.by_hand

    def _begin_tick(
        self, human_command: Command | None, watch: Callable[[Observation], None] | None, observation: Observation
    ) -> Command:
        """The command of a control tick: the person's, or the driver's, whose error is kept."""
        self.laps.add(float(observation.lane.s_m[0]), self.car.env.config.tick_s)
        if watch is not None:
            watch(observation)
        act, driver = self.car.speed.act, self.driver.on(self.car.tracks)
        self.expert_per_m = float(act(self.expert, observation, self._policy_rng).curvature_per_m[0])
        if human_command is not None:
            return human_command
        self._tick_driver = driver
        command = act(driver.policy, driver.shown(self.car), self._policy_rng)
        self.command_per_m = float(command.curvature_per_m[0])
        driver.tally.add_error(self.car.offset_m, self.command_per_m - self.expert_per_m)
        return command

    def _end_tick(self, before: LanePose) -> None:
        """What the tick was like is kept, and the driver's share in it; a car that is lost is put back."""
        car, driver = self.car, self._tick_driver
        self.num_ticks += 1
        leaves = self._lane.end_tick(by_hand=self.by_hand)
        if driver is not None:
            driver.tally.add_tick(
                float(progress_m(car.tracks, before, car.observation.lane)[0]),
                car.env.config.tick_s,
                leaves=leaves,
                puts_back=self.puts_back,
                is_off=self._lane.kept.is_off,
                is_off_road=car.has_left_the_road,
            )
        self.history.append(PastTick(car.offset_m, self.active_colour, leaves))
        if (self._lane.kept.is_off and self.puts_back and not self.by_hand) or car.is_at_the_end:
            self._put_back()

    def _put_back(self) -> None:
        self.car.put_back()
        self._lane.put_on()

    def _set_driver(self, driver: PolicyDriver) -> None:
        self.driver_index = next((i for i, own in enumerate(self.drivers) if own is driver), self.driver_index)

    def _note(self, do: Callable[..., None], *by: object, replaces: bool = False, nudge: Nudge | None = None) -> None:
        if self.log is not None:
            self.log(RolloutInput(self.num_frames, do, by, replaces, nudge))
