"""Same seed, same bytes: in a process that compiles the kernels and in one that finds them on disk."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim.data import rollout
from drive_sim.data.recording import load_recording
from drive_sim.learn import bc
from drive_sim.learn.base import ImitationTask
from drive_sim.policies.expert import PursuitExpert
from drive_sim.sim.camera import Camera
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import Tracks


def main(folder: Path) -> None:
    """Record as long as the first drive does, on roads of the suite, learn a few steps from it, and write hashes."""
    suite = make_suite("held-out", conditions=CONDITIONS)
    for number, digest in enumerate(_recordings(suite.tracks, suite.scenes.scenes, folder)):
        sys.stdout.write(f"{number} {digest}\n")
    config = bc.Config(num_steps=12, steps_per_round=3)
    demos = load_recording(folder / "0").demonstrations()
    for latest in bc.train(config, ImitationTask(demos), np.random.default_rng(0)):
        weights = b"".join(value.numpy().tobytes() for value in latest.policy.network.state_dict().values())
        sys.stdout.write(f"{latest.metrics['loss']} {hashlib.sha256(weights).hexdigest()}\n")
    assert "torch._dynamo" not in sys.modules, "nothing is compiled by torch, whose compiler takes two seconds to load"


def _recordings(suite_tracks: Tracks, scenes: tuple[Scene, ...], folder: Path) -> Iterator[str]:
    for number in range(3):
        tracks, sky = Tracks.stack([suite_tracks.tracks[number]]), Scenes.stack([scenes[number]])
        env_config = EnvConfig(Camera(), CONDITIONS.vehicle, CONDITIONS.demonstration)
        env = DriveEnv(tracks, sky, env_config, np.random.default_rng(number))
        ticks = rollout.drive(env, PursuitExpert(tracks), 300, np.random.default_rng(number))
        # Somebody may commit between the two runs.
        info = replace(rollout.episode_info(env, seed=number), commit=None)
        for _ in rollout.record(ticks, folder / str(number), [info], "expert"):
            pass
        yield hashlib.sha256((folder / str(number) / "episode-000.arrow").read_bytes()).hexdigest()


ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_kernels_compiled_now_and_kernels_from_disk_give_the_same_bytes(tmp_path: Path):
    said = []
    for run in ("compiled now", "from disk"):
        env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
        command = [sys.executable, "-m", "tests.test_same_seed", str(tmp_path / run)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert len(said[0].splitlines()) == 3 + 4
    assert said[0] == said[1]


@pytest.mark.slow
def test_the_number_of_threads_changes_no_digit(tmp_path: Path) -> None:
    learn = ["train", "--method", "dagger", "--network", "linear", "--rounds", "2", "--out"]
    drive = ["evaluate", "pilotnet", "--track", "village-loop", "--distance", "0.1", "--json"]
    made = []
    for threads in ("1", "2"):
        env = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        folder = tmp_path / threads
        for arguments in ([*learn, str(folder)], [*drive, str(folder / "scores.json")]):
            command = [sys.executable, "run_sim.py", *arguments]
            done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        names = ("model-after-002/weights.safetensors", "round-002/drive/episode-000.arrow", "scores.json")
        made.append([hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names])
    assert made[0] == made[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
