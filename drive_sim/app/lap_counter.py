"""Counting laps: from how far the car has come along the road, whichever way it is pushed."""

from drive_sim.sim.track import Track

LapsKept = tuple[float, float, float, float]
"""Laps, seconds of this one, the last arc length, and how far the car has come."""


class LapCounter:
    """How often the car has been round, and how long this lap has taken; told once a control tick."""

    def __init__(self, track: Track, s_m: float = 0.0) -> None:
        self._length_m, self._closed = track.length_m, track.closed
        self._before_m, self._driven_m = s_m, 0.0
        self.count, self.lap_s = 1, 0.0

    @property
    def kept(self) -> LapsKept:
        """All that `restore` needs."""
        return self.count, self.lap_s, self._before_m, self._driven_m

    def restore(self, count: float, lap_s: float, before_m: float, driven_m: float) -> None:
        """Count on from there."""
        self.count, self.lap_s, self._before_m, self._driven_m = int(count), lap_s, before_m, driven_m

    def add(self, s_m: float, dt_s: float) -> None:
        """The car is at this arc length now."""
        step_m = s_m - self._before_m
        if self._closed:
            # The shorter way round tells a step over the start from one back.
            step_m -= self._length_m * round(step_m / self._length_m)
        self._before_m, self._driven_m = s_m, self._driven_m + step_m
        self.lap_s += dt_s
        if self._closed and self._driven_m >= self.count * self._length_m:
            self.count, self.lap_s = self.count + 1, 0.0
