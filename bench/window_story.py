"""From nothing to letting go of the wheel, in a real window, by pressed keys, for many seeds, and every one printed.

`python -m bench.window_story [--seeds 0-9] [--out DIR]`: a scripted key-presser drives 30 s and is recorded, presses T,
waits until both networks have learned, and presses L: the clock stops when the first network has the wheel. Then both
networks drive 2 km of an unseen road, another for each seed, in the batch code's closed loop and
the weather of the conditions.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.key_presser import ScriptedWindow
from bench.virtual_screen import Hands, virtual_screen
from drive_sim.app.display import Display
from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToDrive
from drive_sim.app.session import Session
from drive_sim.app.startup import make_screen, warm_up
from drive_sim.data.check_demonstrations import balance
from drive_sim.data.recording import load_recording
from drive_sim.evaluate import EvalConfig, evaluate
from drive_sim.policies.model_folder import load_model
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.scene import Scenes
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import Tracks

ROW = "{seed:>5} {wall:>9} {training:>10} {plain:>7} {twin:>13} {balance:>24} {frame:>14}"
HEAD = ROW.format(
    seed="seed",
    wall="wall s",
    training="training s",
    plain="plain",
    twin="shift-rotate",
    balance="left/straight/right, %",
    frame="99 % frame, ms",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.window_story", description=__doc__)
    parser.add_argument("--seeds", default="0-9", metavar="A-B", help="first and last seed (default: 0-9)")
    parser.add_argument("--out", type=Path, default=Path("runs") / time.strftime("window-story-%H%M%S"), metavar="DIR")
    parser.add_argument("--one", nargs=2, metavar=("SEED", "START"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        tell(int(chosen.one[0]), float(chosen.one[1]), chosen.out)
        return
    first, _, last = chosen.seeds.partition("-")
    print(HEAD, flush=True)
    rows = [told(seed, chosen.out / str(seed)) for seed in range(int(first), int(last or first) + 1)]
    twins, plains = [row["shift-rotate"] for row in rows], [row["plain"] for row in rows]
    print(
        f"shift-rotate: 0 in {twins.count(0)} of {len(rows)}; plain: at least one in "
        f"{sum(count > 0 for count in plains)} of {len(rows)}; wall clock at most "
        f"{max(row['wall_s'] for row in rows):.0f} s, median {statistics.median(row['wall_s'] for row in rows):.0f} s"
    )


def told(seed: int, folder: Path) -> dict[str, Any]:
    """One seed's row, from its folder where it is there already; else in a process of its own, from nothing."""
    file = folder / "row.json"
    if not file.exists():
        command = [sys.executable, "-m", "bench.window_story", "--one", str(seed), repr(time.time())]
        subprocess.run([*command, "--out", str(folder)], check=True)
    row = json.loads(file.read_text())
    shares = "/".join(f"{100.0 * row['balance'][name]:.0f}" for name in ("left", "straight", "right"))
    numbers = {name: row[name] for name in ("plain", "shift-rotate")}
    print(
        ROW.format(
            seed=seed,
            wall=f"{row['wall_s']:.1f}",
            training=f"{row['training_s']:.1f}",
            plain=numbers["plain"],
            twin=numbers["shift-rotate"],
            balance=shares,
            frame=f"{row['frame_99_ms']:.1f}",
        ),
        flush=True,
    )
    return row


def tell(seed: int, start_s: float, folder: Path) -> None:
    """Drive, train and let go in a window of its own; then count. `start_s` is when the process was started."""
    with virtual_screen():
        display = Display()

        hands, session = Hands(), Session(folder, seed, Roads(seed))
        warm_up(session)
        window = ScriptedWindow(session, make_screen, ToDrive(), display, hands)
        try:
            window.run()
        finally:
            hands.close()

    assert session.recording is not None
    row = {
        "wall_s": window.let_go_s - start_s,
        "training_s": window.let_go_s - window.trained_from_s,
        "frame_99_ms": 1000.0 * float(np.percentile(window.frame_s, 99)),
        "balance": asdict(balance(load_recording(session.recording).demonstrations())),
        **{name: interventions(model, seed) for name, model in session.models.items()},
    }
    (folder / "row.json").write_text(json.dumps(row))


def interventions(model: Path, seed: int) -> int:
    """In 2 km of the held-out suite's road of this number."""

    suite = make_suite("held-out", num_roads=1 + seed % CONDITIONS.num_roads)
    last = Tracks.stack(suite.tracks.tracks[-1:]), Scenes.stack(suite.scenes.scenes[-1:])
    one = replace(suite, tracks=last[0], scenes=last[1])
    report = evaluate(load_model(model), one, EvalConfig(vehicle=CONDITIONS.vehicle, seed=seed))
    return int(report.interventions.sum())


if __name__ == "__main__":
    main()
