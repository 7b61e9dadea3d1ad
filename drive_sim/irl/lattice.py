"""Maximum entropy IRL on our road: what a driver likes, read from where he was and what he drove, station by station.

Two objectives share the soft policy of a reward r = features @ weights and one pair of passes over the stations:

- `matching`, by which rewards are learned: maximum causal entropy's dual, the reward of the drive less V_w(its start)
  (Ziebart and others 2010). It is concave, and its gradient is the drive's features less those that the soft policy
  expects. Where the drive goes on beyond what counts, V_w of where it has got to is added.
- `likelihood`, by which drivers are told apart: the log-probability of what was driven at each station, given where the
  car was, sum over t of log pi_w(a_t | s_t). The two differ by V(s_t+1) - E V(s_t+1), the world's luck.

What was driven lies between grid points; it is shared out among the nearest by linear weights, as the lattice does with
where an action leads. So a drive is a distribution over pairs. The lattice's chance is coarser than the world: a smooth
driver keeps nearer to what he likes than its soft policy can, and his weights grow as l2 falls.

This is `maxent.py` with arrays in place of one sparse matrix, which would have millions of pairs a lap: values at a
station have a structure that a list of pairs does not show (`lattice_planning.py`). A test holds one against the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt

from drive_sim.errors import InputError
from drive_sim.policies.corridor import PerStation
from drive_sim.policies.lattice import hats
from drive_sim.policies.lattice_planning import Kernel, Lattice, PerState, Step, backward, kernel_of
from drive_sim.policies.lattice_reward import NUM_PLACE, RoadReward, jerking, turning

Weights = Annotated[npt.NDArray[np.float64], "f"]
Counted = npt.NDArray[np.bool_]
_LEAST = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """A drive along a lattice, station by station (n,): where the car was, and what it drove until the next one.

    `before_per_m` and `turn_per_m` are curvatures beyond the road's, driven before and after the station; `counted`
    says which stations are to be explained.
    """

    lattice: Lattice
    offset_m: PerStation
    heading_rad: PerStation
    before_per_m: PerStation
    turn_per_m: PerStation
    counted: Counted

    def __post_init__(self) -> None:
        columns = (self.offset_m, self.heading_rad, self.before_per_m, self.turn_per_m, self.counted)
        if any(len(column) != len(self.lattice) for column in columns):
            raise InputError(f"a drive needs {len(self.lattice)} entries a column, one for each station of its lattice")


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """A drive as shares of grid points, station by station: the four poses (n, 4) around each and their weights, and
    the weights (n, a) of all curvatures before and after."""

    pose: Annotated[npt.NDArray[np.int64], "n 4"]
    of_pose: Annotated[npt.NDArray[np.float64], "n 4"]
    before: Annotated[npt.NDArray[np.float64], "n a"]
    turn: Annotated[npt.NDArray[np.float64], "n a"]

    @classmethod
    def of(cls, drive: Drive) -> Self:
        """Of a drive."""
        grid = drive.lattice.grid
        pose, of_pose = grid.corners(drive.offset_m, drive.heading_rad)
        # At an end there is nothing to decide.
        of_pose = np.where(
            np.take_along_axis(drive.lattice.is_end, pose // len(grid.heading_rad), axis=1), 0.0, of_pose
        )
        return cls(pose, of_pose, hats(grid.turn_per_m, drive.before_per_m), hats(grid.turn_per_m, drive.turn_per_m))

    def states(self, station: int) -> PerState:
        """How much of the state with each of the four poses and each curvature before (4, p)."""
        return self.of_pose[station][:, None] * self.before[station]

    def done(self, station: int) -> PerState:
        """How much of each of the four poses with each curvature after (4, a)."""
        return self.of_pose[station][:, None] * self.turn[station]

    def changes(self, station: int) -> Kernel:
        """How much of each change from a curvature before to one after (p, a)."""
        return self.states(station).sum(axis=0)[:, None] * self.turn[station]


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """An objective's value in nats, and its gradient to the weights (f,), of one drive."""

    value: float
    gradient: Weights


def evaluate(
    drive: Drive, weights: Weights, objective: str = "likelihood", counted: Counted | None = None
) -> Objective:
    """An objective of a drive over the stations that count, or over some of them, and its exact gradient.

    Backward for the soft plan; then forward with how much more each pair is done than the policy does it.
    """
    steps = list(backward(drive.lattice, RoadReward(tuple(weights))))[::-1]
    return evaluate_planned(drive, weights, steps, objective, counted)


def demonstrated_features(drive: Drive) -> Weights:
    """The features (f,) of what was driven at the stations that count, summed."""
    lattice, shared, excess = drive.lattice, Shared.of(drive), _Excess.none(drive.lattice)
    for station in np.flatnonzero(drive.counted).tolist():
        taken = np.zeros((lattice.grid.num_poses, len(lattice.grid.turn_per_m)))
        taken[shared.pose[station]] = shared.done(station)
        excess.add(station, taken, shared.changes(station))
    return excess.features(lattice)


