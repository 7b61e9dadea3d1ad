"""The page of a reading: what a driver likes, on the ground, and what cannot be read from a recording."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from drive_sim.irl.learned_reward import Config, LearnedReward
from drive_sim.irl.preferences import PreferredOffset, standard_errors_of, weights_in_words
from drive_sim.irl.recorded_segments import Segment
from drive_sim.policies.lattice_reward import BEND_PER_M, TURN_PER_M
from drive_sim.report.numbers import number, signed
from drive_sim.report.page import inline_svg, render_page
from drive_sim.report.paint import liking
from drive_sim.report.reward_figures import plot_painted_road, plot_reward_over_offset, widening

_LIMITS = (
    "What leaving the surface costs: clean driving never does it. It is an end of the world here, priced by hand.",
    "What the driver knows: who reckons with a steady wind drives like one who doesn't and likes another line.",
    "Speed: the lattice's steps are distances.",
    "Whether one person drove: the recording says who had the wheel, not how many people that were.",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Tile:
    name: str
    value: str
    note: str
    colour: str


def reward_page(learned: LearnedReward, runs: list[Segment], config: Config, footer: str, *, film: bool) -> str:
    """The page as HTML; `film`: `film.mp4` lies beside it."""
    likes, traces = learned.preferences, [run.trace for run in runs]
    longest = max(runs, key=len)
    road = longest.road()
    half_m = float(min(road.width_left_m.min(), road.width_right_m.min()))
    driven = np.column_stack([longest.s_m - longest.s_m[0], longest.trace.offset_m])
    return render_page(
        "reward.html.j2",
        words=likes.in_words(),
        tiles=[
            _tile("liked in straights, left positive", likes.straight, "blue"),
            _tile("liked in bends, inward positive", likes.inward, "green"),
        ],
        radius=number(1.0 / likes.bend_per_m, 0),
        over_offset=inline_svg(plot_reward_over_offset(learned.reward, traces, likes, half_m), "over-offset"),
        above=inline_svg(plot_painted_road(road, liking(learned.reward, road), driven), "above"),
        widening=number(widening(road), 0),
        film=film,
        weights=_weights(learned),
        how=_how(learned, config),
        limits=_LIMITS,
        warnings=learned.warnings,
        footer=footer,
    )


def _tile(name: str, liked: PreferredOffset, colour: str) -> _Tile:
    mean = "never driven" if liked.driven_m is None else f"the plain mean of the offsets: {signed(liked.driven_m, 2)} m"
    interval = f"95 %: {signed(liked.low_m, 2)} to {signed(liked.high_m, 2)} m; " if liked.low_m < liked.high_m else ""
    return _Tile(name, f"{signed(liked.liked_m, 2)} m", interval + mean, colour)


def _weights(learned: LearnedReward) -> list[dict[str, Any]]:
    covariance = learned.covariance
    errors = None if covariance is None else 1.96 * standard_errors_of(covariance)
    return [
        {
            "name": name,
            "value": signed(weight, 2),
            "interval": "–"
            if errors is None
            else f"{signed(weight - errors[i], 2)} to {signed(weight + errors[i], 2)}",
            "words": words,
        }
        for i, ((name, words), weight) in enumerate(
            zip(weights_in_words(learned.reward), learned.reward.weights, strict=True)
        )
    ]


def _how(learned: LearnedReward, config: Config) -> str:
    units = (
        f"A station is 2.4 m of lane; {learned.num_stations} of them count. Offsets are in metres, inward is the "
        f"offset times the curvature over {BEND_PER_M:g} /m, turning and jerking are squares in units of "
        f"{TURN_PER_M:g} /m. "
    )
    if config.method == "max-margin":
        return units + (
            "Maximum margin: only the weights' direction means anything, and where policies surround the drive "
            "not even that; there are no intervals. Its answer is a mixture of policies, none of which drives like the "
            "driver: of six drives of scripted drivers its peaks were up to 21 cm off in straights and 61 cm in bends "
            "of 50 m radius, where maximum entropy's were within 1 cm. Try --method maxent beside it."
        )
    return units + (
        f"Maximum entropy with l2 = {config.l2:g}, held to how the driver steered where the car was: the weights' "
        "length is known badly and grows as l2 falls, so compare drivers at the same. Costs have no weight above 0, "
        "and no interval where they stand there. Intervals: the sandwich over pieces of 120 m."
    )
