"""Films of failures: what a driver did before it needed help, and the expert on the same stretch beside it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from drive_sim.evaluate.eval_report import EvalReport
from drive_sim.evaluate.failures import Failure
from drive_sim.report.film import Captions, film_frames
from drive_sim.report.stretch import Stretch, Take, make_take
from drive_sim.report.video import write_film
from drive_sim.sim.camera import Camera
from drive_sim.sim.suites import Suite

FPS = 20
BEFORE_S, AFTER_S = 5.0, 2.0
APART_S = BEFORE_S + AFTER_S
"""Of failures on one road so near to each other in time one film is enough."""


def chosen_failures(found: Sequence[Failure], control_hz: float, most: int) -> list[Failure]:
    """The first of those that are apart, at most so many: a rule fixed before anybody has looked."""
    chosen: list[Failure] = []
    for failure in found:
        last = chosen[-1] if chosen else None
        if last is None or last.road_idx != failure.road_idx or failure.tick - last.tick > APART_S * control_hz:
            chosen.append(failure)
    return chosen[:most]


def one_a_road(found: Sequence[Failure], control_hz: float, most: int) -> list[Failure]:
    """The first of each road, then the second of each, and so on, at most so many: as fixed a rule as the other."""
    apart, rank = chosen_failures(found, control_hz, len(found)), Counter[int]()
    ranked: list[tuple[int, int, Failure]] = []
    for number, failure in enumerate(apart):
        ranked.append((rank[failure.road_idx], number, failure))
        rank[failure.road_idx] += 1
    return [failure for *_, failure in sorted(ranked, key=lambda entry: entry[:2])[:most]]


def film_failures(
    name: str,
    report: EvalReport,
    expert: EvalReport,
    suite: Suite,
    camera: Camera,
    found: Sequence[Failure],
    folder: Path,
) -> Iterator[Path]:
    """A film each, as it is written: `folder/01-ROAD.mp4`. `expert` is the expert's report on the same suite."""
    for number, failure in enumerate(found, start=1):
        letters = "".join(letter if letter.isalnum() else "-" for letter in failure.road)
        path = folder / f"{number:02}-{letters}-{failure.s_m:.0f}m.mp4"
        track, scene = suite.tracks.tracks[failure.road_idx], suite.scenes.scenes[failure.road_idx]
        takes = takes_of(report, expert, suite, failure)
        rule = f"{name} {failure.where}, {failure.s_m:.0f} m along {failure.road}: {abs(failure.offset_m):.1f} m off"
        details = f"at {3.6 * failure.speed_mps:.0f} km/h; from {BEFORE_S:.0f} s before; the expert at the same place"
        write_film(path, film_frames(track, scene, camera, takes, Captions(rule, details), fps=FPS), FPS)
        yield path


def takes_of(report: EvalReport, expert: EvalReport, suite: Suite, failure: Failure) -> list[Take]:
    """The driver's seconds around the failure, and the expert's around the time when it had driven as far.

    Both are at that place in the same frame. Where the expert has fewer seconds it stands at its first place before,
    and at its last one after.
    """
    road, driven_m = failure.road_idx, report.driven_m[failure.tick, failure.road_idx]
    moment = int(np.nanargmin(np.abs(expert.driven_m[:, road] - driven_m)))
    driver, before = _take("driver", report, suite, failure, failure.tick)
    other, other_before = _take("expert", expert, suite, failure, moment)
    return [_aligned(driver, 0, len(driver.poses)), _aligned(other, before - other_before, len(driver.poses))]


def _take(name: str, report: EvalReport, suite: Suite, failure: Failure, moment: int) -> tuple[Take, int]:
    """The seconds around a tick, and how many frames of them come before it."""
    rate_hz, road = report.config.control_hz, failure.road_idx
    num_driven = int(np.isfinite(report.offset_m[:, road]).sum())
    end = min(num_driven, moment + round(AFTER_S * rate_hz))
    start = min(max(0, moment - round(BEFORE_S * rate_hz)), max(end - 2, 0))
    take = make_take(name, report, suite.tracks.tracks[road], Stretch(road, slice(start, end), failure.where), FPS)
    return take, round((moment - start) * FPS / rate_hz)


def _aligned(take: Take, late: int, num_frames: int) -> Take:
    """So many frames, from `-late` on, its first and last ones held beyond; what was before them is not counted."""
    shown = np.clip(np.arange(num_frames) - late, 0, len(take.poses) - 1)
    counted = take.put_back[shown] - take.put_back[shown[0]]
    return Take(take.name, take.poses[shown], take.s_m[shown], take.offset_m[shown], counted)
