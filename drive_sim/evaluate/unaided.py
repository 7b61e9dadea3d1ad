"""Driving that nobody helps: policies from given places, headings and offsets, never put back; what that costs.

Lost is lost here: a car that has left the road drives on over the meadow. So the cost of a drive of T ticks shows how
errors add up (Ross, Gordon and Bagnell 2011, section 2), and a start beside the lane shows what a policy has learned of
the way back (Bansal et al. 2019, ChauffeurNet, figure 7).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex, CarMask, PerCar
from drive_sim.errors import InputError
from drive_sim.evaluate.closed_loop import EvalConfig
from drive_sim.evaluate.intervals import Estimate, bootstrap_interval
from drive_sim.policies.base import Policy
from drive_sim.policies.pace import at_speed
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.intervention import limit_by_width_m
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import LanePose

CarTicks = Annotated[npt.NDArray[np.float64], "t n"]
"""A number a tick and car."""
LaneErrors = Annotated[npt.NDArray[np.float64], "n 2"]
"""Offset from the lane in metres (left positive) and heading against it in radians, of n cars or pictures."""

NUM_RESAMPLES = 2000


_STREAM = 153
"""Third word of the seed of weather and sensor noise. It was the number of cars, 153 in the lesson `recovery`."""


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """Where n cars start: the road of each in its suite, and its place, offset and heading there.

    `number`: what names the weather and the sensor noise of each car; as they come from 0 on where none is given.
    Raises InputError where a car has no number of its own, or one below 0.
    """

    road: CarIndex
    s_m: PerCar
    offset_m: PerCar
    heading_rad: PerCar
    number: CarIndex | None = None

    def __post_init__(self) -> None:
        if self.number is not None and not (len(self.number) == len(self.road) and (self.number >= 0).all()):
            raise InputError(f"starts: {len(self.road)} cars take as many numbers from 0 on")

    def __len__(self) -> int:
        return len(self.road)

    @property
    def numbers(self) -> CarIndex:
        """The number of each car (n,)."""
        return np.arange(len(self)) if self.number is None else self.number

    def rows(self, index: slice | CarIndex) -> "Starts":
        """Some of the cars, each with the number that it has among all."""
        places = self.road[index], self.s_m[index], self.offset_m[index], self.heading_rad[index]
        return Starts(*places, self.numbers[index])

    def filled_up(self, num_cars: int) -> "Starts":
        """As many cars, by further ones that start as the last does.

        In its last digits a network's sum may depend on the size of its batch, and on the row in it unless the size is
        a multiple of 64: batches of 64 give each car the same commands whatever cars are with it.
        """
        return self.rows(np.minimum(np.arange(max(num_cars, len(self))), len(self) - 1))


def starts_on_lane(suite: Suite, cars_per_road: int, rng: np.random.Generator) -> Starts:
    """So many cars a road, on the lane and along it, each at a place of its own; road after road."""
    road = np.repeat(np.arange(len(suite.tracks)), cars_per_road)
    zeros = np.zeros(len(road))
    return Starts(road, suite.tracks.length_m[road] * rng.random(len(road)), zeros, zeros)


def drive_unaided(
    policy: Policy,
    suite: Suite,
    starts: Starts,
    num_ticks: int,
    config: EvalConfig,
    disturbance: Disturbance,
    *,
    num_threads: int = 1,
) -> Iterator[LanePose]:
    """Where the cars are on their roads: at the start, and after each of `num_ticks` ticks. Nobody is put back.

    The speed is kept, whatever the policy says of it.

    The same `config.seed` gives the same weather to every policy, and to a car whatever others drive with it. So some
    rows of the starts drive as they do among all, where the policy draws nothing; a network does to the last digit in
    batches of one size (`Starts.filled_up`).
    """
    env_rng, policy_rng = np.random.default_rng([suite.seed, config.seed, _STREAM]).spawn(2)
    env_config = EnvConfig(config.camera, config.vehicle, disturbance, config.control_hz)
    policy = at_speed(policy, suite.tracks, None)
    env = DriveEnv(
        suite.tracks,
        suite.scenes,
        env_config,
        env_rng,
        track_idx=starts.road,
        scene_idx=starts.road,
        car_idx=starts.numbers,
        num_threads=num_threads,
    )
    env.reset(start_s_m=starts.s_m, start_offset_m=starts.offset_m, start_heading_rad=starts.heading_rad)
    yield env.timestep.observation.lane
    for _ in range(num_ticks):
        yield env.step(policy.act(env.timestep.observation, policy_rng)).observation.lane


def squared_offset_cost(offset_m: CarTicks, half_width_m: float) -> CarTicks:
    """The cost of each tick, in [0, 1]: the offset's square in half-widths of the road, and 1 from its edge on."""
    return np.minimum(np.square(offset_m / half_width_m), 1.0)


def offset_cost(offset_m: CarTicks, half_width_m: float) -> CarTicks:
    """The cost of each tick, in [0, 1]: the offset in half-widths of the road, and 1 from its edge on."""
    return np.minimum(np.abs(offset_m / half_width_m), 1.0)


