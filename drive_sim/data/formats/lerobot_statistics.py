"""The statistics that a LeRobotDataset holds of each feature, an episode at a time and of all together.

As lerobot 0.4's `compute_stats.py` names them: min, max, mean, std, count, and quantiles; pictures' are of each channel
as shares of white, of frames that are spread over the episode.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from drive_sim.arrays import Images
from drive_sim.data.formats.drive import Column

QUANTILES = {"q01": 0.01, "q10": 0.1, "q50": 0.5, "q90": 0.9, "q99": 0.99}
_MOST_PICTURES = 100
_PREFIX = "stats/"


def statistics(column: Column) -> dict[str, Any]:
    """Of a feature's numbers (n,) or (n, k); those that are not known are left out."""
    values = np.atleast_2d(column.astype(np.float64).T).T
    known = [values[np.isfinite(values[:, k]), k] for k in range(values.shape[1])]
    known = [each if len(each) else np.zeros(1) for each in known]
    found: dict[str, Any] = {name: [float(of(each)) for each in known] for name, of in _MOMENTS.items()}
    found |= {name: [float(np.quantile(each, share)) for each in known] for name, share in QUANTILES.items()}
    return found | {"count": [len(values)]}


def picture_statistics(images: Images) -> dict[str, Any]:
    """Of pictures (n, h, w, 3): lists (3, 1, 1), a channel each."""
    some = images[np.unique(np.linspace(0, len(images) - 1, min(len(images), _MOST_PICTURES)).astype(np.int64))]
    found = statistics(some.reshape(-1, 3) / 255.0)
    return {name: [[[each]] for each in of] for name, of in found.items() if name != "count"} | {"count": [len(some)]}


def together(episodes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of all episodes' rows the statistics of the whole; quantiles are averaged over frames, as lerobot does."""
    features = dict.fromkeys(
        key[len(_PREFIX) :].rpartition("/")[0] for row in episodes for key in row if key.startswith(_PREFIX)
    )
    return {feature: _joined([_of(row, feature) for row in episodes]) for feature in features}


def _of(row: Mapping[str, Any], feature: str) -> Mapping[str, np.ndarray]:
    start = f"{_PREFIX}{feature}/"
    return {
        key[len(start) :]: np.asarray(value)
        for key, value in row.items()
        if key.startswith(start) and "/" not in key[len(start) :]
    }


def _joined(parts: Sequence[Mapping[str, np.ndarray]]) -> dict[str, Any]:
    counts = np.array([part["count"][0] for part in parts], dtype=np.float64)
    means = np.stack([part["mean"] for part in parts])
    weights = (counts / counts.sum()).reshape(-1, *[1] * (means.ndim - 1))
    mean = (weights * means).sum(axis=0)
    spread = (weights * (np.stack([part["std"] for part in parts]) ** 2 + (means - mean) ** 2)).sum(axis=0)
    found: dict[str, Any] = {
        "min": np.min([part["min"] for part in parts], axis=0),
        "max": np.max([part["max"] for part in parts], axis=0),
        "mean": mean,
        "std": np.sqrt(spread),
        "count": np.array([int(counts.sum())]),
    }
    return found | {name: (weights * np.stack([part[name] for part in parts])).sum(axis=0) for name in QUANTILES}


_MOMENTS = {"min": np.min, "max": np.max, "mean": np.mean, "std": np.std}
