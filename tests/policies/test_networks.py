"""The networks: sizes as printed, colours as meant, and the same in bfloat16."""

import pytest
import torch
from torch import nn

from drive_sim.errors import InputError
from drive_sim.policies.compute import autocast, has_bf16, prepare_device, uses_bf16
from drive_sim.policies.networks import NETWORKS, ConvNet, centre_biases, make_network, make_pilotnet
from drive_sim.policies.yuv_convolution import YUV_FROM_RGB, YuvConvolution

CPU = torch.device("cpu")


def pictures(n: int, height_px: int = 66, width_px: int = 200) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (n, height_px, width_px, 3), dtype=torch.uint8, generator=generator)


def seen_by(network: ConvNet, images: torch.Tensor) -> torch.Tensor:
    """The pictures as a network is given them: on end, where it sees several."""
    return torch.cat([images.roll(frame, 0) for frame in range(network.num_frames)], dim=-1)


def num_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def num_multiply_adds(network: ConvNet) -> int:
    """Weights of a layer times the places where they are applied, over all layers, for one picture."""
    counts = []

    def count(layer: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        num_weights = sum(tensor.numel() for name, tensor in layer.named_parameters() if name.endswith("weight"))
        counts.append(num_weights * output.shape[2:].numel())

    for layer in [*network.convolutions, *network.dense]:
        if not isinstance(layer, nn.ReLU):
            layer.register_forward_hook(count)
    network(pictures(1))
    return sum(counts)


def test_pilotnet_is_the_printed_one() -> None:
    network = make_pilotnet()
    assert num_parameters(network) == 252_219
    assert round(num_multiply_adds(network) / 1e6, 1) == 26.9
    assert [layer.out_features for layer in network.dense if isinstance(layer, nn.Linear)] == [100, 50, 10, 1]


def test_small_network_is_small() -> None:
    network = make_network("small", 66, 200)
    assert num_parameters(network) < 50_000
    assert num_multiply_adds(network) < num_multiply_adds(make_pilotnet()) / 5


def test_folded_first_layer_sees_normalised_yuv() -> None:
    layer = YuvConvolution(8, 5, 2)
    yuv = pictures(2).double() / 127.5 - 1.0
    yuv = torch.einsum("nhwr,yr->nyhw", yuv, torch.tensor(YUV_FROM_RGB, dtype=torch.float64)).float()
    torch.testing.assert_close(layer(pictures(2)), layer.yuv(yuv), atol=1e-5, rtol=1e-5)


def test_grey_has_luminance_only() -> None:
    white = torch.tensor(YUV_FROM_RGB).sum(dim=1)
    torch.testing.assert_close(white, torch.tensor([1.0, 0.0, 0.0]), atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", NETWORKS)
def test_bfloat16_agrees_with_float32(name: str) -> None:
    torch.manual_seed(0)
    network = make_network(name, 66, 200).requires_grad_(requires_grad=False)
    seen = seen_by(network, pictures(16))
    single = network(seen)
    with autocast(CPU, bf16=True):
        half = network(seen)
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, single, atol=0.03, rtol=0)


@pytest.mark.parametrize("name", NETWORKS)
def test_other_sizes_of_picture_are_read(name: str) -> None:
    shape = (2, 2) if name.startswith("conditional") else (2,)
    network = make_network(name, 96, 96)
    assert network(seen_by(network, pictures(2, 96, 96))).shape == shape


def test_small_ahead_sees_the_road_ahead_only() -> None:
    torch.manual_seed(0)
    network, seen = make_network("small-ahead", 66, 200), pictures(2)
    elsewhere, ahead = seen.clone(), seen.clone()
    elsewhere[:, :16], elsewhere[:, 43:] = 0, 255
    ahead[:, 42] = 0
    torch.testing.assert_close(network(elsewhere), network(seen), atol=0, rtol=0)
    assert (network(ahead) != network(seen)).all()


def test_unknown_and_unfit_networks_are_refused() -> None:
    with pytest.raises(InputError, match=r"'resnet' is unknown; use one of pilotnet, conditional-pilotnet, small"):
        make_network("resnet", 66, 200)
    with pytest.raises(InputError, match="32x30 pictures are too small"):
        make_network("pilotnet", 30, 32)


def test_devices_and_precisions_are_checked() -> None:
    assert uses_bf16("auto", CPU) == has_bf16(CPU)
    assert uses_bf16("bf16", CPU)
    assert not uses_bf16("fp32", CPU)
    with pytest.raises(InputError, match="use one of auto, bf16, fp32"):
        uses_bf16("fp16", CPU)
    with pytest.raises(InputError, match="use auto, cpu or cuda"):
        prepare_device("abacus")


def activities(network: ConvNet, images: torch.Tensor) -> list[torch.Tensor]:
    """Of each fully connected hidden layer, the share of pictures (units,) for which each unit is on."""
    with torch.no_grad():
        values, shares = network.convolutions(images).flatten(1), []
        for layer in network.dense:
            values = layer(values)
            if isinstance(layer, nn.ReLU):
                shares.append((values > 0).float().mean(dim=0))
    return shares


@pytest.mark.parametrize("name", NETWORKS)
def test_centred_units_are_on_for_some_pictures_and_off_for_others(name: str) -> None:
    # Pictures that are much alike, as those of one road are.
    images = (pictures(1).float() * 0.5 + pictures(32).float() * 0.05).to(torch.uint8)
    torch.manual_seed(3)
    network = make_network(name, 66, 200)
    images = seen_by(network, images)
    assert any(((share == 0) | (share == 1)).float().mean() > 0.5 for share in activities(network, images))
    centre_biases(network, images)
    for share in activities(network, images):
        assert float(share.min()) > 0.0
        assert float(share.max()) < 1.0
        assert abs(float(share.mean()) - 0.5) < 0.15


def test_centring_leaves_the_output_bias_and_all_weights_alone() -> None:
    network = make_pilotnet()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    centre_biases(network, pictures(4))
    changed = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {name for name in before if name.endswith("bias")} - {"dense.6.bias"}