def intervention_cost(offset_m: CarTicks, half_width_m: float) -> CarTicks:
    """The cost of each tick: 1 while the car is so far off its lane that somebody would have to help."""
    return (np.abs(offset_m) > limit_by_width_m(np.array(2.0 * half_width_m))).astype(np.float64)


COSTS: dict[str, Callable[[CarTicks, float], CarTicks]] = {
    "squared": squared_offset_cost,
    "plain": offset_cost,
    "intervention": intervention_cost,
}
"""What a tick may cost, by offsets and half the road's width in metres."""


def growth_exponent(cost: CarTicks, first_tick: int, last_tick: int) -> float:
    """The slope of log J over log T by least squares, J(T) the cost of T ticks summed, in the mean over cars.

    T runs from `first_tick` to `last_tick` (counted from 1). NaN where J is not above zero all the while.
    """
    total = np.cumsum(cost.mean(axis=1))[first_tick - 1 : last_tick]
    if len(total) < 2:
        raise InputError(f"growth exponent: ticks {first_tick} to {last_tick} of {len(cost)} leave nothing to fit")
    if not total.min() > 0.0:
        return float("nan")
    return float(np.polyfit(np.log(np.arange(first_tick, last_tick + 1)), np.log(total), 1)[0])


def growth_interval(
    cost: CarTicks, group: CarIndex, first_tick: int, last_tick: int, *, seed: int = 0
) -> tuple[float, float]:
    """The 95 % interval of `growth_exponent`: a bootstrap over groups of cars (n,), such as roads, not over cars."""
    by_group = np.stack([cost[:, group == name].mean(axis=1) for name in np.unique(group)], axis=1)

    def exponent(groups: CarIndex) -> float:
        return growth_exponent(by_group[:, groups], first_tick, last_tick)

    return bootstrap_interval(exponent, by_group.shape[1], NUM_RESAMPLES, seed=seed)


def excess_exponent(
    cost: CarTicks, expert_cost: CarTicks, group: CarIndex, first_tick: int, last_tick: int
) -> Estimate | None:
    """The exponent with which what is paid beyond the expert's cost grows, with its interval over groups of cars.

    None where the excess at the window's end is no larger than what the expert itself pays by then: of less, the gusts
    decide.
    """
    excess = cost - expert_cost
    paid, extra = (some[:last_tick].mean(axis=1).sum() for some in (expert_cost, excess))
    exponent = growth_exponent(excess, first_tick, last_tick)
    if not (extra > paid and np.isfinite(exponent)):
        return None
    return Estimate(exponent, *growth_interval(excess, group, first_tick, last_tick), "bootstrap over groups of cars")


def constant_risk_exponent(lost: float, num_ticks: int, first_tick: int, last_tick: int) -> float | None:
    """The exponent that a constant risk of being lost for good would give, where this share is lost at the end.

    It is the theorem's own picture: each tick may begin it, and all later ticks pay. Near 2 as long as few are lost;
    None where nobody or everybody is.
    """
    if not 0.0 < lost < 1.0:
        return None
    risk = 1.0 - (1.0 - lost) ** (1.0 / num_ticks)
    cost = 1.0 - (1.0 - risk) ** np.arange(1, num_ticks + 1)
    return growth_exponent(cost[:, None], first_tick, last_tick)


def recovered(lanes: list[LanePose], within_m: float, num_ticks: int = 10) -> CarMask:
    """Which cars (n,) never left the road's surface and stay within `within_m` of their lane in the last `num_ticks`.

    So a car that merely crosses its lane at the end has not recovered.
    """
    on_surface = np.all([lane.edge_m >= 0.0 for lane in lanes], axis=0)
    return on_surface & np.all([np.abs(lane.offset_m) <= within_m for lane in lanes[-num_ticks:]], axis=0)


def lane_errors(lane: LanePose) -> LaneErrors:
    """Offset and heading (n, 2) of cars against their lanes."""
    return np.stack([lane.offset_m, lane.heading_rad], axis=-1)


def wasserstein_distance_m(
    seen: LaneErrors, visited: LaneErrors, lookahead_m: float, num_points: int, rng: np.random.Generator
) -> float:
    """How far, in metres, what was visited lies from what was seen: the 1-Wasserstein distance of the two.

    A heading counts as the metres that it leads aside over `lookahead_m`, so that both axes are lengths. Of each cloud
    `num_points` are drawn without return (as many as the smaller has, at most) and matched exactly.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - half a second to import
    from scipy.spatial.distance import cdist  # noqa: PLC0415

    scale = np.array([1.0, lookahead_m])
    num_points = min(num_points, len(seen), len(visited))
    a, b = (rng.permutation(cloud)[:num_points] * scale for cloud in (seen, visited))
    metres = cdist(a, b)
    return float(metres[linear_sum_assignment(metres)].mean())


def nearest_distances_m(seen: LaneErrors, visited: LaneErrors, lookahead_m: float) -> PerCar:
    """How far, in metres, each place that was visited (n,) lies from the nearest one that was seen."""
    from scipy.spatial import KDTree  # noqa: PLC0415 - half a second to import

    scale = np.array([1.0, lookahead_m])
    return KDTree(seen * scale).query(visited * scale)[0]
