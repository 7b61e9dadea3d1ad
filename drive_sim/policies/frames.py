"""How many pictures on end a policy sees, whatever it is made of."""

from typing import Any

OF_TWO = ("pilotnet-two-frames", "small-two-frames", "pilotnet-turn", "small-turn")
"""The networks that see the picture of the tick before, too."""


def num_frames(policy: Any) -> int:
    """1, or 2 where it or a part sees the picture of the tick before, too (`Observation.previous_images`)."""
    parts = [*getattr(policy, "policies", ()), *(part for part in [getattr(policy, "mean", None)] if part is not None)]
    return max([int(getattr(policy, "num_frames", 1)), *map(num_frames, parts)])


def num_frames_of(network_name: str) -> int:
    """The same of a network of `networks.NETWORKS` by its name."""
    return 2 if network_name in OF_TWO else 1
