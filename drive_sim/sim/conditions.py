"""The conditions of the first drive: every constant that the comparison depends on, in one place (frozen by an ADR)."""

from dataclasses import dataclass, field

from drive_sim.errors import InputError
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.road_generator import ROAD_KINDS
from drive_sim.sim.vehicle import VehicleParams


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is driven on and with what: demonstrations, suites and evaluations all read it.

    `shifted_scene_kinds` are the kinds of scene, one road each in turn, that nobody saw in training.
    """

    scene_kind: str = "day"
    road_kind: str = "country"
    shifted_scene_kinds: tuple[str, ...] = ("dusk", "night", "fog", "rain", "shadows", "dirt")
    num_roads: int = 20
    road_length_m: float = 2000.0
    distance_m: float = 2000.0
    vehicle: VehicleParams = field(default_factory=VehicleParams)
    demonstration: Disturbance = field(default_factory=Disturbance)
    evaluation: Disturbance = field(default_factory=Disturbance)

    def __post_init__(self) -> None:
        if self.road_kind not in ROAD_KINDS:
            raise InputError(f"conditions: no road kind {self.road_kind!r}; there are {', '.join(ROAD_KINDS)}")


CONDITIONS = Conditions(
    evaluation=Disturbance(gust_mps=0.15, gust_time_s=2.0, kick_rate_hz=0.05, kick_shift_m=0.1, kick_turn_rad=0.02),
)
