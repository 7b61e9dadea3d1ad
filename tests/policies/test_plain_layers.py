"""Plain layers are the network: computed by NumPy alone, they put out what torch does."""

import numpy as np
import pytest
import torch

from drive_sim.arrays import Picture
from drive_sim.policies.measurements import measurements_of
from drive_sim.policies.networks import ConditionalNet, make_network
from drive_sim.policies.plain_layers import PlainLayers, plain_layers


@pytest.mark.parametrize(
    ("name", "size_px"),
    [("small", (66, 200)), ("thumbnail", (19, 25)), ("pilotnet", (66, 200)), ("conditional-pilotnet", (66, 200))],
)
def test_numpy_computes_what_torch_does(name: str, size_px: tuple[int, int]):
    torch.manual_seed(100)
    network = make_network(name, *size_px)
    picture = np.random.default_rng(100).integers(0, 256, (*size_px, 3), np.uint8)
    told = measurements_of(np.array([15.0]), np.array([0.3]))
    with torch.inference_mode():
        pictures = torch.from_numpy(picture[None])
        is_told = isinstance(network, ConditionalNet)
        expected = network(pictures, torch.from_numpy(told)) if is_told else network(pictures)
    found = _computed(plain_layers(network, *size_px), picture, told[0])
    np.testing.assert_allclose(found, expected.numpy().ravel(), rtol=1e-4, atol=1e-4)


def _computed(layers: PlainLayers, picture: Picture, told: np.ndarray) -> np.ndarray:
    values = (picture.astype(np.float64) - 127.5) / 127.5
    for layer in layers.convolutions:
        kernel = layer.weight.shape[1:3]
        windows = np.lib.stride_tricks.sliding_window_view(values, kernel, axis=(0, 1))  # h w c kh kw
        windows = windows[:: layer.stride, :: layer.stride]
        values = np.maximum(np.einsum("hwcij,oijc->hwo", windows, layer.weight) + layer.bias, 0.0)
    out = values.ravel()
    for i, (weight, bias) in enumerate(layers.dense):
        said = layers.condition @ told if i == 0 and layers.condition is not None else 0.0
        out = weight @ out + bias + said
        out = out if i == len(layers.dense) - 1 else np.maximum(out, 0.0)
    return out