def log_probabilities(drive: Drive, weights: Weights) -> PerStation:
    """The log-probability of what was driven at each station (n,), given where the car was: `likelihood`'s terms."""
    reward, shared = RoadReward(tuple(weights)), Shared.of(drive)
    kernel, found = kernel_of(drive.lattice.grid, reward), np.zeros(len(drive.lattice))
    for step in backward(drive.lattice, reward):
        at = step.station
        pose, states, done, change = shared.pose[at], shared.states(at), shared.done(at), shared.changes(at)
        found[at] = _log_probability(step, kernel, pose, states, done, change)
    return found


def evaluate_planned(
    drive: Drive, weights: Weights, steps: Sequence[Step], objective: str, counted: Counted | None = None
) -> Objective:
    """The same under a plan that is known, from the first station on."""
    lattice, grid, shared, reward = drive.lattice, drive.lattice.grid, Shared.of(drive), RoadReward(tuple(weights))
    counts = np.append(False, drive.counted if counted is None else counted)
    kernel, excess, is_matching = kernel_of(grid, reward), _Excess.none(lattice), objective == "matching"
    value, flow = 0.0, np.zeros((grid.num_poses, len(grid.turn_per_m)))
    for station, step in enumerate(steps):
        pose, states = shared.pose[station], shared.states(station)
        done, change = shared.done(station), shared.changes(station)
        was_counted, is_counted = counts[station], counts[station + 1]
        # The likelihood begins anew where the car is at each station; a path that is matched only where it begins.
        begins = float(is_counted) - float(was_counted and is_matching)
        flow[pose] -= begins * states
        flow[lattice.ends(station)] = 0.0
        ratio = flow / step.total
        taken, changed = step.choice * (ratio @ kernel), kernel * (ratio.T @ step.choice)
        if is_counted and not is_matching:
            value += _log_probability(step, kernel, pose, states, done, change)
            taken[pose] += done
        flow = (grid.moves(lattice.corridor.curvature_per_m[station]).T @ taken.ravel()).reshape(flow.shape)
        if is_matching:
            value += is_counted * _paid(lattice, weights, station, pose, done, change)
            value -= begins * float(np.sum(states * step.values[pose]))
            taken[pose] += is_counted * done
        excess.add(station, taken, changed + is_counted * change)
    return Objective(value, excess.features(lattice))


@dataclass(frozen=True, slots=True, eq=False)
class _Excess:
    """How much more is done than the policy does: of each offset at each station (n, o), of each curvature (a,), and of
    each change of it (p, a)."""

    place: npt.NDArray[np.float64]
    done: npt.NDArray[np.float64]
    changed: npt.NDArray[np.float64]

    @classmethod
    def none(cls, lattice: Lattice) -> Self:
        """Nothing so far."""
        num_offsets, _, num_turns = lattice.grid.shape
        return cls(np.zeros((len(lattice), num_offsets)), np.zeros(num_turns), np.zeros((num_turns, num_turns)))

    def add(self, station: int, taken: PerState, changed: npt.NDArray[np.float64]) -> None:
        """What is done at a station, by pose and curvature (i, a), and by curvature before and after (p, a)."""
        self.place[station] = taken.sum(axis=1).reshape(self.place.shape[1], -1).sum(axis=1)
        self.done[:] += taken.sum(axis=0)
        self.changed[:] += changed

    def features(self, lattice: Lattice) -> Weights:
        """Its features."""
        at_place = np.tensordot(self.place, lattice.place, 2)
        return np.append(at_place, [self.done @ turning(lattice.grid), np.sum(self.changed * jerking(lattice.grid))])


def _log_probability(
    step: Step, kernel: Kernel, pose: npt.NDArray[np.int64], states: PerState, done: PerState, change: Kernel
) -> float:
    """Of what was done at a station."""
    chosen = np.sum(done * np.log(np.maximum(step.choice[pose], _LEAST)))
    return float(chosen + np.sum(change * np.log(kernel)) - np.sum(states * np.log(step.total[pose])))


def _paid(
    lattice: Lattice, weights: Weights, station: int, pose: npt.NDArray[np.int64], done: PerState, change: Kernel
) -> float:
    """The reward of what was done at a station."""
    place = (lattice.place[station] @ weights[:NUM_PLACE])[pose // len(lattice.grid.heading_rad)]
    turned = done @ (weights[NUM_PLACE] * turning(lattice.grid))
    return float(np.sum(done.sum(axis=1) * place) + turned.sum() + weights[-1] * np.sum(change * jerking(lattice.grid)))
