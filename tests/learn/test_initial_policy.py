"""A network that begins with what another has learned: which weights it takes, and which of them learn on."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask
from drive_sim.learn.initial_policy import drawn, fitting_layers
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera

CONFIG = bc.Config(network="pilotnet", num_steps=2, batch_size=4, shift_rotate=None, precision="fp32", device="cpu")
OTHER_CAMERA = Camera(focal_px=55.0)


def noise(camera: Camera | None = None, n: int = 12) -> Demonstrations:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (n, 66, 200, 3), dtype=np.uint8)
    return Demonstrations(images, rng.normal(0.0, 0.02, n), np.full(n, 12.0), camera=camera or Camera())


def learned_before(name: str = "conditional-pilotnet") -> NeuralPolicy:
    policy = drawn(name, noise(OTHER_CAMERA), np.random.default_rng(7), "cpu")
    return replace(policy, curvature_unit_per_m=0.03)


def learned(init: NeuralPolicy, config: bc.Config = CONFIG) -> NeuralPolicy:
    *_, last = bc.train(config, ImitationTask(noise()), np.random.default_rng(0), init=init)
    return last.policy


def same(a: NeuralPolicy, b: NeuralPolicy, name: str) -> bool:
    return torch.equal(a.network.state_dict()[name], b.network.state_dict()[name])


def test_frozen_convolutions_stay_and_the_rest_learns() -> None:
    init = learned_before()
    policy = learned(init, replace(CONFIG, freeze_convolutions=True))
    names = list(policy.network.state_dict())
    assert all(same(policy, init, name) for name in names if name.startswith("convolutions."))
    assert not any(same(policy, init, name) for name in ("dense.0.weight", "dense.2.weight", "dense.4.weight"))


def test_without_freezing_all_learn_from_where_the_other_ended() -> None:
    init = learned_before()
    policy = learned(init, replace(CONFIG, learning_rate=1e-12, weight_decay=0.0))
    before, after = init.network.state_dict(), policy.network.state_dict()
    for name in fitting_layers(init, "pilotnet", noise()):
        torch.testing.assert_close(after[name], before[name], atol=1e-9, rtol=1e-5)
    assert not same(learned(init), init, "convolutions.0.yuv.weight")


def test_it_keeps_its_own_camera_and_the_others_unit() -> None:
    policy = learned(learned_before())
    assert policy.camera == Camera() and policy.curvature_unit_per_m == 0.03


def test_the_other_is_not_touched_and_the_same_seed_gives_the_same() -> None:
    init, twin = learned_before(), learned_before()
    first, again = learned(init), learned(init)
    names = list(init.network.state_dict())
    assert all(same(init, twin, name) for name in names)
    assert all(same(first, again, name) for name in first.network.state_dict())


def test_output_layers_of_another_shape_are_drawn_anew() -> None:
    taken = fitting_layers(learned_before(), "pilotnet", noise())
    assert "dense.4.weight" in taken and "dense.6.weight" not in taken
    assert "dense.6.weight" in fitting_layers(learned_before("pilotnet"), "pilotnet", noise())


def test_a_network_of_another_family_is_no_beginning() -> None:
    with pytest.raises(InputError, match="their layers differ"):
        learned(learned_before("small"))
