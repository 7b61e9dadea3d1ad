"""The 1989 learner: every picture once an epoch, from nearly nothing, to a hill in the right place."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.simulated_pictures import PictureGenerator, make_pictures
from drive_sim.errors import InputError
from drive_sim.learn import alvinn_1989
from drive_sim.learn.alvinn_1989 import Config, fit, learning_rate_at, train
from drive_sim.learn.base import ImitationTask
from drive_sim.policies.alvinn import ALVINN_CAMERA, hill, nearest_unit, retina

GENERATOR = PictureGenerator(scene_kinds=("day",), num_roads=8)
CONFIG = Config(max_curvature_per_m=GENERATOR.sharpest_per_m, num_epochs=10)


@pytest.fixture(scope="module")
def pictures() -> Demonstrations:
    return make_pictures(GENERATOR, 240, ALVINN_CAMERA, np.random.default_rng(1000))


def test_it_finds_the_unit_on_roads_that_it_has_not_seen(pictures: Demonstrations) -> None:
    policy = fit(CONFIG, pictures, np.random.default_rng(0))
    novel = make_pictures(GENERATOR, 240, ALVINN_CAMERA, np.random.default_rng(1001))
    right = nearest_unit(novel.curvature_per_m, policy.units)
    away = np.abs(nearest_unit(policy.predict(novel.images), policy.units) - right)
    best_constant = max((np.abs(right - unit) <= 2).mean() for unit in range(45))
    assert (away <= 2).mean() > 0.7
    assert best_constant < 0.4


def test_the_error_falls_and_is_that_of_the_hill(pictures: Demonstrations) -> None:
    first, *_, last = train(CONFIG, ImitationTask(pictures), np.random.default_rng(0))
    assert (first.index, last.index) == (0, 10)

    def error(policy: Any) -> float:
        off = policy.activity(pictures.images) - hill(pictures.curvature_per_m, policy.units)
        return float(0.5 * np.square(off).sum(axis=1).mean())

    assert error(last.policy) < 0.3 * error(first.policy)
    # By the last epoch the rate is near nothing, so the error before its steps is that after them.
    assert last.metrics["loss"] == pytest.approx(error(last.policy), rel=0.05)


def test_the_first_step_is_back_propagation_as_it_is_written() -> None:
    """One picture, one epoch, no momentum yet: w - eta (dE/dw + decay w), by hand."""
    demos = make_pictures(replace(GENERATOR, num_roads=1), 1, ALVINN_CAMERA, np.random.default_rng(3))
    config = replace(CONFIG, num_epochs=1, batch_size=1)
    start, end = train(config, ImitationTask(demos), np.random.default_rng(0))
    network = start.policy.network
    w1, b1, w2, b2 = (p.detach().double().numpy() for p in network.parameters())
    x, target = retina(demos.images)[0].astype(np.float64), hill(demos.curvature_per_m, start.policy.units)[0]
    h = 1.0 / (1.0 + np.exp(-(w1 @ x + b1)))
    o = 1.0 / (1.0 + np.exp(-(w2 @ h + b2)))
    delta_o = (o - target) * o * (1.0 - o)
    delta_h = (delta_o @ w2) * h * (1.0 - h)
    steps = (np.outer(delta_h, x), delta_h, np.outer(delta_o, h), delta_o)
    for old, step, new in zip((w1, b1, w2, b2), steps, end.policy.network.parameters(), strict=True):
        wanted = old - config.learning_rate * (step + config.weight_decay * old)
        np.testing.assert_allclose(new.detach().numpy(), wanted, atol=1e-6)


def test_every_picture_is_seen_once_an_epoch(pictures: Demonstrations, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen through what the network is shown: each epoch's rows are those of the pictures, in another order."""
    seen: list[torch.Tensor] = []
    real = alvinn_1989.AlvinnNetwork.forward

    def watched(network: Any, rows: torch.Tensor) -> torch.Tensor:
        seen.append(rows)
        return real(network, rows)

    monkeypatch.setattr(alvinn_1989.AlvinnNetwork, "forward", watched)
    few = pictures.rows(slice(0, 21))
    list(train(replace(CONFIG, num_epochs=2), ImitationTask(few), np.random.default_rng(0)))
    assert [len(rows) for rows in seen] == [8, 8, 5, 8, 8, 5]
    whole = retina(few.images)
    first, second = (torch.cat(seen[i : i + 3]).numpy() for i in (0, 3))
    assert (first != second).any()
    for epoch in (first, second):
        np.testing.assert_array_equal(np.sort(epoch[:, 0]), np.sort(whole[:, 0]))


def test_the_rate_falls_from_the_full_one_to_nothing() -> None:
    rates = [learning_rate_at(step, 100, CONFIG) for step in range(101)]
    assert rates[0] == CONFIG.learning_rate
    assert rates[50] == pytest.approx(0.5 * CONFIG.learning_rate)
    assert rates[-1] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(rates) < 0.0).all()


@pytest.mark.parametrize("wrong", [{"num_epochs": 0}, {"learning_rate": -1.0}, {"momentum": 1.0}])
def test_impossible_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="alvinn 1989"):
        replace(CONFIG, **wrong)


def test_pictures_of_an_unknown_camera_are_refused(pictures: Demonstrations) -> None:
    with pytest.raises(InputError, match="camera is not known"):
        next(train(CONFIG, ImitationTask(replace(pictures, camera=None)), np.random.default_rng(0)))
