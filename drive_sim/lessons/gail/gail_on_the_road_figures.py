"""Figures and the film of the lesson on GAIL on the road."""

from collections.abc import Iterator, Mapping
from itertools import repeat
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from drive_sim.arrays import Picture
from drive_sim.lessons import kit
from drive_sim.lessons.gail.gail_on_the_road import Config, FromPixels, Tried
from drive_sim.lessons.gail.gail_on_the_road_result import GAIL, Result
from drive_sim.lessons.gail.painted_rounds import BINS_M, MOST_OFF_M, Painted, of_place
from drive_sim.lessons.gail.road_learners import METHODS
from drive_sim.report import page, plots, style
from drive_sim.report.film_panels import DIM, NIGHT, write
from drive_sim.report.paint import paint
from drive_sim.report.video import last_picture, write_film
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.suites import make_suite
from drive_sim.sim.track import Tracks, point_on_lane

LOOK_OF = {name: name for name in METHODS} | {GAIL: "gail-road"}
_VIEW_PX, _BELOW_PX, _FPS, _HELD_FRAMES = (960, 420), 180, 4, 8
_POLICY, _DEMONSTRATOR = (240, 150, 90), (86, 200, 160)


def make_figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    """Over laps, over rounds, C over the lane, and from pixels."""
    tried = found.read(GAIL, Tried)
    (pixels,) = found.read("pixels", FromPixels)
    return {
        "laps": _plot_laps(config, result),
        "rounds": _plot_rounds(tried),
        "lane": _plot_lane(tried[0].painted),
        "pixels": _plot_pixels(config, pixels),
    }


def _plot_laps(config: Config, result: Result) -> Figure:
    with plots.panels(style.PAGE_IN, 3.4, 1, 2) as (figure, all_axes):
        for axes, (of, seeds, ylabel) in zip(
            all_axes,
            (("scaled", "returns", "scaled return"), ("per_km", "rates", "interventions a km")),
            strict=True,
        ):
            curves = {
                LOOK_OF[name]: plots.Curve.of_estimates(config.laps, getattr(method, seeds), getattr(method, of))
                for name, method in result.methods.items()
            }
            plots.draw_curves(axes, curves, marks=True)
            axes.set(xlabel="laps shown", ylabel=ylabel, xticks=config.laps)
        all_axes[0].set_ylim(-0.1, 1.1)
        plots.legend_above(all_axes[0], 4)
    return figure


def _plot_rounds(tried: tuple[Tried, ...]) -> Figure:
    """Seeds' ended ticks, C's accuracy and the entropy over the rounds, from the fewest laps."""
    steps = np.array(tried[0].painted.steps) / 1000.0
    shown = (
        ("ended", 100.0, "ticks in the ended state, %"),
        ("accuracy", 100.0, "C on the right side, %"),
        ("entropy", 1.0, "entropy of the policy, nats"),
    )
    with plots.panels(style.PAGE_IN, 2.8, 1, 3) as (figure, all_axes):
        for axes, (name, scale, ylabel) in zip(all_axes, shown, strict=True):
            seeds = scale * np.array([getattr(of, name)[0] for of in tried])
            plots.draw_curves(axes, {"gail-road": plots.Curve(steps, seeds)})
            axes.set(xlabel="steps tried, thousands", ylabel=ylabel)
        all_axes[1].axhline(50.0, color=style.FAINT, linewidth=1.0)
    return figure


def _plot_lane(of: Painted) -> Figure:
    """1 - C across a straight lane, round by round, and where policy and demonstrator were, first and last."""
    middle = of.C.shape[1] // 2
    with plots.panels(style.PAGE_IN, 3.0, 1, 2) as (figure, (left, right)):
        extent = (MOST_OFF_M, -MOST_OFF_M, 0.0, of.steps[-1] / 1000.0)
        values = 1.0 - of.C[:, middle, ::-1]
        picture = left.imshow(values, origin="lower", aspect="auto", extent=extent, vmin=0.0, vmax=1.0, cmap="viridis")
        figure.colorbar(picture, ax=left, label="1 − C: taken for the demonstrator's")
        left.set(xlabel="left of the lane's middle  ←   m   →  right of it", ylabel="steps tried, thousands")
        left.grid(visible=False)
        centres = 0.5 * (BINS_M[1:] + BINS_M[:-1])
        right.fill_between(centres, of.demonstrator, color=style.GREEN, alpha=0.3, label="demonstrator")
        right.plot(centres, of.policy[0], color=style.FAINT, label="policy, first round")
        right.plot(centres, of.policy[-1], color=style.LOOKS["gail-road"].colour, label="policy, last round")
        right.set(xlabel="m left of the lane's middle", ylabel="share of ticks, 1/m")
        right.invert_xaxis()
        right.legend(loc="upper right")
    return figure


