"""Many policies in one batch of cars, so that a whole table of them is driven in the time of a few."""

from dataclasses import dataclass

import numpy as np

from drive_sim.errors import InputError
from drive_sim.policies.base import Actor
from drive_sim.policies.mixture import joined, num_rows, rows_of
from drive_sim.sim.observation import Observation
from drive_sim.sim.vehicle import Command


@dataclass(frozen=True, slots=True, eq=False)
class PolicyBatch:
    """Policies (p,), each the driver of equally many cars: the first of the first n / p cars, and so on."""

    policies: tuple[Actor[Observation, Command], ...]

    def act(self, observation: Observation, rng: np.random.Generator) -> Command:
        """Each policy's commands for its own cars; raises InputError where the cars cannot be shared out evenly."""
        num_cars = num_rows(observation)
        if not self.policies or num_cars % len(self.policies):
            raise InputError(
                f"policy_batch: {num_cars} cars cannot be shared out evenly among {len(self.policies)} policies"
            )
        cars = np.arange(num_cars)
        blocks = np.split(cars, len(self.policies))
        parts = [
            policy.act(rows_of(observation, block), rng) for policy, block in zip(self.policies, blocks, strict=True)
        ]
        return joined(parts, cars)
