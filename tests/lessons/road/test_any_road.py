from dataclasses import asdict

import numpy as np
import pytest

from drive_sim.evaluate.strict_count import at_crossing
from drive_sim.lessons.road.any_road import LAPS, Config, learn_and_drive, tightest_per_m
from drive_sim.lessons.road.any_road import test_suites as suites_of
from drive_sim.lessons.road.any_road_page import ASKED
from drive_sim.lessons.road.any_road_recipes import ARMS, Recipe
from drive_sim.sim.domain_randomisation import RoadDistribution, draw_road
from drive_sim.sim.track import Tracks
from tests.lessons.road.small_road import ANY_ROAD

CONFIG = ANY_ROAD.config
WIDTHS = {"width_m", "changing_share", "flaring_share"}


def changed(name: str) -> set[str]:
    """The fields in which a recipe differs from the whole one; widths are one ingredient."""
    whole, recipe = asdict(Recipe()), asdict(ARMS[name])
    fields = {field for field in whole if whole[field] != recipe[field]}
    return fields - WIDTHS | ({"widths"} if fields & WIDTHS else set())


def test_each_recipe_misses_one_ingredient_and_the_last_one_all():
    assert changed("any-road") == set()
    assert all(len(changed(name)) == 1 for name in ARMS if name not in ("any-road", "first-drive"))
    assert changed("first-drive") == {"view_deg", "radius_m", "loop_share", "widths", "num_rounds", "all_speeds"}
    assert {name for name, *_ in ASKED} < set(ARMS)


def test_a_recipe_s_camera_sees_as_wide_as_it_says():
    camera = Recipe(view_deg=115.0).camera
    assert np.degrees(2.0 * np.arctan(0.5 * camera.width_px / camera.focal_px)) == pytest.approx(115.0)


@pytest.mark.slow  # torch loads
def test_all_recipes_have_as_many_labels_and_steps():
    from drive_sim.lessons.road.any_road import settings

    for recipe in ARMS.values():
        of = settings(Config(), recipe)
        assert of.num_rounds * of.roads_per_round * of.ticks_per_round == Config().num_labels
        assert of.fit.num_steps + (of.num_rounds - 1) * of.steps_last == Config().num_steps
        assert of.steps_later == of.steps_last


def test_what_the_driver_that_ships_was_taught_later_changes_no_recipe():
    from drive_sim.lessons.road.any_road import settings

    of = settings(Config(), ARMS["any-road"])
    assert (of.cars_per_road, of.keep_every, of.tight_share, of.crossing_share, of.shoulder_m) == (1, 1, 0.0, 0.0, None)
    assert (of.least_lookahead_m, of.fit.huber, of.fit.acceleration_weight) == (3.0, None, 1.0)
    assert of.fit.shift_rotate is not None
    assert of.fit.shift_rotate.law == "pursuit"


def test_roads_that_flare_flare_and_those_that_cross_are_driven_over_their_crossing():
    suites = suites_of(Config(num_drawn_roads=3, num_suite_roads=30))
    assert tuple(suites) == LAPS
    assert all(track.lines == "none" for suite in suites.values() for track in suite.tracks.tracks)
    flaring, crossing = suites["flaring"].tracks.tracks, suites["crossing"]
    assert all(np.ptp(track.width_left_m) > 0.5 or track.width_left_m[0] > 7.0 for track in flaring)
    s_m = np.linspace(0.0, crossing.distance_m, 400)[:, None].repeat(3, axis=1)
    assert (at_crossing(crossing.tracks, s_m).sum(axis=0) > 0).all()


def test_what_is_counted_by_bend_adds_up_to_what_is_counted_by_road():
    laps = learn_and_drive(CONFIG, "expert", 0, lambda *_: None).laps
    for lap in LAPS:
        driven = laps[lap]
        np.testing.assert_allclose(driven.interventions_by_bend.sum(axis=1), driven.interventions)
        np.testing.assert_allclose(driven.km_by_bend.sum(axis=1), driven.km)
        assert (driven.km >= 0.005).all()


def test_a_place_belongs_to_the_tightest_bend_near_it():
    track = draw_road(np.random.default_rng(1), RoadDistribution(), 200.0)
    tightest, curvature = tightest_per_m(Tracks.stack([track])), np.abs(track.curvature_per_m)
    assert (tightest >= curvature).all()
    peak = int(curvature.argmax())
    reach = round(10.0 / track.spacing_m)
    assert np.all(tightest[max(peak - reach, 0) : peak + reach + 1] == curvature[peak])