def _plot_pixels(config: Config, of: FromPixels) -> Figure:
    ticks = config.pixels.num_cars * config.pixels.policy.ticks_per_round
    with plots.panels(style.PAGE_IN, 2.8, 1, 2) as (figure, (left, right)):
        steps = ticks * np.arange(1.0, len(of.ended) + 1.0) / 1000.0
        plots.draw_curves(left, {"gail-road": plots.Curve(steps, 100.0 * of.ended[None])})
        left.set(xlabel="steps tried, thousands", ylabel="ticks in the ended state, %", ylim=(0, None))
        looks = np.array(of.steps) / 1000.0
        plots.draw_curves(right, {"gail-road": plots.Curve(looks, np.array(of.per_km)[None])}, marks=True)
        plots.mark_level(right, of.clone.per_km, "a clone of as many labels")
        right.set(xlabel="steps tried, thousands", ylabel="interventions a km", ylim=(0, None))
    return figure


def make_film(config: Config, found: kit.PartResults, _result: Result, folder: Path) -> Mapping[str, kit.Fact]:
    """The first seed's discriminator painted on the road, a round a frame: film.mp4 in the folder, and in the page."""
    of, path = found.read(GAIL, Tried)[0].painted, folder / "film.mp4"
    if not path.exists():
        write_film(path, _frames(config, of), _FPS)
    return {"film": page.film_uri(path), "poster": page.picture_uri(last_picture(path), "jpeg")}


def _frames(config: Config, of: Painted) -> Iterator[Picture]:
    suite = make_suite("train", num_roads=1, conditions=config.world.conditions)
    track, first = suite.tracks.tracks[0], np.zeros(1, dtype=np.int64)
    tracks, camera = Tracks.stack([track]), Camera().resized(*_VIEW_PX)
    s_m = track.spacing_m * int(np.argmax(np.abs(track.curvature_per_m)))
    pose = point_on_lane(tracks, first, np.array([s_m - 25.0]), np.zeros(1), np.zeros(1))
    view = render(tracks, suite.scenes, camera, pose, first, first)[0]
    rounds = [*range(len(of.C)), *repeat(len(of.C) - 1, _HELD_FRAMES)]
    for number in rounds:
        painted = paint(view, tracks, camera, pose[0], s_m - 25.0, of_place(of.C[number], track))
        yield np.concatenate([painted, _below(of, number)])


def _below(of: Painted, number: int) -> Picture:
    """What round it is, and where both were."""
    strip = Image.new("RGB", (_VIEW_PX[0], _BELOW_PX), NIGHT)
    draw = ImageDraw.Draw(strip)
    told = f"round {number + 1} of {len(of.C)}   ·   {of.steps[number]:,.0f} steps tried"
    write(draw, (16, 8), told, 22, bold=True)
    write(draw, (_VIEW_PX[0] - 16, 12), f"C right {100.0 * of.accuracy[number]:.0f} %", 18, anchor="ra")
    write(draw, (16, 38), "yellow: taken for the demonstrator's · violet: for the policy's", 15, colour=DIM)
    top = 1.1 * max(of.policy.max(), of.demonstrator.max())
    for density, colour in ((of.demonstrator, _DEMONSTRATOR), (of.policy[number], _POLICY)):
        columns = np.linspace(_VIEW_PX[0] - 60, 60, len(density))
        rows = _BELOW_PX - 26 - 90.0 * density / top
        draw.line(list(zip(columns.tolist(), rows.tolist(), strict=True)), fill=colour, width=3)
    write(draw, (16, _BELOW_PX - 22), f"{MOST_OFF_M:g} m left of the lane", 14, colour=DIM)
    write(draw, (_VIEW_PX[0] - 16, _BELOW_PX - 22), f"{MOST_OFF_M:g} m right", 14, colour=DIM, anchor="ra")
    write(draw, (_VIEW_PX[0] // 2 - 190, _BELOW_PX - 22), "where the demonstrator was", 14, colour=_DEMONSTRATOR)
    write(draw, (_VIEW_PX[0] // 2 + 70, _BELOW_PX - 22), "where the policy was", 14, colour=_POLICY)
    return np.asarray(strip)
