"""Behavioural cloning: maximum likelihood, four streams of chance, and the same weights from the same seed."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from drive_sim.data.augment import Photometric, ShiftRotate
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.errors import InputError
from drive_sim.learn import bc, cloning_loss
from drive_sim.learn.base import ImitationTask, Round, better_round
from drive_sim.learn.divergence import DivergedError
from drive_sim.learn.minibatches import Batch
from drive_sim.learn.validation_split import split
from drive_sim.lessons.kit.training import error_per_m
from drive_sim.policies.compute import autocast
from drive_sim.policies.measurements import measurements_of
from drive_sim.policies.neural import NeuralPolicy
from drive_sim.sim.camera import Camera

SMALL = bc.Config(network="small", num_steps=6, batch_size=16, steps_per_round=2, precision="fp32", device="cpu")
PILOT = replace(SMALL, network="pilotnet", num_steps=3, batch_size=8)


def stripes(n: int = 60, seed: int = 0, camera: Camera | None = None) -> Demonstrations:
    """Noise with one bright stripe; the further it lies to the left, the further left is steered."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 60, (n, 66, 200, 3), dtype=np.uint8)
    column = rng.integers(20, 180, n)
    for image, u in zip(images, column, strict=True):
        image[20:, u - 8 : u + 8] = 220
    return Demonstrations(
        images,
        (100.0 - column.astype(np.float64)) / 4000.0,
        np.full(n, 12.0),
        camera=camera or Camera(),
        source="stripes",
    )


def weights(policy: NeuralPolicy) -> torch.Tensor:
    return torch.cat([tensor.flatten() for tensor in policy.network.state_dict().values()])


def batches(config: bc.Config, demos: Demonstrations, seed: int = 0) -> tuple[list, list[np.random.Generator]]:
    rngs = np.random.default_rng(seed).spawn(3)
    return [(batch.images, batch.curvature_per_m) for batch in bc.minibatches(config, demos, *rngs)], rngs


def fit_weights(config: bc.Config, seed: int = 5) -> torch.Tensor:
    return weights(bc.fit(config, stripes(), np.random.default_rng(seed)))


def test_learns_to_steer_towards_the_stripe() -> None:
    config = replace(SMALL, num_steps=150, learning_rate=2e-3, shift_rotate=None)
    policy = bc.fit(config, stripes(200), np.random.default_rng(0))
    unseen = stripes(100, seed=1)
    error = policy.predict(unseen.images) - unseen.curvature_per_m
    assert np.mean(error**2) < 0.2 * np.var(unseen.curvature_per_m)


def test_loss_is_the_likelihood_of_a_gaussian() -> None:
    outputs, targets = torch.tensor([0.0, 1.0, -2.0]), torch.tensor([0.5, 1.0, 1.0])
    gaussian = torch.distributions.Normal(outputs, 1.0)
    torch.testing.assert_close(
        cloning_loss.negative_log_likelihood(outputs, targets), -gaussian.log_prob(targets).mean()
    )


def test_small_errors_count_squared_and_large_ones_in_proportion() -> None:
    def pull(error: float, huber: float | None) -> float:
        output = torch.tensor([error], requires_grad=True)
        cloning_loss.negative_log_likelihood(output, torch.zeros(1), huber).backward()
        assert output.grad is not None
        return float(output.grad)

    assert pull(0.4, huber=0.5) == pytest.approx(pull(0.4, huber=None))
    assert pull(4.0, huber=0.5) == pytest.approx(0.5)
    assert pull(-9.0, huber=0.5) == pytest.approx(-0.5)


def test_accelerations_that_do_not_count_are_not_learned() -> None:
    demos = replace(stripes(8), acceleration_mps2=np.linspace(-3.0, 6.0, 8))
    config = replace(SMALL, network="conditional-pilotnet", num_steps=2, weight_decay=0.0)
    config = replace(config, acceleration_weight=0.0, shift_rotate=None, photometric=None)
    *_, last = bc.train(config, ImitationTask(demos), np.random.default_rng(0))
    start = bc.make_policy(config, demos, np.random.default_rng(0).spawn(4)[0])
    learned, drawn = (dict(of.network.named_parameters())["dense.6.weight"] for of in (last.policy, start))
    assert torch.equal(learned[1], drawn[1])
    assert not torch.equal(learned[0], drawn[0])


