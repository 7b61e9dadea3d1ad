"""Cases by number: the kinds, how a case of each is drawn, and how many of all are of it."""

from collections.abc import Callable, Sequence

import numpy as np

from tests.fuzz.cases import Case
from tests.fuzz.draw_arguments import draw_arguments
from tests.fuzz.draw_damage import Rng
from tests.fuzz.draw_foreign import draw_camera, draw_circuit, draw_log
from tests.fuzz.draw_formats import draw_lerobot, draw_minari, draw_npz, draw_tub
from tests.fuzz.draw_models import draw_model, draw_onnx, draw_resume
from tests.fuzz.draw_recordings import draw_recording

DRAWS: dict[str, tuple[Callable[[Rng], Case], int]] = {
    "recording": (draw_recording, 20),
    "log": (draw_log, 12),
    "circuit": (draw_circuit, 12),
    "camera": (draw_camera, 10),
    "model": (draw_model, 18),
    "onnx": (draw_onnx, 10),
    "resume": (draw_resume, 8),
    "arguments": (draw_arguments, 10),
    "tub": (draw_tub, 6),
    "lerobot": (draw_lerobot, 6),
    "minari": (draw_minari, 5),
    "npz": (draw_npz, 3),
}
"""How a case of each kind is drawn, and how often one is drawn beside the others."""


def draw_case(seed: int, number: int, kinds: Sequence[str] = tuple(DRAWS)) -> Case:
    """The case of that number: the same for the same seed, whatever other cases are drawn."""
    rng = np.random.default_rng([seed, number])
    shares = np.array([DRAWS[kind][1] for kind in kinds], dtype=np.float64)
    return DRAWS[kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]][0](rng)
