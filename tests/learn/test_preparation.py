"""What becomes of people's recordings: blocks without shared neighbours, even sides, side cameras, smoothing."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from drive_sim.data.augment import ShiftRotate
from drive_sim.data.demonstrations import Demonstrations, check_smoothing, smoothed
from drive_sim.data.side_cameras import as_samples, corrected_samples
from drive_sim.data.udacity import curvature_from_udacity
from drive_sim.errors import InputError
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask, Round
from drive_sim.learn.early_stopping import until_no_better
from drive_sim.learn.preparation import Preparation, as_learned, check_preparation, prepared
from drive_sim.learn.schedule import steps_of
from drive_sim.learn.validation_split import HeldOutBlocks, split_blocks
from drive_sim.sim.camera import Camera

SMALL = bc.Config(
    network="thumbnail",
    num_steps=6,
    batch_size=16,
    steps_per_round=2,
    shift_rotate=None,
    photometric=None,
    precision="fp32",
    device="cpu",
)
CAMERA = Camera(width_px=25, height_px=19, focal_px=14.0, horizon_px=3.0)


def driven(n: int, tick_s: float = 0.1, num_episodes: int = 1, seed: int = 0) -> Demonstrations:
    """Keys that mostly steer left; the first pixel of each picture is the row's number."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (3, n, 19, 25, 3), dtype=np.uint8)
    images[0, :, 0, 0, 0], images[0, :, 0, 0, 1] = np.arange(n) % 256, np.arange(n) // 256
    number = np.arange(n) * num_episodes // n
    time_s = tick_s * np.arange(n)
    starts = np.searchsorted(number, np.arange(num_episodes))
    return Demonstrations(
        images[0],
        rng.choice([0.0, 0.0, 0.05, 0.03, -0.02], n),
        np.full(n, 6.0),
        CAMERA,
        source="keys",
        images_left=images[1],
        images_right=images[2],
        time_s=time_s - time_s[starts][number],
        episode=number,
    )


@given(
    st.integers(300, 900), st.floats(0.05, 0.5), st.integers(1, 6), st.floats(0.0, 1.5), st.sampled_from([0.05, 0.12])
)
def test_blocks_never_share_neighbours_within_the_gap(
    n: int, share: float, num_blocks: int, gap_s: float, tick_s: float
) -> None:
    time_s = tick_s * np.arange(n, dtype=np.float64)
    demos = Demonstrations(np.zeros((n, 1, 1, 3), np.uint8), time_s, time_s, time_s=time_s)
    try:
        training, held_out = split_blocks(demos, HeldOutBlocks(share, num_blocks, gap_s))
    except InputError:
        return  # too short for that, which has tests of its own
    apart_s = np.abs(training.curvature_per_m[:, None] - held_out.curvature_per_m[None])
    assert apart_s.min() > gap_s
    assert abs(len(held_out) - share * n) <= 1.001 * num_blocks
    edges = np.flatnonzero(np.diff(held_out.curvature_per_m) > 1.5 * tick_s)
    assert len(edges) == num_blocks - 1


def test_a_gap_ends_where_a_drive_does() -> None:
    demos = driven(400, num_episodes=2)
    blocks = HeldOutBlocks(share=0.25, num_blocks=1, gap_s=2.05)
    assert len(split_blocks(demos, blocks)[0]) == 400 - 100 - 2 * 20
    alone = replace(demos, episode=np.repeat([0, 1, 2], [150, 100, 150]), time_s=0.1 * np.arange(400))
    assert len(split_blocks(alone, blocks)[0]) == 400 - 100


def test_what_is_too_short_for_blocks_is_refused() -> None:
    with pytest.raises(InputError, match="30 rows are too few for 5 held-out blocks"):
        split_blocks(driven(30), HeldOutBlocks())
    for wrong in ({"share": 0.0}, {"share": 0.6}, {"num_blocks": 0}, {"gap_s": -1.0}, {"patience": 0}):
        with pytest.raises(InputError, match="held-out blocks"):
            HeldOutBlocks(**wrong)  # pyright: ignore[reportArgumentType]


def test_mirrored_frames_make_both_sides_even_and_every_frame_counts_once_each_way() -> None:
    demos = driven(32)
    config = replace(SMALL, num_steps=4, preparation=Preparation(mirror=True))
    found = list(bc.minibatches(config, demos, *np.random.default_rng(0).spawn(3)))
    seen = [(image.tobytes(), k) for b in found for image, k in zip(b.images, b.curvature_per_m, strict=True)]
    ways = [(demos.images, demos.curvature_per_m), (demos.images[:, :, ::-1], -demos.curvature_per_m)]
    assert sorted(seen) == sorted((image.tobytes(), k) for way in ways for image, k in zip(*way, strict=True))
    assert sum(k for _, k in seen) == pytest.approx(0.0, abs=1e-12)


def test_mirrored_wanted_places_are_told_to_the_other_side() -> None:
    demos = replace(driven(32), lateral_goal=np.full(32, 0.4))
    config = replace(SMALL, num_steps=4, preparation=Preparation(mirror=True))
    told = [b.measurements[:, 0] for b in bc.minibatches(config, demos, *np.random.default_rng(0).spawn(3))]  # pyright: ignore[reportOptionalSubscript]
    assert sorted(np.concatenate(told).tolist()) == [pytest.approx(-0.4)] * 32 + [pytest.approx(0.4)] * 32


