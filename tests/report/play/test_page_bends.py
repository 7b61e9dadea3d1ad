"""Tight roads in the page: nobody drives them faster than tyres hold, and a drive shows what is to be learned."""

import json

import pytest

from bench.chromium_tab import Tab
from drive_sim.report.play.page import page_tracks
from drive_sim.report.play.page_roads import ASIDE_MPS2, kept_speed_mps
from drive_sim.sim.conditions import CONDITIONS
from tests.browser import needs_browser

pytestmark = [needs_browser, pytest.mark.slow]
TIGHTEST_PER_M = {"alley": 0.087, "kart-track": 0.087, "hairpin-pass": 0.085, "serpentine": 0.066}


@pytest.mark.parametrize("name", list(page_tracks()))
def test_a_road_is_driven_as_fast_as_its_tightest_bend_lets(name: str):
    track = page_tracks()[name]
    lane_per_m = track.curvature_per_m / (1.0 - track.curvature_per_m * track.lane_offset_m)
    speed_mps, tightest_per_m = kept_speed_mps(track), abs(lane_per_m).max()
    assert (speed_mps - 0.1) ** 2 * tightest_per_m <= ASIDE_MPS2
    assert speed_mps == CONDITIONS.vehicle.cruise_mps or (speed_mps + 0.1) ** 2 * tightest_per_m >= ASIDE_MPS2


@pytest.mark.parametrize("name", list(TIGHTEST_PER_M))
def test_a_drive_begins_on_a_straight_and_sees_the_tightest_bends_to_both_sides(tab: Tab, name: str):
    found = tab.evaluate(
        f"""[1, 2, 3, 4, 5].map((seed) => {{
          const {{ road }} = carried.roads["{name}"](), lastM = road.lengthM - (road.closed ? 0 : 300);
          const first = Math.floor(drawnStart(road, makeRandom(seed), lastM) / road.spacingM);
          const length = Math.floor((20 * road.speedMps) / road.spacingM);
          const seen = Array.from({{ length }}, (_, i) => road.curvature[(first + i) % road.count]);
          return [Math.abs(seen[0]), Math.min(...seen), Math.max(...seen)];
        }})"""
    )
    for first_per_m, right_per_m, left_per_m in found:
        assert first_per_m < 0.005
        assert min(-right_per_m, left_per_m) > 0.9 * TIGHTEST_PER_M[name]


def test_a_drive_sees_where_a_road_widens(tab: Tab):
    widths_m = tab.evaluate(
        """[1, 2, 3].map((seed) => {
          const { road } = carried.roads["toll-plaza"](), length = Math.floor((20 * road.speedMps) / road.spacingM);
          const first = Math.floor(drawnStart(road, makeRandom(seed), road.lengthM) / road.spacingM);
          const seen = Array.from({ length }, (_, i) => road.left[(first + i) % road.count]);
          return Math.max(...seen) - Math.min(...seen);
        })"""
    )
    assert min(widths_m) > 4.5


@pytest.mark.parametrize(
    ("shown_per_m", "said"),
    [
        ((-0.05, 0.05), None),
        ((0.0, 0.05), "to the right than"),
        ((-0.05, 0.02), "to the left than"),
        ((0.0, 0.0), "to the left and to the right than"),
    ],
)
def test_bends_that_a_drive_has_not_shown_are_said(tab: Tab, shown_per_m: tuple[float, float], said: str | None):
    frames = json.dumps([{"curvature": bend, "offsetM": 0.0, "bend": bend} for bend in shown_per_m])
    sentence = tab.evaluate(f"ofDemonstration({frames}, {{ curvature: [-0.055, 0, 0.055] }})")
    assert ("tighter bends" in sentence) == (said is not None)
    assert said is None or said in sentence


def test_a_wheel_goes_back_faster_than_it_is_turned(tab: Tab):
    turned, back = tab.evaluate(
        """(() => {
          const hands = makeHands(document.createElement("canvas"));
          const press = (kind, code) => document.body.dispatchEvent(new KeyboardEvent(kind, { code, bubbles: true }));
          const held = (code) => (press("keydown", code), hands.advance(0.1), press("keyup", code), hands.wheelPerM);
          const left = held("ArrowLeft");
          return [left, left - held("ArrowRight")];
        })()"""
    )
    assert 0.0 < turned < back
