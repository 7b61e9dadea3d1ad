"""An environment at one moment, as a value: small enough to be kept every tick, since pictures are drawn from it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drive_sim.arrays import CarIndex
from drive_sim.errors import InputError
from drive_sim.sim.car_cameras import PictureSource
from drive_sim.sim.disturbance import Disturbance, Push, WeatherState
from drive_sim.sim.env_config import EnvConfig
from drive_sim.sim.generator_state import GeneratorState
from drive_sim.sim.observation import Observation
from drive_sim.sim.scene import Scenes
from drive_sim.sim.tick_segment import TickSegment
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import VehicleParams


@dataclass(frozen=True, slots=True, eq=False)
class EnvState:
    """Clock in ticks (n,), cars and where they are on their roads, what the world does and will do to them.

    It holds the arrays themselves, which nobody writes into; it can be pickled for another process.
    """

    tracks: Tracks
    scenes: Scenes | None
    ticks: npt.NDArray[np.int64]
    observation: Observation
    """With pictures only where they could not be drawn again: of some cars alone they are of a noise of its own."""
    push: Push
    weather: WeatherState | tuple[WeatherState, ...]
    """Of all cars together, or car by car."""
    noise: GeneratorState
    noise_seed: int
    """Of the noise in the pictures that are seen now."""
    segment: TickSegment | None
    """The tick that is under way."""
    vehicle: VehicleParams
    disturbance: Disturbance
    """How the cars answered and how the wind blew: both can be changed while an env drives."""
    drawn_from: PictureSource | None = None
    before_drawn_from: PictureSource | None = None
    """Of the pictures that are seen now, and of those of the tick before."""

    def check(self, track_idx: CarIndex, config: EnvConfig) -> None:
        """Raise InputError where an env whose cars are on these roads (n,) cannot go on from here."""
        if not np.array_equal(self.observation.lane.track_idx, track_idx):
            raise InputError("env: this state is of other cars; restore it in an env with as many, on as many roads")
        if config.camera is not None and self.scenes is None:
            raise InputError("env: this state has no scenes, and the env has a camera")