@pytest.mark.parametrize("config", [SMALL, PILOT], ids=["small", "pilotnet"])
def test_same_seed_same_weights(config: bc.Config) -> None:
    config = replace(config, precision="auto")
    assert torch.equal(fit_weights(config), fit_weights(config))
    assert not torch.equal(fit_weights(config), fit_weights(config, seed=6))


def test_only_shift_and_rotate_differs_between_the_two() -> None:
    """The same initial weights, the same frames in the same order, the same jitter: unmoved samples are equal."""
    demos = stripes()
    plain, moved = replace(SMALL, shift_rotate=None), replace(SMALL, shift_rotate=ShiftRotate(share=0.5))
    first, second = (bc.make_policy(config, demos, np.random.default_rng(3)) for config in (plain, moved))
    assert torch.equal(weights(first), weights(second))
    (plain_batches, plain_rngs), (moved_batches, moved_rngs) = batches(plain, demos), batches(moved, demos)
    num_equal = 0
    for (images_a, curvature_a), (images_b, curvature_b) in zip(plain_batches, moved_batches, strict=True):
        unmoved = np.isclose(curvature_a, curvature_b, rtol=0, atol=1e-12)
        np.testing.assert_array_equal(images_a[unmoved], images_b[unmoved])
        num_equal += int(unmoved.sum())
    assert 0.3 < num_equal / (SMALL.num_steps * SMALL.batch_size) < 0.7
    order, jitter, shifts = [
        a.bit_generator.state == b.bit_generator.state for a, b in zip(plain_rngs, moved_rngs, strict=True)
    ]
    assert (order, jitter, shifts) == (True, True, False)


def test_no_share_of_shifts_is_plain_cloning() -> None:
    none = fit_weights(replace(PILOT, shift_rotate=None))
    assert torch.equal(none, fit_weights(replace(PILOT, shift_rotate=ShiftRotate(share=0.0))))
    assert not torch.equal(none, fit_weights(replace(PILOT, shift_rotate=ShiftRotate())))


def test_three_cameras_learn_the_same_labels_from_other_pictures() -> None:
    demos = stripes()
    three = replace(demos, images_left=255 - demos.images, images_right=255 - demos.images, side_m=0.6)
    config = replace(SMALL, photometric=None)
    one, nearest = (batches(replace(config, three_cameras=t), three)[0] for t in (False, True))
    for (images, labels), (other_images, same_labels) in zip(one, nearest, strict=True):
        np.testing.assert_array_equal(labels, same_labels)
        changed = (images != other_images).any(axis=(1, 2, 3))
        assert 0.2 < changed.mean() < 0.9
    with pytest.raises(InputError, match="no side cameras"):
        next(bc.train(replace(config, three_cameras=True), ImitationTask(demos), np.random.default_rng(0)))


def test_every_frame_is_seen_before_any_comes_again() -> None:
    demos = stripes(48)
    demos = replace(demos, curvature_per_m=np.arange(48.0))
    config = replace(SMALL, shift_rotate=None, photometric=None, num_steps=6, batch_size=16)
    seen = np.concatenate([curvature for _, curvature in batches(config, demos)[0]])
    for epoch in seen.reshape(2, 48):
        np.testing.assert_array_equal(np.sort(epoch), np.arange(48.0))


def test_batches_may_be_larger_than_the_recording() -> None:
    seen, _ = batches(replace(SMALL, batch_size=100), stripes(7))
    assert all(len(images) == len(curvature) == 100 for images, curvature in seen)


def test_demonstrations_stay_as_they_were() -> None:
    demos = stripes()
    before = demos.images.copy(), demos.curvature_per_m.copy()
    bc.fit(SMALL, demos, np.random.default_rng(0))
    np.testing.assert_array_equal(demos.images, before[0])
    np.testing.assert_array_equal(demos.curvature_per_m, before[1])


