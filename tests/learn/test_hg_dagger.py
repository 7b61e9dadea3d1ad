"""HG-DAgger: what people drove is gathered, what the policy drove is not, and learning goes on from the weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.recording import EpisodeInfo, RecordingWriter, Row, load_recording
from drive_sim.errors import InputError
from drive_sim.learn import bc, hg_dagger
from drive_sim.learn.base import ImitationTask
from drive_sim.sim.camera import Camera

CAMERA = Camera()
SHORT = bc.Config(num_steps=3, batch_size=4, shift_rotate=None)
HUMAN_PER_M, EXPERT_PER_M, POLICY_PER_M = 0.01, 0.02, -0.05


def record(folder: Path, drivers: str) -> Path:
    """One row a letter: "h"uman (having taken over), "e"xpert, "p"olicy."""
    names = {"h": ("human", HUMAN_PER_M), "e": ("expert", EXPERT_PER_M), "p": ("policy", POLICY_PER_M)}
    with RecordingWriter(folder, EpisodeInfo(CAMERA)) as writer:
        for tick, letter in enumerate(drivers):
            driver, command_per_m = names[letter]
            image = np.full((CAMERA.height_px, CAMERA.width_px, 3), tick, np.uint8)
            writer.append(
                Row(
                    tick,
                    tick / 10,
                    image,
                    command_per_m,
                    0.0,
                    12.0,
                    0.0,
                    0.0,
                    0.0,
                    driver,
                    intervention=letter == "h",
                    expert_curvature_per_m=EXPERT_PER_M,
                )
            )
    return folder


@pytest.fixture
def demos() -> Demonstrations:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (12, CAMERA.height_px, CAMERA.width_px, 3), dtype=np.uint8)
    return Demonstrations(images, rng.normal(0.0, 0.02, 12), np.full(12, 12.0), CAMERA)


def weights(policy: bc.NeuralPolicy) -> list[np.ndarray]:
    return [tensor.detach().cpu().numpy().copy() for tensor in policy.network.state_dict().values()]


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_only_what_people_and_the_expert_drove_is_learned_from(tmp_path: Path) -> None:
    recordings = [load_recording(record(tmp_path / str(i), rows)) for i, rows in enumerate(("eeee", "pphhhpphp"))]
    demos = hg_dagger.aggregated(recordings)
    assert demos.curvature_per_m.tolist() == 4 * [EXPERT_PER_M] + 4 * [HUMAN_PER_M]
    assert demos.expert_curvature_per_m is not None
    assert set(demos.expert_curvature_per_m) == {EXPERT_PER_M}, "the expert's command lies beside the person's"
    assert hg_dagger.taken_over(recordings) == 4


def test_a_drive_without_a_person_teaches_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing was driven by hand"):
        hg_dagger.aggregated([load_recording(record(tmp_path / "0", "ppp"))])


def test_learning_goes_on_from_the_weights_and_leaves_the_old_policy_alone(demos: Demonstrations) -> None:
    start = bc.fit(SHORT, demos, np.random.default_rng(0))
    before = weights(start)
    still = replace(hg_dagger.retraining_of(SHORT, 1), learning_rate=1e-12, weight_decay=0.0)
    barely = bc.fit(still, demos, np.random.default_rng(1))
    (latest,) = hg_dagger.train(still, ImitationTask(demos), np.random.default_rng(1), start=start)
    assert same(weights(start), before)
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(weights(latest.policy), before, strict=True))
    assert not same(weights(barely), weights(latest.policy))


def test_retraining_lowers_the_error_on_what_the_person_drove(demos: Demonstrations) -> None:
    start = bc.fit(SHORT, demos, np.random.default_rng(0))
    config = replace(hg_dagger.retraining_of(SHORT, 60), photometric=None)
    (*_, latest) = hg_dagger.train(config, ImitationTask(demos), np.random.default_rng(1), start=start)
    assert bc.mean_loss(latest.policy, demos) < bc.mean_loss(start, demos)


def test_another_camera_is_refused(demos: Demonstrations) -> None:
    start = bc.fit(SHORT, demos, np.random.default_rng(0))
    other = replace(demos, camera=Camera(height_m=2.0))
    with pytest.raises(InputError, match="camera is not the network's"):
        next(bc.train(SHORT, ImitationTask(other), np.random.default_rng(0), start=start))


def test_without_demonstrations_it_says_so(demos: Demonstrations) -> None:
    start = bc.fit(SHORT, demos, np.random.default_rng(0))
    with pytest.raises(InputError, match="hg-dagger needs demonstrations"):
        hg_dagger.train(SHORT, ImitationTask(), np.random.default_rng(0), start=start)


def test_the_short_schedule_changes_nothing_but_length_and_rate() -> None:
    config = bc.Config()
    short = hg_dagger.retraining_of(config)
    assert (short.num_steps, short.learning_rate) == (hg_dagger.RETRAINING_STEPS, hg_dagger.RETRAINING_RATE)
    assert replace(short, num_steps=config.num_steps, learning_rate=config.learning_rate) == config
