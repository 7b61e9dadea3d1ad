import numpy as np

from drive_sim.evaluate.intervals import Estimate
from drive_sim.lessons import kit
from drive_sim.lessons.road.cascading_errors import COSTS, MOST_OFF_M, QUICK, _some_of, seen_lane_errors
from drive_sim.lessons.road.cascading_errors_figures import plot_paths
from drive_sim.lessons.road.cascading_errors_page import PAGE
from drive_sim.lessons.road.cascading_errors_result import Cost, Driver, Result
from drive_sim.lessons.road.learners import DRIVERS, train
from drive_sim.sim.suites import make_suite
from tests.lessons.road.small_road import BUDGET

ABOVE = Estimate(1.4, 1.1, 1.7, "")


def made_of(ratio: Estimate, exponents: list[Estimate | None]) -> Result:
    """A result in which all drivers are alike."""
    cost = Cost(ABOVE, [1.4, 1.4], ABOVE, None, exponents, None)
    driver = Driver(dict.fromkeys(COSTS, cost), ABOVE, ABOVE, ABOVE, [1.4], ABOVE, kit.Effort(1, 1, 1, 1.0))
    return Result(dict.fromkeys(DRIVERS, driver), dict.fromkeys(COSTS, ratio), [82.3, 5.27], None)


def test_claims_are_not_met_by_themselves():
    flat, none = Estimate(1.0, 0.9, 1.1, ""), made_of(Estimate(9.9, 5.0, 20.0, ""), [ABOVE, None])
    assert not any(claim.met for claim in PAGE.claims(QUICK, made_of(Estimate(9.9, 5.0, 20.0, ""), [ABOVE, flat])))
    assert not PAGE.claims(QUICK, none)[0].met
    met = PAGE.claims(QUICK, made_of(Estimate(10.1, 5.0, np.inf, ""), [ABOVE, ABOVE]))
    assert [claim.met for claim in met] == [True, True, False]
    assert met[1].got == "10 (5.0 to ∞) times; seed by seed 82, 5.3"


def test_where_a_seed_has_too_little_to_fit_the_table_says_so():
    rows = {row.what: row for row in PAGE.rows(QUICK, made_of(ABOVE, [ABOVE, None]))}
    assert str(rows["exponent of T of what is beyond"].cells[1]) == "– (not in each seed)"
    of_seed = [str(rows[f"seed {seed}"].cells[1]) for seed in QUICK.seeds]
    assert of_seed == ["1.40 (1.10 to 1.70)", "– (too little to fit)"]


def test_shift_and_rotate_has_seen_lane_errors_where_nobody_was():
    trained = train(BUDGET, "shift-rotate", 1000, make_suite("train").tracks, lambda *_: None)
    alone, moved = (seen_lane_errors(trained, name, np.random.default_rng(0)) for name in ("clone", "shift-rotate"))
    assert alone is not None
    assert moved is not None
    assert np.abs(alone[:, 0]).max() < 0.5
    assert 1.0 < np.abs(moved[:, 0]).max() < 1.9
    # Most were not moved at all, or lie around where the car was.
    assert np.median(np.abs(moved[:, 0])) < 1.0


def test_what_is_far_out_is_put_onto_the_rim():
    put = _some_of(QUICK, np.array([[0.5, 0.1], [99.0, -3.0]]), np.random.default_rng(0))
    np.testing.assert_allclose(put[put[:, 0].argsort()], [[0.5, 0.1], [MOST_OFF_M, -np.radians(30.0)]], atol=1e-4)


def test_a_panel_of_paths_says_that_its_count_is_of_the_cars_drawn():
    paths_m = np.zeros((4, 6))
    paths_m[-1, :2] = 9.0
    figure = plot_paths({"clone": paths_m}, 2.2, 5)
    assert figure.axes[0].get_title() == "Cloning\n2 of the 6 cars drawn end off the road"
