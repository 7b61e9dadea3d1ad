"""Networks that learn from thirty seconds at the wheel, kept as models in the lesson's folder."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from drive_sim.lessons import cells as part_store
from drive_sim.lessons import thirty_seconds
from drive_sim.sim.conditions import Conditions

if TYPE_CHECKING:
    from drive_sim.policies.model_kinds import SavedPolicy


def learn(folder: Path, name: str, seed: int, conditions: Conditions, num_steps: int | None) -> part_store.Work:
    """Train "plain" or "shift-rotate" on a seed's demonstration and keep the model in the lesson's folder.

    A model that is there already is whole, and was trained by the same seed: it is kept.
    """
    from drive_sim.lessons.cloning import training_config  # noqa: PLC0415 - torch loads only where a network learns
    from drive_sim.policies.model_folder import METRICS, save_model  # noqa: PLC0415

    where = model_folder(folder, name, seed)
    if not where.is_dir():
        start_s = time.process_time()
        demos, config = thirty_seconds.demonstrate(seed, conditions), training_config(name, num_steps)
        policy, error_per_m = yield from thirty_seconds.learn(name, config, demos, seed)
        metrics = {"seed": seed, "num_labels": len(demos), "error_per_m": error_per_m}
        save_model(where, policy, config, metrics | {"learning_cpu_s": time.process_time() - start_s})
    metrics = json.loads((where / METRICS).read_text(encoding="utf-8"))
    return {"method": name, **metrics}


def load(folder: Path, name: str, seed: int) -> "SavedPolicy":
    """The model that `learn` kept, to drive on one thread of the processor."""
    from drive_sim.policies.compute import use_one_thread  # noqa: PLC0415
    from drive_sim.policies.model_folder import load_model  # noqa: PLC0415

    use_one_thread()
    return load_model(model_folder(folder, name, seed))


def model_folder(folder: Path, name: str, seed: int) -> Path:
    """Where in the lesson's folder a seed's network lies."""
    return folder / "models" / f"{name}-seed-{seed}"
