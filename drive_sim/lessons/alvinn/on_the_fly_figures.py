"""Pictures of the lesson on ALVINN on the fly: help over frames, views of a frame, the buffer, hidden units, hills."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from drive_sim.arrays import Images, PerCar, Picture
from drive_sim.data.demonstrations import Demonstrations
from drive_sim.data.warp import shift_rotate
from drive_sim.learn.alvinn import MAX_CURVATURE_PER_M, PUBLISHED, FrameRound, views_of
from drive_sim.lessons import kit
from drive_sim.lessons.alvinn.alvinn_figures import plot_answers
from drive_sim.lessons.alvinn.on_the_fly import Config
from drive_sim.lessons.alvinn.on_the_fly_result import Method, Result
from drive_sim.lessons.alvinn.watching import RULES, drive_frames, drive_into_bend, watch
from drive_sim.lessons.kit.demonstration import true_views
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.policies.alvinn_pictures import as_grey
from drive_sim.policies.expert import pursuit_curvature
from drive_sim.report import plots, style
from drive_sim.report.numbers import counted, signed
from drive_sim.sim.render import render
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import point_on_lane

Labelled = tuple[list[Picture], list[str]]
"""Pictures, and a line on each."""


def make_figures(config: Config, _found: kit.PartResults, result: Result) -> dict[str, Figure]:
    """All of them; the first seed's learner watches once more."""
    demos = drive_frames(config.seed, config.conditions, config.num_frames)
    rounds = list(watch(PUBLISHED, demos, config.seed, config.num_frames))
    moments = sorted({min(moment, config.num_frames) for moment in (1, 3, 10, config.num_frames)})
    images, right_per_m, titles = three_places(config)
    return {
        "help": plot_help(result.methods, result.published.frames),
        "views": plots.plot_pictures(*fifteen_views(demos), num_columns=5),
        "fills": plots.plot_pictures(*fills_of(config, demos), num_columns=4),
        "buffers": plot_buffers(buffers_of(config)),
        "hidden": plot_hidden({counted(n, "frame"): rounds[n - 1] for n in moments}),
        "hills": plot_answers(rounds[-1].policy, images, right_per_m, titles, 6.0),
    }


def plot_help(methods: dict[str, Method], published_frames: int) -> Figure:
    """Interventions a km over frames, a curve a method, side by side; the first, which the page is about, on top."""
    curves = {}
    for aside, (name, method) in zip(np.linspace(0.6, -0.6, len(methods)), reversed(methods.items()), strict=True):
        frames = np.array([point.frames for point in method.points]) + aside
        by_seed = np.array([point.rate.per_seed for point in method.points]).T
        curves[name] = plots.Curve.of_estimates(frames, by_seed, [point.rate.per_km for point in method.points])
    with plots.panels(style.PAGE_IN, 4.4) as (figure, (axes,)):
        axes.set_yscale("symlog", linthresh=0.01, linscale=0.6)
        plots.draw_curves(axes, curves, marks=True)
        plots.mark_place(axes, published_frames, f"published: drives after about {published_frames}")
        axes.set(xlabel="frames watched", ylabel="interventions a km", ylim=(-0.002, 120))
        axes.set_yticks([0, 0.01, 0.1, 1, 10, 100], ["0", "0.01", "0.1", "1", "10", "100"])
        axes.set_xticks([point.frames for point in methods["alvinn"].points])
        plots.legend_above(axes, 6, reverse=True)
    return figure


def fifteen_views(demos: Demonstrations) -> Labelled:
    """A frame of a bend and its views, in the order of what is to be steered, each with that in words."""
    frames = demos.rows(slice(None, None, PUBLISHED.ticks_per_frame))
    row = int(np.abs(frames.curvature_per_m).argmax())
    images, label_per_m = views_of(PUBLISHED, frames.rows(slice(row, row + 1)), np.random.default_rng(0))
    order = np.argsort(-label_per_m).tolist()
    labels = [f"{'' if i else 'the frame: '}{signed(1000.0 * float(label_per_m[i]), 0)} /km" for i in order]
    return [images[i] for i in order], labels