def test_rounds_keep_their_policies() -> None:
    rounds, before = [], []
    for latest in bc.train(SMALL, ImitationTask(stripes()), np.random.default_rng(0)):
        rounds.append(latest)
        before.append(weights(latest.policy).clone())
    assert [r.index for r in rounds] == [0, 1, 2]
    assert [r.metrics["step"] for r in rounds] == [2, 4, 6]
    assert all(torch.equal(weights(r.policy), w) for r, w in zip(rounds, before, strict=True))
    assert not torch.equal(before[0], before[1])


def test_validation_frames_are_the_last_ones_and_measured() -> None:
    demos = stripes(50)
    training, held_out = split(demos, 0.1)
    assert (len(training), len(held_out)) == (45, 5)
    np.testing.assert_array_equal(held_out.images, demos.images[45:])
    rounds = list(bc.train(replace(SMALL, validation_share=0.1), ImitationTask(demos), np.random.default_rng(0)))
    last = rounds[-1]
    error = (last.policy.predict(held_out.images) - held_out.curvature_per_m) / last.policy.curvature_unit_per_m
    expected = 0.5 * np.mean(error**2) + 0.5 * math.log(2.0 * math.pi)
    assert last.metrics["validation_loss"] == pytest.approx(expected)
    assert "validation_loss" not in next(bc.train(SMALL, ImitationTask(demos), np.random.default_rng(0))).metrics


def test_of_a_conditional_network_what_is_told_and_its_accelerations_are_validated_too() -> None:
    demos = replace(stripes(8), lateral_goal=np.linspace(-0.5, 0.5, 8), acceleration_mps2=np.linspace(-3.0, 6.0, 8))
    demos = replace(demos, speed_mps=np.linspace(4.0, 18.0, 8))
    policy = bc.make_policy(replace(SMALL, network="conditional-pilotnet"), demos, np.random.default_rng(0))
    told = measurements_of(demos.speed_mps, demos.lateral_goal)
    curvature_per_m, acceleration_mps2 = policy.predict_both(demos.images, told)
    error = (curvature_per_m - demos.curvature_per_m) / policy.curvature_unit_per_m
    other = (acceleration_mps2 - np.linspace(-3.0, 6.0, 8)) / 3.0
    expected = 0.5 * np.mean(error**2) + 0.5 * np.mean(other**2) + math.log(2.0 * math.pi)
    assert bc.mean_loss(policy, demos) == pytest.approx(expected, rel=1e-5)


def test_the_mean_loss_is_that_of_all_frames_however_they_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    demos = stripes(7)
    policy = bc.make_policy(SMALL, demos, np.random.default_rng(0))
    whole = bc.mean_loss(policy, demos)
    monkeypatch.setattr(cloning_loss, "_FRAMES_AT_ONCE", 3)
    assert bc.mean_loss(policy, demos) == pytest.approx(whole, rel=1e-6)


def test_the_error_of_a_conditional_network_is_that_of_its_curvatures() -> None:
    demos = replace(stripes(8), acceleration_mps2=np.full(8, 30.0))
    config = replace(SMALL, network="conditional-pilotnet", num_steps=1, batch_size=8, steps_per_round=1)
    config = replace(config, shift_rotate=None, photometric=None)
    (last,) = bc.train(config, ImitationTask(demos), np.random.default_rng(0))
    start = bc.make_policy(config, demos, np.random.default_rng(0).spawn(4)[0])
    expected = np.sqrt(np.mean((start.predict(demos.images) - demos.curvature_per_m) ** 2))
    assert error_per_m(last) == pytest.approx(expected, rel=1e-4)
    assert last.metrics["loss"] > last.metrics["curvature_loss"] + 40.0


def test_best_is_the_lowest_validation_loss_or_else_the_latest() -> None:
    policy = bc.make_policy(SMALL, stripes(), np.random.default_rng(0))
    first, second, third = (Round(i, policy, {"validation_loss": loss}) for i, loss in enumerate([2.0, 1.0, 3.0]))
    assert better_round(None, first) is first
    assert better_round(first, second) is second
    assert better_round(second, third) is second
    assert better_round(second, Round(3, policy, {})).index == 3


