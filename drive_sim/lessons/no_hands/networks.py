"""Networks that learn from thirty seconds of demonstration, and travel from part to part as a model's files."""

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from drive_sim.learn.base import ImitationTask
from drive_sim.lessons import kit
from drive_sim.lessons.kit.demonstration import demonstrate
from drive_sim.policies.base import Policy
from drive_sim.sim.conditions import Conditions


@dataclass(frozen=True, slots=True)
class Network:
    """What "plain" or "shift-rotate" has learned from a seed's demonstration."""

    method: str
    seed: int
    num_labels: int
    error_per_m: float
    learning_cpu_s: float
    model: kit.Attachments

    @property
    def model_name(self) -> str:
        """The folder of its model, below that of the lesson."""
        return f"models/{self.method}-seed-{self.seed}"


def learn(method: str, seed: int, conditions: Conditions, num_steps: int | None, report: kit.Report) -> Network:
    """A part: train a network on a seed's demonstration."""
    from drive_sim.policies.model_folder import save_model  # noqa: PLC0415 - torch loads only where a network learns

    start_s = time.process_time()
    demos, config = demonstrate(seed, conditions), kit.training_config(method, num_steps)
    trained = kit.train_with_progress(config, ImitationTask(demos), kit.training_rng(seed), report)
    learning_cpu_s = time.process_time() - start_s
    metrics = {"seed": seed, "num_labels": len(demos), "error_per_m": trained.error_per_m}
    with TemporaryDirectory() as folder:
        save_model(Path(folder), trained.policy, config, metrics | {"learning_cpu_s": learning_cpu_s})
        model = kit.Attachments.read(Path(folder))
    return Network(method, seed, len(demos), trained.error_per_m, learning_cpu_s, model)


def load(model: kit.Attachments) -> Policy:
    """A network to drive on one thread of the processor."""
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415 - torch loads only where a network drives
    from drive_sim.policies.model_folder import load_model  # noqa: PLC0415

    use_one_thread()
    with TemporaryDirectory() as folder:
        model.write(Path(folder))
        return load_model(Path(folder))
