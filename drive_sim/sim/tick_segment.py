"""A part of a control tick that is driven with one command: what the clock of the environment is made of."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from drive_sim.sim import vehicle
from drive_sim.sim.disturbance import Push
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState


@dataclass(frozen=True, slots=True, eq=False)
class TickSegment:
    """Where the part began, its command, and what the world does to the cars.

    It begins after the tick's substep `first_substep`, and `num_driven` substeps of it are driven.
    """

    state: VehicleState
    command: Command
    push: Push
    first_substep: int = 0
    num_driven: int = 0

    @property
    def last_substep(self) -> int:
        """How many of the tick's substeps are driven."""
        return self.first_substep + self.num_driven

    def driven(self, num_substeps: int) -> Self:
        """The same, so many substeps further on."""
        return type(self)(self.state, self.command, self.push, self.first_substep, self.num_driven + num_substeps)

    def with_command(self, command: Command, params: VehicleParams, substep_s: float) -> Self:
        """What is driven from here on: the same with the same command, a part of its own with another."""
        if np.array_equal(self.command.curvature_per_m, command.curvature_per_m) and np.array_equal(
            self.command.acceleration_mps2, command.acceleration_mps2
        ):
            return self
        if not self.num_driven:
            return replace(self, command=command)
        state = self.state_after(params, substep_s)
        return replace(
            self,
            state=state,
            command=command,
            push=self.push.without_kick(),
            first_substep=self.last_substep,
            num_driven=0,
        )

    def state_after(self, params: VehicleParams, substep_s: float) -> VehicleState:
        """The cars after what is driven of it, always from its start: the kernel rounds pieces otherwise."""
        return vehicle.step(self.state, self.command, params, substep_s, push=self.push, num_substeps=self.num_driven)
