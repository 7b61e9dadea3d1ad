"""Networks of pictures of any layout: each layout says the same, and what is no picture is told."""

import numpy as np
import pytest
import torch

from drive_sim.errors import InputError
from drive_sim.policies.networks import make_network
from drive_sim.policies.pixel_network import (
    PIXEL_NETWORKS,
    build_pixel_network,
    channels_last,
    check_readable,
    make_pixel_network,
    size_of,
)
from drive_sim.policies.yuv_convolution import YUV_FROM_RGB, YuvConvolution

RNG = np.random.default_rng


def pictures(*shape: int) -> np.ndarray:
    return RNG(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((40, 50), (40, 50, 1)),
        ((40, 50, 1), (40, 50, 1)),
        ((40, 50, 3), (40, 50, 3)),
        ((4, 40, 50), (40, 50, 4)),
        ((3, 40, 50), (40, 50, 3)),
        ((4, 40, 50, 3), (40, 50, 12)),
        ((2, 3, 40, 50), (40, 50, 6)),
        ((40, 50, 12), (40, 50, 12)),
    ],
)
def test_any_layout_is_read_and_the_same_as_rows(shape: tuple[int, ...], size: tuple[int, int, int]) -> None:
    assert size_of(shape) == size
    seen = pictures(2, *shape)
    assert channels_last(seen).shape == (2, *size)
    network = make_pixel_network("thumbnail", shape, 3, RNG(0))
    outputs = network.outputs(seen)
    assert outputs.shape == (2, 3) and network.num_outputs == 3
    rows = seen.reshape(2, -1).astype(np.float32)
    np.testing.assert_array_equal(network.outputs(rows).detach(), outputs.detach())


def test_frames_stand_on_end_with_their_colours() -> None:
    frames = pictures(2, 4, 6, 8, 3)
    np.testing.assert_array_equal(channels_last(frames)[..., 3:6], frames[:, 1])
    np.testing.assert_array_equal(channels_last(frames.transpose(0, 1, 4, 2, 3)), channels_last(frames))


def test_each_frame_is_seen_in_yuv_and_what_is_no_rgb_as_it_is() -> None:
    two = YuvConvolution(4, 3, 1, 6).yuv_from_rgb
    for frame in (slice(0, 3), slice(3, 6)):
        np.testing.assert_array_equal(two[frame, frame], torch.tensor(YUV_FROM_RGB))
    assert float(two[:3, 3:].abs().max()) == 0.0
    np.testing.assert_array_equal(YuvConvolution(4, 3, 1, 4).yuv_from_rgb, torch.eye(4))


@pytest.mark.parametrize("name", ["pilotnet", "small", "thumbnail"])
def test_of_one_rgb_picture_it_is_the_network_of_that_name(name: str) -> None:
    torch.manual_seed(3)
    wanted = make_network(name, 66, 200).state_dict()
    torch.manual_seed(3)
    found = build_pixel_network(name, (66, 200, 3), 1).network.state_dict()
    assert list(wanted) == list(found)
    assert all(bool((wanted[key] == found[key]).all()) for key in wanted)


def test_the_network_of_mnih_et_al_has_the_size_that_is_printed() -> None:
    network = make_pixel_network("nature-cnn", (4, 84, 84), 18, RNG(0))
    # 32x(8x8x4), 64x(4x4x32), 64x(3x3x64), 3136 to 512 to 18, and biases.
    assert sum(p.numel() for p in network.parameters()) == 8224 + 32832 + 36928 + 3136 * 512 + 512 + 512 * 18 + 18


def test_torch_s_own_generator_is_left_alone() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    make_pixel_network("small", (40, 50), 1, RNG(0))
    check_readable("pilotnet", (84, 96, 3))
    assert bool((torch.get_rng_state() == before).all())


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("pilotnet", (20, 20, 3), "network pilotnet: 20x20 pictures are too small"),
        ("pilotnet", (400, 600, 3), "ResizeObservation"),
        ("pilotnet", (3,), "is no picture"),
        ("pilotnet", (2, 2, 40, 40, 3), "is no picture"),
        ("pilotnot", (84, 96, 3), "did you mean pilotnet"),
    ],
)
def test_what_cannot_be_read_is_said(name: str, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_readable(name, shape)


def test_pictures_of_another_size_are_refused() -> None:
    network = make_pixel_network("thumbnail", (40, 50, 3), 1, RNG(0))
    with pytest.raises(InputError, match=r"a network for pictures of \(40, 50, 3\) was given"):
        network.outputs(pictures(1, 40, 50, 1))
    assert set(PIXEL_NETWORKS) >= {"pilotnet", "nature-cnn", "small"}
