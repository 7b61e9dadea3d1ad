"""Where those who demonstrated were beside their lane: what a recording shows of the way back."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from drive_sim.data.recording import load_recording
from drive_sim.evaluate.familiarity import LanePlaces


def shown_lane_places(
    recordings: Sequence[Path], most: int, drivers: Sequence[str] = ("expert", "human")
) -> LanePlaces:
    """Offset, heading and bend (n, 3) of at most so many frames that these drivers drove, evenly over all of them.

    Frames whose lane pose is not known are left out; no picture is read. Raises InputError where a recording cannot be.
    """
    places = [np.empty((0, 3))]
    for recording in recordings:
        for episode in load_recording(recording).episodes:
            rows = np.isin(episode.column("driver").astype(str), list(drivers))
            columns = [episode.column(f"lane_{name}") for name in ("offset_m", "heading_rad", "curvature_per_m")]
            places.append(np.stack(columns, axis=-1)[rows])
    shown = np.concatenate(places)
    shown = shown[np.isfinite(shown).all(axis=1)]
    return shown[:: max(1, -(-len(shown) // most))]
