"""Mini-batches: which rows each step reads, and what is changed about their pictures and commands."""

from collections.abc import Iterable, Iterator

import numpy as np

from drive_sim.arrays import CarIndex, Images, PerCar
from drive_sim.data.augment import Photometric, ShiftRotate, augment_batch
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.side_cameras import side_views


def shuffled(num_rows: int, batch_size: int, num_batches: int, rng: np.random.Generator) -> Iterator[CarIndex]:
    """The rows (n,) of so many batches, in random order, every row once before any comes again."""
    order = np.empty(0, dtype=np.int64)
    for _ in range(num_batches):
        while len(order) < batch_size:
            order = np.concatenate([order, rng.permutation(num_rows)])
        yield order[:batch_size]
        order = order[batch_size:]


def augmented(
    demos: Demonstrations,
    batches: Iterable[CarIndex],
    *,
    shift_rotate: ShiftRotate | None,
    photometric: Photometric | None,
    three_cameras: bool,
    shift_rng: np.random.Generator,
    photometric_rng: np.random.Generator,
) -> Iterator[tuple[Images, PerCar]]:
    """Pictures (n, h, w, 3) and commands (n,) of each batch of rows, augmented (`data.augment`).

    With `three_cameras` each view is made from the picture of the camera nearest to it; raises InputError where there
    is one only.
    """
    sides = side_views(demos) if three_cameras else None
    for rows in batches:
        yield augment_batch(
            images=demos.images[rows],
            curvature_per_m=demos.curvature_per_m[rows],
            camera=demos.camera,
            shift_rotate=shift_rotate,
            photometric=photometric,
            shift_rng=shift_rng,
            photometric_rng=photometric_rng,
            speed_mps=demos.speed_mps[rows],
            sides=None if sides is None else sides.rows(rows),
        )