@pytest.mark.slow
def test_bfloat16_trains_as_float32_does() -> None:
    demos = stripes(200)
    policy = bc.make_policy(PILOT, demos, np.random.default_rng(0))
    batch = Batch(demos.images[:32], demos.curvature_per_m[:32])
    single = bc.batch_loss(policy, batch)
    with autocast(policy.device, bf16=True):
        half = bc.batch_loss(replace(policy, precision="bf16"), batch)
    assert float(half.detach()) == pytest.approx(float(single.detach()), rel=0.01)
    config = replace(SMALL, num_steps=150, learning_rate=2e-3, shift_rotate=None)
    unseen = stripes(100, seed=1)
    steer = [
        bc.fit(replace(config, precision=p), demos, np.random.default_rng(0)).predict(unseen.images)
        for p in ("fp32", "bf16")
    ]
    assert np.sqrt(np.mean((steer[0] - steer[1]) ** 2)) < 0.3 * np.std(unseen.curvature_per_m)


def test_learning_rate_rises_then_falls_to_nothing() -> None:
    config = bc.Config(num_steps=200, learning_rate=1.0, warmup_share=0.05)
    rates = np.array([config.learning_rate_at(step) for step in range(200)])
    assert rates.argmax() in (9, 10)
    assert rates.max() == pytest.approx(1.0)
    assert (np.diff(rates[:10]) > 0).all()
    assert (np.diff(rates[10:]) < 0).all()
    assert rates[-1] < 1e-3


def test_torchs_own_generator_is_left_alone() -> None:
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    bc.fit(SMALL, stripes(), np.random.default_rng(0))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_another_process_can_be_given_the_work() -> None:
    config, demos, rng = pickle.loads(pickle.dumps((SMALL, stripes(), np.random.default_rng(5))))
    assert torch.equal(weights(bc.fit(config, demos, rng)), fit_weights(SMALL))


def test_what_cannot_be_learnt_from_is_refused() -> None:
    with pytest.raises(InputError, match="no frames to learn from"):
        bc.fit(SMALL, stripes().rows(slice(0, 0)), np.random.default_rng(0))
    with pytest.raises(InputError, match="camera is not known"):
        bc.fit(SMALL, replace(stripes(), camera=None), np.random.default_rng(0))
    with pytest.raises(InputError, match="network 'vgg' is unknown"):
        bc.fit(replace(SMALL, network="vgg"), stripes(), np.random.default_rng(0))
    for wrong in ({"num_steps": 0}, {"batch_size": -1}, {"validation_share": 1.0}, {"precision": "fp8"}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            replace(SMALL, **wrong)
    for wrong in ({"huber": 0.0}, {"acceleration_weight": -1.0}):
        with pytest.raises(InputError, match="huber must be positive or None"):
            replace(SMALL, **wrong)


@pytest.mark.parametrize(("spoilt_step", "num_good"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)])
def test_a_loss_that_is_no_number_stops_before_its_round(
    spoilt_step: int, num_good: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rate(config: bc.Config, step_idx: int) -> float:
        return math.inf if step_idx + 1 == spoilt_step else config.learning_rate

    monkeypatch.setattr(bc.Config, "learning_rate_at", rate)
    rounds = []
    with pytest.raises(DivergedError, match=f"training step {spoilt_step + 1} is nan") as raised:
        rounds.extend(bc.train(SMALL, ImitationTask(stripes()), np.random.default_rng(0)))
    assert len(rounds) == num_good and all(weights(done.policy).isfinite().all() for done in rounds)
    assert "\n" not in str(raised.value)


def test_photometric_jitter_can_be_left_out() -> None:
    demos = stripes(16)
    config = replace(SMALL, shift_rotate=None, photometric=None, num_steps=1)
    ((images, _),), _ = batches(config, demos)
    assert sorted(map(bytes, images)) == sorted(map(bytes, demos.images))
    jittered, _ = batches(replace(config, photometric=Photometric()), demos)
    assert not np.array_equal(jittered[0][0], images)
