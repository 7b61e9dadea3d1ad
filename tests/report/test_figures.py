import numpy as np
import pytest
from matplotlib.figure import Figure

from drive_sim.evaluate import EvalReport
from drive_sim.lessons.first_drive import first_drive_figures as figures
from drive_sim.lessons.first_drive import road_map_figures as maps
from drive_sim.lessons.first_drive.learner import Learned
from drive_sim.report import style
from drive_sim.report.road_lines import LIMIT_M, make_road_lines
from drive_sim.report.stretch import choose_stretch
from drive_sim.sim.road_generator import make_circle
from drive_sim.sim.suites import Suite


def drawn(reports: dict[str, EvalReport], suite: Suite) -> dict[str, Figure]:
    stretch = choose_stretch(reports, "plain", length_s=5.0)
    learned = Learned({}, (1, 2, 3), (0.3, 0.2, 0.1), None, 1.0)
    return {
        "roads": maps.plot_all_roads(suite.tracks.tracks, reports),
        "stretch": maps.plot_stretch(suite.tracks.tracks[stretch.road], reports, stretch.road, stretch.ticks),
        "offsets": figures.plot_offsets(reports, stretch.road, (1.0, 3.0)),
        "interventions": figures.plot_interventions(reports),
        "densities": figures.plot_densities({name: r.offset_m.ravel() for name, r in reports.items()}, reports),
        "training": figures.plot_training(dict.fromkeys(reports, learned)),
        "survival": figures.plot_survival(reports),
    }


def test_every_figure_becomes_one_element_of_a_page(reports: dict[str, EvalReport], suite: Suite):
    """Nothing outside is referred to, every reference meets its one target, and colours follow the page's theme."""
    for name, figure in drawn(reports, suite).items():
        svg = style.svg_text(figure, name)
        assert svg.startswith("<svg viewBox=")
        assert svg.endswith("</svg>")
        assert "http" not in svg
        assert "<style" not in svg
        assert "var(--ink" in svg or "var(--faint" in svg
        targets = [part.split('"')[0] for part in svg.split(' id="')[1:]]
        asked = {part.split('"')[0] for part in svg.split('href="#')[1:]}
        asked |= {part.split(")")[0] for part in svg.split("url(#")[1:]}
        assert asked <= set(targets)
        assert len(targets) == len(set(targets))


def test_the_same_figure_is_the_same_text(reports: dict[str, EvalReport]):
    first, second = (style.svg_text(figures.plot_survival(reports), "a") for _ in range(2))
    assert first == second
    assert first != style.svg_text(figures.plot_survival(reports), "b")


def test_a_road_lasts_until_its_first_intervention(reports: dict[str, EvalReport]):
    report = reports["plain"]
    first_m = report.first_intervention_m
    for road in range(len(report.track_names)):
        tick = int(report.intervened[:, road].argmax())
        assert first_m[road] == report.driven_m[tick, road]
    assert np.isinf(reports["shift-rotate"].first_intervention_m).all()


def test_road_lines_lie_where_they_should():
    """On a circle to the left, the edges and limits are circles; beyond the start the lines go on."""
    lines = make_road_lines(make_circle(30.0, half_width_m=2.0), -10.0, 200.0)
    for line, radius_m in ((lines.left, 28.0), (lines.right, 32.0), (lines.limit_left, 30.0 - LIMIT_M)):
        np.testing.assert_allclose(np.hypot(*line.T), radius_m, atol=1e-6)
    part = lines.between(20.0, 40.0)
    assert part.from_s_m == pytest.approx(20.0, abs=lines.step_m)
    np.testing.assert_array_equal(part.lane, lines.lane[30:51])
