"""The augmenter: what it costs a frame, and how true it is. What it costs training is in bench_learning."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from drive_sim.data.augment import Photometric, ShiftRotate, augment_batch, shift_rotate
from drive_sim.data.augment_truth import draw_views, label_truth, picture_truth
from drive_sim.data.calibrate import difference_ratio, fit_camera
from drive_sim.data.photometric import add_grain, draw_jitter
from drive_sim.data.udacity import load_udacity
from drive_sim.sim.camera import Camera
from drive_sim.sim.suites import make_suite

SHARED_DATA = Path(os.environ.get("DRIVE_SIM_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
UDACITY_LAP = SHARED_DATA / "udacity-lap"
BATCH = 64
NUM_ROUNDS = 60
NUM_PICTURES, NUM_LABELS = 200, 4000


def main() -> list[dict[str, object]]:
    """Rows: microseconds a frame of 66x200x3 on one core, then truth on the held-out suite."""
    return _costs() + _truths() + _somebody_elses_cameras()


def _costs() -> list[dict[str, object]]:
    camera = Camera()
    views = draw_views(make_suite("held-out"), BATCH, np.random.default_rng(0))
    images = picture_truth(views, camera).original
    out, curvature_per_m = np.empty_like(images), np.zeros(BATCH)
    shift_rng, photometric_rng = np.random.default_rng(1).spawn(2)
    jitter = draw_jitter(photometric_rng, BATCH, Photometric())

    def augment(config: ShiftRotate | None) -> None:
        augment_batch(
            images,
            curvature_per_m,
            camera,
            shift_rotate=config,
            photometric=Photometric(),
            shift_rng=shift_rng,
            photometric_rng=photometric_rng,
            out=out,
        )

    parts: dict[str, tuple[Callable[[], object], float | None]] = {
        "augment a frame, share 0.7, jitter": (lambda: augment(ShiftRotate()), 80.0),
        "jitter alone": (lambda: augment(None), None),
        "shift and rotate alone, every frame": (
            lambda: shift_rotate(images, camera, views.shift_m, views.turn_rad, out=out),
            None,
        ),
        "draw the jitter": (lambda: draw_jitter(photometric_rng, BATCH, Photometric()), None),
        "add the grain": (lambda: add_grain(out, jitter), None),
    }
    return [_row(what, _microseconds(part) / BATCH, "us/frame", bar) for what, (part, bar) in parts.items()]


def _truths() -> list[dict[str, object]]:
    suite, rows = make_suite("held-out"), []
    for what, texture in (("texture on", None), ("texture off", 0.0)):
        views = draw_views(suite, NUM_PICTURES, np.random.default_rng(0), texture_amplitude=texture)
        truth = picture_truth(views, Camera())
        rows.append(_row(f"picture, {what}: error / untransformed", truth.ratio, "", 0.25 if texture is None else None))
    views = draw_views(suite, NUM_LABELS, np.random.default_rng(1))
    for config, bars in ((ShiftRotate(), (2.0, 5.0)), (ShiftRotate(law="pomerleau"), (None, None))):
        truth = label_truth(views, config)
        for percentile, bar in zip((50, 95), bars, strict=True):
            rows.append(
                _row(f"label by {config.law}, percentile {percentile}", truth.percent(percentile), "% of largest", bar)
            )
    return rows


def _somebody_elses_cameras() -> list[dict[str, object]]:
    """Nothing where the Udacity lap does not lie beside the checkout."""
    if not UDACITY_LAP.is_dir():
        return []
    demos, _ = load_udacity(UDACITY_LAP)
    start_s = time.perf_counter()
    fit = fit_camera(demos)
    fitted_s = time.perf_counter() - start_s
    ratio = difference_ratio(fit, demos, slice(300, 800), num_frames=500)
    return [
        _row("Udacity: synthetic sides, rows 300-799, error / untransformed", ratio, "", 0.42),
        _row("Udacity: focal length at 320 px", fit.focal_px, "px"),
        _row("Udacity: pitch", float(np.degrees(fit.pitch_rad)), "degrees"),
        _row("Udacity: side cameras", fit.side_offset_in_heights, "heights"),
        _row("Udacity: time of the fit", fitted_s, "s", 60.0),
    ]


def _microseconds(part: Callable[[], object]) -> float:
    """Of the processor's time, which a busy machine lengthens less than the clock's."""
    part()
    times_s = []
    for _ in range(NUM_ROUNDS):
        start_s = time.thread_time()
        part()
        times_s.append(time.thread_time() - start_s)
    return 1e6 * median(times_s)


def _row(what: str, value: float, unit: str, bar: float | None = None) -> dict[str, object]:
    return {"what": what, "median": value, "unit": unit, "bar": bar}
