from dataclasses import replace

import numpy as np
import pytest

from drive_sim.evaluate import EvalReport
from drive_sim.report.stretch import choose_stretch, make_take
from drive_sim.sim.suites import Suite


def test_the_stretch_is_around_the_first_intervention(reports: dict[str, EvalReport]):
    stretch = choose_stretch(reports, "plain", length_s=6.0, lead_s=1.0)
    report = reports["plain"]
    assert report.intervened[:, stretch.road].any()
    assert report.intervened[:30, : stretch.road].any(axis=0).all(), "before it there are 3 s on none of the others"
    first = int(report.intervened[:, stretch.road].argmax())
    assert stretch.ticks.start == max(0, first - 10)
    assert stretch.ticks.stop - stretch.ticks.start == 60


def with_interventions(report: EvalReport, *places: tuple[int, int]) -> EvalReport:
    """A report with interventions at these ticks and roads only."""
    intervened = np.zeros_like(report.intervened)
    intervened[tuple(np.transpose(places))] = True
    return replace(report, intervened=intervened)


@pytest.mark.parametrize(
    ("places", "road"),
    [
        ([(0, 0), (60, 1)], 1),
        ([(60, 0), (60, 1)], 0),
        ([(-1, 0), (60, 1)], 1),
        ([(5, 0), (12, 1)], 1),
        ([(5, 0)], 0),
        ([(-8, 1)], 1),
    ],
    ids=str,
)
@pytest.mark.parametrize("length_s", [1.0, 6.0, 20.0])
def test_the_film_shows_an_intervention_wherever_it_was(
    reports: dict[str, EvalReport], suite: Suite, places: list[tuple[int, int]], road: int, length_s: float
):
    """Some seconds before and after it where the drives have them: in the film it is seen that a car is put back."""
    calm = reports["shift-rotate"]
    num_ticks = np.isfinite(calm.offset_m).sum(axis=0)
    report = with_interventions(calm, *((tick if tick >= 0 else num_ticks[of] - 1 + tick, of) for tick, of in places))
    stretch = choose_stretch({"plain": report, "shift-rotate": calm}, "plain", length_s)
    assert stretch.road == road
    moment = int(report.intervened[:, road].argmax())
    assert moment - stretch.ticks.start >= min(moment, 30, round(5 * length_s))
    assert stretch.ticks.stop - moment >= min(num_ticks[road] - moment, 30, round(5 * length_s))
    assert make_take("plain", report, suite.tracks.tracks[road], stretch, fps=20).put_back[-1] == 1


def test_an_intervention_that_no_film_can_show_leaves_the_largest_offset(reports: dict[str, EvalReport]):
    calm = reports["shift-rotate"]
    last = np.isfinite(calm.offset_m).sum(axis=0)[0] - 1
    stretch = choose_stretch({"plain": with_interventions(calm, (last, 0))}, "plain", 4.0)
    assert "none that can be shown" in stretch.rule
    assert stretch.ticks.stop <= np.isfinite(calm.offset_m).sum(axis=0)[stretch.road]


def test_where_nothing_happened_it_is_around_the_largest_offset(reports: dict[str, EvalReport]):
    calm = reports["shift-rotate"]
    stretch = choose_stretch({"plain": calm}, "plain", length_s=4.0)
    tick, road = np.unravel_index(np.nanargmax(np.abs(calm.offset_m)), calm.offset_m.shape)
    assert stretch.road == road
    assert stretch.ticks.start <= tick < stretch.ticks.stop


def test_a_stretch_stays_within_all_drives(reports: dict[str, EvalReport]):
    stretch = choose_stretch(reports, "plain", length_s=1000.0)
    for report in reports.values():
        assert np.isfinite(report.offset_m[stretch.ticks, stretch.road]).all()


def test_a_take_passes_through_every_tick(reports: dict[str, EvalReport], suite: Suite):
    """At the frames that fall on ticks, the car is where it was; after a put-back, on its lane."""
    report = reports["plain"]
    stretch = choose_stretch(reports, "plain", length_s=8.0, lead_s=2.0)
    track = suite.tracks.tracks[stretch.road]
    take = make_take("plain", report, track, stretch, fps=20)
    at_ticks = slice(0, None, 2)
    out = report.intervened[stretch.ticks, stretch.road][:-1]
    x_m = report.x_m[stretch.ticks, stretch.road][:-1]
    assert out.any()
    np.testing.assert_allclose(take.poses[at_ticks, 0][~out], x_m[~out], atol=1e-9)
    np.testing.assert_allclose(take.offset_m[at_ticks][out], 0.0, atol=1e-9)
    assert take.put_back[-1] == report.intervened[: stretch.ticks.stop - 1, stretch.road].sum()


def test_a_take_moves_smoothly(reports: dict[str, EvalReport], suite: Suite):
    """No frame moves the car further than its speed allows, except where it is put back; headings never spin."""
    stretch = choose_stretch(reports, "plain", length_s=8.0, lead_s=2.0)
    take = make_take("plain", reports["plain"], suite.tracks.tracks[stretch.road], stretch, fps=30)
    moved_m = np.hypot(*np.diff(take.poses[:, :2], axis=0).T)
    driving = np.diff(take.put_back) == 0
    speed_mps = reports["plain"].config.vehicle.cruise_mps
    assert moved_m[driving].max() < 1.3 * speed_mps / 30
    assert np.abs(np.diff(take.poses[:, 2]))[driving].max() < 0.2


@pytest.mark.parametrize("wraps", [0.0, 2.0 * np.pi])
def test_whole_turns_of_the_heading_do_not_matter(reports: dict[str, EvalReport], suite: Suite, wraps: float):
    stretch = choose_stretch(reports, "plain", length_s=4.0)
    report = reports["shift-rotate"]
    turned = replace(report, heading_rad=report.heading_rad + wraps * (np.arange(len(report.heading_rad)) % 2)[:, None])
    takes = [make_take("plain", r, suite.tracks.tracks[stretch.road], stretch, fps=20) for r in (report, turned)]
    np.testing.assert_allclose(takes[0].poses[:, :2], takes[1].poses[:, :2], atol=1e-9)
