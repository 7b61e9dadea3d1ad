"""What a driver has done so far: distance, time, interventions, and how far its steering was from the expert's."""

from dataclasses import dataclass, field

from drive_sim.app.session import Score
from drive_sim.evaluate import autonomy_percent

BIN_M, NUM_BINS = 0.2, 6
"""Steering errors are kept by how far off the lane they were made, in bins so wide."""


@dataclass(slots=True)
class Tally:
    """What a driver has done: distance, time, interventions, seconds astray, and errors by distance from the lane.

    An error is how far its command was from the expert's at the same place, in 1/m. Where nobody puts the car back
    there are no interventions, and time says nothing of autonomy: seconds off the lane and off the road count.
    """

    distance_m: float = 0.0
    elapsed_s: float = 0.0
    helped_s: float = 0.0
    """Of the time, that in which the car would have been put back: autonomy is a share of it."""
    interventions: int = 0
    departures: int = 0
    """How often it left its lane and was left alone."""
    off_lane_s: float = 0.0
    off_road_s: float = 0.0
    error_sum_per_m: list[float] = field(default_factory=lambda: [0.0] * NUM_BINS)
    error_count: list[int] = field(default_factory=lambda: [0] * NUM_BINS)

    def add_tick(
        self,
        distance_m: float,
        dt_s: float,
        *,
        leaves: bool,
        puts_back: bool = True,
        is_off: bool = False,
        is_off_road: bool = False,
    ) -> None:
        """One more control tick was driven; at its end it `leaves` its lane, `is_off` it or off the road, or not."""
        self.distance_m += distance_m
        self.elapsed_s += dt_s
        if puts_back:
            self.helped_s += dt_s
            self.interventions += leaves
        else:
            self.departures += leaves
            self.off_lane_s += dt_s * is_off
            self.off_road_s += dt_s * is_off_road

    def add_error(self, offset_m: float, error_per_m: float) -> None:
        """At this offset its command was so far from the expert's; farther out than the last bin it does not count."""
        number = int(abs(offset_m) / BIN_M)
        if number < NUM_BINS:
            self.error_sum_per_m[number] += abs(error_per_m)
            self.error_count[number] += 1

    def mean_errors(self, least: int = 3) -> list[tuple[float, float]]:
        """Offset (the bin's middle, m) and mean error (1/m) where it has been at least so many ticks."""
        return [
            ((number + 0.5) * BIN_M, total / count)
            for number, (total, count) in enumerate(zip(self.error_sum_per_m, self.error_count, strict=True))
            if count >= least
        ]

    @property
    def autonomy_percent(self) -> float | None:
        """NVIDIA's, as the batch code counts it, of the time in which the car is put back; None where there is none."""
        return autonomy_percent(self.interventions, self.helped_s) if self.helped_s > 0.0 else None

    @property
    def times_left(self) -> int:
        """How often it left its lane, put back or not."""
        return self.interventions + self.departures

    @property
    def score(self) -> Score:
        """As the session keeps it."""
        return Score(self.interventions, self.distance_m / 1000.0, self.autonomy_percent)
