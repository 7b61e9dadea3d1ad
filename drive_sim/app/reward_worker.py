"""In a process beside the window: what a driver likes is read from what it has driven; light to import."""

from dataclasses import dataclass

from drive_sim.errors import InputError
from drive_sim.irl.lattice_drives import Trace, never_bends
from drive_sim.irl.preferences import Preferences
from drive_sim.lessons.kit.workers import Connection, lower_priority
from drive_sim.policies.lattice_reward import RoadReward


@dataclass(frozen=True, slots=True, eq=False)
class ReadingTask:
    """What somebody has driven."""

    traces: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class RewardRead:
    """What was read: the reward, what it says in offsets, and what should be told beside it."""

    reward: RoadReward
    preferences: Preferences
    warnings: tuple[str, ...] = ()


def read_reward(parent: Connection, task: ReadingTask) -> None:
    """Send the RewardRead. Raises InputError where the drive doesn't say what its driver likes."""
    lower_priority()
    parent.send(reward_of(task))


def reward_of(task: ReadingTask) -> RewardRead:
    """What maximum entropy reads from what somebody has driven. Raises InputError where that says nothing."""
    from drive_sim.irl.learned_reward import Config, learn  # noqa: PLC0415 - the window need not load its optimiser

    if never_bends(task.traces):
        raise InputError("the road has not bent yet, so nothing tells what is liked in bends")
    found = learn(task.traces, Config())
    return RewardRead(found.reward, found.preferences, tuple(found.warnings))