def test_what_is_learned_from_is_counted() -> None:
    demos = driven(40)
    assert as_learned(Preparation(mirror=True), demos).curvature_per_m.sum() == pytest.approx(0.0, abs=1e-12)
    assert len(as_learned(Preparation(mirror=True, side_cameras="fixed"), demos)) == 6 * 40


def test_side_pictures_steer_back_by_the_fixed_correction() -> None:
    demos = driven(10)
    samples = corrected_samples(demos, 0.2)
    middle, left, right = (samples.rows(slice(start, start + 10)) for start in (0, 10, 20))
    back_per_m = curvature_from_udacity(np.array(0.2))
    assert -0.033 < back_per_m < -0.032
    np.testing.assert_array_equal(middle.curvature_per_m, demos.curvature_per_m)
    np.testing.assert_allclose(left.curvature_per_m - demos.curvature_per_m, back_per_m)
    np.testing.assert_allclose(right.curvature_per_m - demos.curvature_per_m, -back_per_m)
    assert demos.images_left is not None
    np.testing.assert_array_equal(left.images, demos.images_left)
    some = np.arange(10) < 4
    assert len(corrected_samples(replace(demos, has_sides=some), 0.2)) == 18
    by_geometry = as_samples(replace(demos, side_m=0.9), ShiftRotate()).curvature_per_m.reshape(3, 10)
    assert (by_geometry[1] < demos.curvature_per_m).all() and (by_geometry[2] > demos.curvature_per_m).all()


@pytest.mark.parametrize("width_s", [0.2, 1.0, 3.0])
def test_a_smoothed_constant_is_constant(width_s: float) -> None:
    demos = driven(90, num_episodes=3)
    constant = replace(demos, curvature_per_m=np.full(90, 0.031))
    np.testing.assert_allclose(smoothed(constant, width_s).curvature_per_m, 0.031, atol=1e-15)
    steps = replace(demos, curvature_per_m=np.repeat([0.01, -0.02, 0.03], 30))
    np.testing.assert_allclose(smoothed(steps, width_s).curvature_per_m, steps.curvature_per_m, atol=1e-15)


def test_what_cannot_be_is_said_before_any_work() -> None:
    demos = driven(60, num_episodes=3)
    with pytest.raises(InputError, match=r"longest drive lasts 2\.0 s, too short to smooth over 4 s"):
        check_smoothing(demos, 4.0)
    alone = replace(demos, images_left=None, images_right=None)
    for side_cameras in ("fixed", "geometric"):
        with pytest.raises(InputError, match="no side cameras"):
            check_preparation(Preparation(side_cameras=side_cameras), alone)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="how far beside"):
        check_preparation(Preparation(side_cameras="geometric"), demos)
    with pytest.raises(InputError, match="beside the middle"):
        check_preparation(Preparation(mirror=True), replace(demos, camera=replace(CAMERA, side_m=0.5)))
    with pytest.raises(InputError, match="wider gaps"):
        Preparation(smoothing_s=2.0, held_out=HeldOutBlocks(gap_s=1.0))


def test_a_weight_average_of_the_latest_alone_is_the_latest_to_the_bit() -> None:
    demos = driven(32)
    latest, mean, slow = (
        torch.cat([p.flatten() for p in bc.fit(config, demos, np.random.default_rng(0)).network.parameters()])
        for config in (SMALL, replace(SMALL, weight_average=1.0), replace(SMALL, weight_average=0.01))
    )
    assert torch.equal(latest, mean) and not torch.equal(latest, slow)
    with pytest.raises(InputError, match="weight_average"):
        replace(SMALL, weight_average=0.0)


@pytest.mark.slow
def test_held_out_blocks_are_measured_and_never_learned_from() -> None:
    demos = driven(300)
    config = replace(SMALL, preparation=Preparation(mirror=True, side_cameras="fixed", held_out=HeldOutBlocks()))
    rounds = list(bc.train(config, ImitationTask(demos), np.random.default_rng(0)))
    assert all("validation_loss" in latest.metrics for latest in rounds)
    training, held_out = prepared(config.preparation, demos, 0.0)
    assert len(held_out) == 60 and len(training) % 3 == 0
    seen = {(int(image[0, 0, 0]), int(image[0, 0, 1])) for image in training.images[: len(training) // 3]}
    assert seen.isdisjoint((int(image[0, 0, 0]), int(image[0, 0, 1])) for image in held_out.images)


def test_learning_stops_where_it_gets_no_better() -> None:
    losses = [3.0, 2.0, 2.5, 1.9, 2.0, 2.1, 1.0]

    def rounds() -> Iterator[Round]:
        return (Round(i, None, {"validation_loss": loss}) for i, loss in enumerate(losses))  # pyright: ignore[reportArgumentType]

    assert [latest.index for latest in until_no_better(rounds(), 1)] == [0, 1, 2]
    assert [latest.index for latest in until_no_better(rounds(), 2)] == [0, 1, 2, 3, 4, 5]
    assert [latest.index for latest in until_no_better(rounds(), 3)] == list(range(7))


def test_steps_grow_with_the_rows() -> None:
    assert [steps_of(n) for n in (1, 300, 301, 8036)] == [600, 600, 602, 16072]
