import numpy as np
import pytest

from drive_sim.evaluate.intervals import Estimate
from drive_sim.report import plots
from drive_sim.report.numbers import rate, signed
from drive_sim.report.style import LOOKS


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0"), (24.3, "24"), (3.46, "3.5"), (0.346, "0.35"), (0.0123, "0.012"), (None, "–")]
)
def test_a_rate_has_as_many_digits_as_say_something(value: float | None, text: str):
    assert rate(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(-0.04, 1, "0.0"), (0.04, 1, "0.0"), (-0.06, 1, "−0.1"), (12.3, 0, "+12"), (-10, 0, "−10")],
)
def test_what_is_rounded_to_nothing_has_no_sign(value: float, digits: int, text: str):
    assert signed(value, digits) == text


def test_a_curve_of_estimates_reaches_from_bound_to_bound_and_nowhere_where_there_is_none():
    estimates = [Estimate(2.0, 1.0, 4.0, ""), Estimate(3.0, None, None, "")]
    curve = plots.Curve.of_estimates([10, 20], [[2.0, 3.0]], estimates)
    np.testing.assert_array_equal(curve.means, [2.0, 3.0])
    np.testing.assert_array_equal(curve.error, [[1.0, 0.0], [2.0, 0.0]])


def test_pictures_stand_row_by_row_each_under_its_label():
    pictures = list(np.zeros((3, 30, 32, 3), dtype=np.uint8))
    figure = plots.plot_pictures(pictures, ["a", "b", "c"], num_columns=2)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", "c", ""]
    assert [len(axes.images) for axes in figure.axes] == [1, 1, 1, 0]


def test_lines_that_lie_on_each_other_are_told_apart_by_dashes_too():
    assert len({LOOKS[name].dashes for name in ("expert", "dagger", "shift-rotate")}) == 3
    with plots.panels(4.0, 3.0) as (_, (axes,)):
        plots.draw_curves(axes, {name: plots.Curve([1, 2], [[0.1, 0.2]]) for name in ("dagger", "shift-rotate")})
    _, dashed, _, solid = axes.lines
    assert dashed.is_dashed()
    assert not solid.is_dashed()
    assert dashed.get_zorder() > solid.get_zorder()
