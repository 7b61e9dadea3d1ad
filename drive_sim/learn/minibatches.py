"""Mini-batches: which rows each step reads, and what is changed about their pictures and commands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from drive_sim.arrays import CarIndex, CarMask, Images, PerCar
from drive_sim.data.augment import Photometric, ShiftRotate, augment_batch
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.frame_stack import stacked
from drive_sim.data.mirror import mirror_pictures, negate
from drive_sim.data.side_cameras import side_views
from drive_sim.policies.measurements import Measurements, measurements_of
from drive_sim.sim.camera import Camera


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Pictures (n, h, w, 3) and the commands (n,) to learn; what was told beside (n, 3), accelerations (n,) in m/s2.

    None: nothing was told, and the speed was kept. Of demonstrations with `previous_images` pictures are stacks of two
    (n, h, w, 6), that of the tick before first.
    """

    images: Images
    curvature_per_m: PerCar
    measurements: Measurements | None = None
    acceleration_mps2: PerCar | None = None


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
) -> Iterator[Batch]:
    """Each batch of rows, augmented (`data.augment`): a moved view keeps its wanted place and its acceleration.

    Row n + i is row i of the n, mirrored (`data.mirror`) after all else. With `three_cameras` each view is made from
    the picture of the camera nearest to it; raises InputError where there is one only.
    """
    sides = side_views(demos) if three_cameras else None
    for numbers in batches:
        rows, is_mirrored = numbers % len(demos), numbers >= len(demos)
        seen = augment_batch(
            images=demos.images[rows],
            curvature_per_m=demos.curvature_per_m[rows],
            camera=demos.camera,
            shift_rotate=shift_rotate,
            photometric=photometric,
            shift_rng=shift_rng,
            photometric_rng=photometric_rng,
            speed_mps=demos.speed_mps[rows],
            sides=None if sides is None else sides.rows(rows),
            previous_images=None if demos.previous_images is None else demos.previous_images[rows],
        )
        batch = Batch(*seen, *_told_and_accelerated(demos, rows))
        yield _mirrored(batch, is_mirrored, demos.camera) if is_mirrored.any() else batch


def unaugmented(demos: Demonstrations, rows: slice) -> Batch:
    """Those rows as they are."""
    return Batch(stacked(demos.rows(rows)), demos.curvature_per_m[rows], *_told_and_accelerated(demos, rows))


def _mirrored(batch: Batch, is_mirrored: CarMask, camera: Camera | None) -> Batch:
    """The batch with some of its rows (n,) mirrored: pictures in place, commands and wanted places negated."""
    mirror_pictures(batch.images, is_mirrored, camera)
    told = batch.measurements
    if told is not None:
        told = np.column_stack([negate(told[:, 0], is_mirrored), told[:, 1:]])
    return replace(batch, curvature_per_m=negate(batch.curvature_per_m, is_mirrored), measurements=told)


def _told_and_accelerated(demos: Demonstrations, rows: CarIndex | slice) -> tuple[Measurements, PerCar | None]:
    goal, acceleration_mps2 = demos.lateral_goal, demos.acceleration_mps2
    measurements = measurements_of(demos.speed_mps[rows], None if goal is None else goal[rows])
    return measurements, None if acceleration_mps2 is None else acceleration_mps2[rows]
