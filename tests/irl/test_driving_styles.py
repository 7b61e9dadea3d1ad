"""The five styles do what their names say, and the highway's driver is told by them."""

import numpy as np
import pytest

from drive_sim.irl.driving_styles import STYLES, policy_of_style
from drive_sim.irl.highway import FEATURES, PLACES, Highway, features
from drive_sim.irl.occupancy import sample

MDP = Highway().mdp()


@pytest.fixture(scope="module")
def shares() -> dict[str, dict[str, float]]:
    """The share of samples with each feature, of one long drive a style."""
    found = {}
    for style in STYLES:
        (drive,) = sample(MDP, policy_of_style(MDP, style), 1, np.random.default_rng(0), 12_000).paths
        found[style] = dict(zip(FEATURES, features()[MDP.state[drive]].mean(axis=0), strict=True))
    return found


def test_each_style_takes_one_aim_in_each_state():
    for style in STYLES:
        assert np.array_equal(np.add.reduceat(policy_of_style(MDP, style), MDP.first), np.ones(MDP.num_states))


def test_each_keeps_where_it_likes_to_be(shares: dict[str, dict[str, float]]):
    liked = {style: max(PLACES, key=lambda place, of=of: of[place]) for style, of in shares.items()}
    assert liked["nice"] == liked["right-lane-nice"] == "right lane"
    assert liked["right-lane-nasty"] == "right verge"
    assert shares["middle-lane"]["middle lane"] == 1.0


def test_the_nice_avoid_what_the_nasty_seek(shares: dict[str, dict[str, float]]):
    hits = {style: of["collision"] for style, of in shares.items()}
    assert max(hits["nice"], hits["right-lane-nice"]) < 0.02
    assert hits["right-lane-nasty"] > 0.04
    assert hits["nasty"] > 2.0 * hits["middle-lane"]
