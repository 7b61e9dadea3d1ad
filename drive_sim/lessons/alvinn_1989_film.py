"""The film of ALVINN's hidden units as they learn: both kinds of road side by side, from the first weights on."""

from itertools import chain, repeat
from pathlib import Path

import numpy as np

from drive_sim.lessons import alvinn_1989_network as network
from drive_sim.lessons import cells as part_store
from drive_sim.lessons.alvinn_1989 import METHODS, Config
from drive_sim.lessons.alvinn_1989_filters import TOLERANCE_UNITS, units_away
from drive_sim.lessons.kit.progress import Progress

FRAMES_A_SECOND = 6
_HELD_FRAMES = 18
"""The last epoch stays in sight so long."""


def make_film(config: Config, path: Path) -> part_store.Work:
    """Learn with the first seed once more, to the bit, and film each epoch's weights into a new file."""
    from drive_sim.report.hidden_film import Learning, draw_frame  # noqa: PLC0415 - Pillow and codec load late
    from drive_sim.report.video import write_film  # noqa: PLC0415

    seen: dict[str, Learning] = {}
    for number, method in enumerate(METHODS):
        novel = network.novel_pictures(config, method)
        weights, well = [], []
        for latest in network.rounds(config, method, config.seed):
            weights.append(latest.policy.network.hidden_weights)
            away = units_away(latest.policy, novel.images, novel.curvature_per_m)
            well.append(100.0 * float((away <= TOLERANCE_UNITS).mean()))
            share = (number + latest.index / config.num_epochs) / len(METHODS)
            yield Progress("film", 0.8 * share, f"{method}, epoch {latest.index}")
        seen[method] = Learning(np.stack(weights), np.array(well))
    if not path.exists():  # whole, of a run that was stopped before it was noted
        last = config.num_epochs
        epochs = chain(range(last), repeat(last, _HELD_FRAMES))
        write_film(path, (draw_frame(seen, epoch) for epoch in epochs), FRAMES_A_SECOND)
    return {"file": path.name, "seed": config.seed, "num_epochs": config.num_epochs}
