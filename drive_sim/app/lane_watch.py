"""Whether a car is off the lane that it is to keep, and when that is news; the lane may be moved while it drives."""

from typing import NamedTuple

from drive_sim.app.single_car import SingleCar
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.intervention import needs_intervention

ALARM_S, LANE_CHANGE_S = 1.5, 4.0
"""How long an intervention is news, and how long a car may take to reach a lane that was moved away from it."""


class OffLane(NamedTuple):
    """At a control tick's end the car was off; for so many ticks yet that is news; so many are left to change lanes."""

    is_off: bool = False
    num_alarm_ticks: int = 0
    num_lane_change_ticks: int = 0


class LaneWatch:
    """Off the lane is farther than an intervention's distance; `kept` is all that it remembers."""

    def __init__(self, car: SingleCar) -> None:
        self.kept = OffLane()
        self._car, self._expert = car, PursuitExpert(car.tracks)

    @property
    def expert(self) -> PursuitExpert:
        """Who knows the lane that is to be kept now."""
        if self._expert.tracks is not self._car.tracks:
            self._expert = PursuitExpert(self._car.tracks)
        return self._expert

    @property
    def is_off(self) -> bool:
        """The car is off the road, or off a lane that it has had time to reach."""
        return self._car.has_left_the_road or (self._is_beyond and not self.kept.num_lane_change_ticks)

    @property
    def alarm(self) -> bool:
        """The car left its lane just now."""
        return self.kept.num_alarm_ticks > 0

    def put_on(self) -> None:
        """The car was put onto its lane."""
        self.kept = OffLane(num_alarm_ticks=self.kept.num_alarm_ticks)

    def put_anywhere(self) -> None:
        """The car was put somewhere: where that is off the lane, it has not left it."""
        self.put_on()
        self.kept = self.kept._replace(is_off=self.is_off)

    def move_lane(self) -> None:
        """The lane was moved: a car that was on it has time to follow."""
        if not self.kept.is_off:
            self.kept = self.kept._replace(num_lane_change_ticks=round(LANE_CHANGE_S / self._tick_s))

    def end_tick(self, *, by_hand: bool) -> bool:
        """A control tick has been driven; whether the car has left its lane in it, which no person (`by_hand`) does."""
        was_off, num_alarm_ticks, num_lane_change_ticks = self.kept
        left = max(0, num_lane_change_ticks - 1) if self._is_beyond else 0
        self.kept = OffLane(was_off, max(0, num_alarm_ticks - 1), left)
        is_off = self.is_off
        leaves = is_off and not was_off and not by_hand
        self.kept = self.kept._replace(is_off=is_off)
        if leaves:
            self.kept = self.kept._replace(num_alarm_ticks=round(ALARM_S / self._tick_s))
        return leaves

    @property
    def _is_beyond(self) -> bool:
        return bool(needs_intervention(self._car.tracks, self._car.env.timestep)[0])

    @property
    def _tick_s(self) -> float:
        return self._car.env.config.tick_s
