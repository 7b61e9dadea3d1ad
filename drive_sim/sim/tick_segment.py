"""A part of a control tick that is driven with one command: what the clock of the environment is made of."""

from dataclasses import dataclass

import numpy as np

from drive_sim.sim import vehicle
from drive_sim.sim.disturbance import Push
from drive_sim.sim.vehicle import Command, VehicleParams, VehicleState


@dataclass(frozen=True, slots=True, eq=False)
class TickSegment:
    """Where the part began, its command, what the world does to the cars, and how many substeps of it are driven."""

    state: VehicleState
    command: Command
    push: Push
    num_driven: int = 0

    def has(self, command: Command) -> bool:
        """Whether a command is the one that is driven already."""
        mine = self.command
        return np.array_equal(mine.curvature_per_m, command.curvature_per_m) and np.array_equal(
            mine.acceleration_mps2, command.acceleration_mps2
        )

    def state_after(self, params: VehicleParams, substep_s: float) -> VehicleState:
        """The cars after what is driven of it, always from its start: the kernel rounds pieces otherwise."""
        return vehicle.step(self.state, self.command, params, substep_s, push=self.push, num_substeps=self.num_driven)
