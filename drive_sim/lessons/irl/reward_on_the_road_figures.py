"""What the drivers like as their rewards tell it, over the offset and on the ground."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from drive_sim.lessons.irl.reward_on_the_road import BEND_PER_M, DRIVERS, Read
from drive_sim.lessons.irl.styled_drivers import STYLES
from drive_sim.policies.corridor import Corridor
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.report import style
from drive_sim.report.paint import colours, liking
from drive_sim.report.style import LOOKS
from drive_sim.sim.suites import make_demonstration_world

_HALF_M = 2.2


def plot_liked(readings: Sequence[Read]) -> Figure:
    """exp(reward) over the offset of every seed, in a straight and in a left bend; dotted what the script likes."""
    offset_m = np.linspace(-_HALF_M, _HALF_M, 221)
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 2.9)
        for axes, curvature, title in zip(
            figure.subplots(1, 2, sharey=True), (0.0, BEND_PER_M), ("in straights", "in left bends"), strict=True
        ):
            corridor = Corridor(np.array([curvature]), np.array([_HALF_M]), np.array([-_HALF_M]))
            for name in DRIVERS:
                for number, reading in enumerate(readings):
                    at = RoadReward(tuple(reading.weights[name])).at(corridor, offset_m)[0]
                    label = LOOKS[name].label if number == 0 else None
                    axes.plot(-offset_m, np.exp(at - at.max()), color=LOOKS[name].colour, linewidth=1.0, label=label)
                liked_m = float(STYLES[name].liked_m(np.array([curvature]))[0])
                axes.axvline(-liked_m, color=LOOKS[name].colour, linestyle=(0, (1, 2)))
            axes.set_title(title)
            axes.set_xlabel("left of the middle  ←   m   →  right of it")
        figure.axes[0].set_ylabel("liked, of the most")
        figure.axes[0].legend(loc="upper left")
    return figure


def plot_painted(seed: int, reading: Read) -> Figure:
    """The seed's road rolled out flat, painted with each driver's reward; the lane's curvature above."""
    track, _ = make_demonstration_world(seed)
    s_m, offset_m = np.arange(0.0, 600.0, 2.0), np.linspace(-_HALF_M, _HALF_M, 89)
    curvature = np.interp(s_m, track.spacing_m * np.arange(len(track.x_m)), track.curvature_per_m)
    with style.house_style():
        figure = style.new_figure(style.PAGE_IN, 4.2)
        top, *rows = figure.subplots(4, 1, sharex=True, height_ratios=(0.7, 1.0, 1.0, 1.0))
        top.fill_between(s_m, 1000.0 * curvature, color=style.FAINT, linewidth=0.0)
        top.set_ylabel("bend\n1/km")
        for axes, name in zip(rows, DRIVERS, strict=True):
            of_place = liking(RoadReward(tuple(reading.weights[name])), track)
            values = of_place(np.tile(s_m, len(offset_m)), np.repeat(offset_m, len(s_m)))
            picture = colours(values.reshape(len(offset_m), len(s_m)))
            axes.imshow(picture, extent=(0.0, 600.0, -_HALF_M, _HALF_M), origin="lower", aspect="auto")
            axes.plot(s_m, STYLES[name].liked_m(curvature), color="white", linestyle=(0, (1, 2)), linewidth=1.2)
            axes.set_title(LOOKS[name].label)
            axes.set_ylabel("left, m")
            axes.grid(visible=False)
        rows[-1].set_xlabel("along the road, m (dotted: what the script likes)")
    return figure
