"""What becomes of demonstrations before a network learns: people steer by keys, one way round, by unknown cameras."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from drive_sim.data.augment import ShiftRotate
from drive_sim.data.demonstrations import Demonstrations, check_smoothing, concatenated, smoothed
from drive_sim.data.frame_stack import for_frames
from drive_sim.data.mirror import check_mirror, mirrored
from drive_sim.data.side_cameras import as_samples, check_sides, corrected_samples, side_views
from drive_sim.errors import InputError, one_of
from drive_sim.learn.validation_split import HeldOutBlocks, split, split_blocks

SideCameras = Literal["none", "fixed", "geometric"]
SIDE_CAMERAS: tuple[SideCameras, ...] = get_args(SideCameras)


@dataclass(frozen=True, slots=True)
class Preparation:
    """How demonstrations are made ready.

    `mirror`: each frame is learned from as it is and mirrored, so that left and right are even. `smoothing_s`: commands
    are averaged over time by a Gaussian of that standard deviation, within a drive (0: as they were given).
    `side_cameras`: the outer pictures are samples of their own, `fixed` by a steering of `side_correction` back to the
    middle (the tutorials': 0.2 of Udacity's), `geometric` by the arc that leads back from where they sit, which must be
    known. `held_out`: blocks of time to measure on; None: the last `validation_share` of the rows.
    """

    mirror: bool = False
    smoothing_s: float = 0.0
    side_cameras: SideCameras = "none"
    side_correction: float = 0.2
    held_out: HeldOutBlocks | None = None

    def __post_init__(self) -> None:
        one_of("side cameras", self.side_cameras, SIDE_CAMERAS)
        if not 0.0 <= self.smoothing_s <= 60.0:
            raise InputError(f"preparation: smoothing_s must be from 0 to 60, got {self.smoothing_s}")
        if not 0.0 < self.side_correction <= 1.0:
            raise InputError(f"preparation: side_correction must be above 0, at most 1, got {self.side_correction}")
        if self.held_out is not None and self.held_out.gap_s < self.smoothing_s:
            raise InputError(
                f"preparation: smoothing over {self.smoothing_s:g} s reaches across gaps of {self.held_out.gap_s:g} s "
                "around held-out blocks; take wider gaps, or smooth less"
            )


def prepared(
    preparation: Preparation, demos: Demonstrations, validation_share: float
) -> tuple[Demonstrations, Demonstrations]:
    """Training rows and held-out ones; the latter are of the middle camera. Raises InputError for what cannot be.

    What was seen before each row (`data.frame_stack`) has to be there already, since rows are taken apart here.
    """
    check_preparation(preparation, demos)
    if preparation.smoothing_s > 0.0:
        demos = smoothed(demos, preparation.smoothing_s)
    blocks = preparation.held_out
    training, held_out = split(demos, validation_share) if blocks is None else split_blocks(demos, blocks)
    return with_side_samples(preparation, training), held_out


def check_preparation(preparation: Preparation, demos: Demonstrations) -> None:
    """Raises InputError, before any work, where demonstrations cannot be made ready so."""
    if preparation.mirror:
        check_mirror(demos.camera, demos.where)
    if preparation.side_cameras == "geometric":
        side_views(demos)
    elif preparation.side_cameras == "fixed":
        check_sides(demos)
    if preparation.smoothing_s > 0.0:
        check_smoothing(demos, preparation.smoothing_s)
    if preparation.held_out is not None:
        split_blocks(demos, preparation.held_out)


def as_learned(preparation: Preparation, demos: Demonstrations) -> Demonstrations:
    """The samples that all demonstrations come to, mirrored ones too, to be counted: their pictures are one pixel."""
    pixels = [None if images is None else images[:, :1, :1] for images in (demos.images_left, demos.images_right)]
    rows = replace(for_frames(demos, 1), images=demos.images[:, :1, :1], camera=None, lane=None)
    rows = replace(rows, images_left=pixels[0], images_right=pixels[1])
    rows = smoothed(rows, preparation.smoothing_s) if preparation.smoothing_s > 0.0 else rows
    samples = with_side_samples(preparation, rows)
    return concatenated([samples, mirrored(samples)]) if preparation.mirror else samples


def with_side_samples(preparation: Preparation, demos: Demonstrations) -> Demonstrations:
    """The demonstrations, and where it is asked for the outer pictures as samples of their own behind them."""
    if preparation.side_cameras == "fixed":
        return corrected_samples(demos, preparation.side_correction)
    return as_samples(demos, ShiftRotate()) if preparation.side_cameras == "geometric" else demos