def fills_of(config: Config, demos: Demonstrations) -> Labelled:
    """A frame, what is truly seen from the far corner of where views lie, and what the two fills make of it."""
    frame = demos.rows(slice(len(demos) // 2, len(demos) // 2 + 1))
    there = np.full(1, PUBLISHED.max_shift_m), np.full(1, PUBLISHED.max_turn_rad)
    pictures = {
        "the frame": frame.images,
        "as it is from there": true_views(frame, config.seed, *there, config.conditions),
        "straight ahead (later)": shift_rotate(frame.images, ALVINN_CAMERA, *there, fill="heading"),
        "smeared (at first)": shift_rotate(frame.images, ALVINN_CAMERA, *there, fill="smear"),
    }
    return [images[0] for images in pictures.values()], list(pictures)


def buffers_of(config: Config) -> dict[str, dict[str, PerCar]]:
    """What is to be steered in the first seed's buffer under each rule: after the usual road, and after the bend."""
    before, in_bend = config.bend_frames
    demos = drive_into_bend(config.seed, config.conditions, before, in_bend, config.bend_radius_m)
    moments = {f"after {before} frames": before, f"{in_bend} later, in the bend": before + in_bend}
    found: dict[str, dict[str, PerCar]] = {moment: {} for moment in moments}
    for rule, name in RULES.items():
        rounds = list(watch(replace(PUBLISHED, eviction=rule), demos, config.seed, before + in_bend))
        for moment, last in moments.items():
            found[moment][name] = rounds[last - 1].buffer.curvature_per_m
    return found


def plot_buffers(buffers: Mapping[str, Mapping[str, PerCar]]) -> Figure:
    """What is to be steered in the patterns of a buffer: a row a moment, a column a rule; a line marks the mean."""
    edges, rules = (
        1000.0 * np.linspace(-MAX_CURVATURE_PER_M, MAX_CURVATURE_PER_M, 31),
        list(next(iter(buffers.values()))),
    )
    size = style.PAGE_IN, 1.9 * len(buffers) + 0.3, len(buffers), len(rules)
    with plots.panels(*size, sharex=True, sharey=True) as (figure, all_axes):
        all_of_them = [(moment, rule) for moment in buffers for rule in rules]
        for axes, (moment, rule) in zip(all_axes, all_of_them, strict=True):
            per_km = 1000.0 * buffers[moment][rule]
            axes.hist(per_km, edges.tolist(), color=style.BLUE, alpha=0.75)
            plots.mark_place(axes, per_km.mean(), f"mean {signed(per_km.mean())}")
            axes.set(title=rule, xlabel="to be steered [1/km], left positive", ylabel=moment)
            axes.label_outer()
        for axes in all_axes[len(rules) :]:
            axes.set_title("")
        all_axes[0].xaxis.set_inverted(True)  # left is on the left
    return figure


def plot_hidden(rounds: Mapping[str, FrameRound]) -> Figure:
    """What the hidden units multiply the pixels with: a row a moment, a column a unit."""
    weights = [latest.policy.network.hidden_weights for latest in rounds.values()]
    num_units = len(weights[0])
    labels = [label for moment in rounds for label in (moment, *[""] * (num_units - 1))]
    return plots.plot_pictures([unit for of in weights for unit in as_grey(of)], labels, num_units, style.COLUMN_IN)


def three_places(config: Config, every_m: float = 5.0) -> tuple[Images, PerCar, list[str]]:
    """The first held-out road where it turns most to the left, is straightest, and turns most to the right."""
    suite = make_suite("held-out", num_roads=1, conditions=config.conditions)
    s_m = np.arange(0.0, float(suite.tracks.length_m[0]), every_m)
    index = np.zeros(len(s_m), dtype=np.int64)
    poses = point_on_lane(suite.tracks, index, s_m)
    right_per_m = pursuit_curvature(suite.tracks, index, poses, s_m)
    chosen = np.array([right_per_m.argmax(), np.abs(right_per_m).argmin(), right_per_m.argmin()])
    images = render(suite.tracks, suite.scenes, ALVINN_CAMERA, poses[chosen], index[:3], index[:3])
    expert = [f"the expert steers {signed(1000.0 * float(right_per_m[i]), 0)} /km" for i in chosen]
    return (
        images,
        right_per_m[chosen],
        [f"{name}: {words}" for name, words in zip(("left", "straight", "right"), expert, strict=True)],
    )
