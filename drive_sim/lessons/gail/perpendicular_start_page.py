"""The page of the lesson on a start that nobody has shown."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.arrays import Picture
from drive_sim.data.augment import ShiftRotate
from drive_sim.lessons import kit
from drive_sim.lessons.gail.perpendicular_start import DRIVERS, QUICK, Config, Learned, Result, parts, result
from drive_sim.lessons.gail.turned_film import Seen, frames, write_turned_film
from drive_sim.policies.alvinn import ALVINN_CAMERA
from drive_sim.report import page, plots, style
from drive_sim.report.style import LOOKS
from drive_sim.sim.render import render
from drive_sim.sim.track import point_on_lane

STAGES = {
    "expert": "The expert, who reads the road",
    "clone": "Clones of normal starts",
    "shift-rotate": "With shifted and turned views",
    "dagger": "Asking the expert from turned starts",
    "sqil-pose": "Trying, from the lane pose",
    "sqil-pixels": "Trying, from pixels",
}
PUBLISHED_TURNED = ("480", "-45", "–", "–", "–", "375")
PUBLISHED_NORMAL = ("704", "698", "–", "–", "–", "704")
_POSTER_TICK, _FILM_TICKS = 24, 90


def _summary(config: Config, stage: str, found: kit.PartResults) -> str:
    share = np.mean([part.found[config.turned_deg.index(config.asked_deg)] for part in found.read(stage, Learned)])
    return f"{100.0 * share:.0f} % found back from {config.asked_deg:g} degrees"


def _headline(config: Config, result: Result) -> str:
    found = {name: f"{100.0 * result.share(name):.0f}\u00a0%" for name in DRIVERS}
    return (
        f"Turned by {config.asked_deg:g}°, as no demonstration begins, the clone finds back from {found['clone']} of "
        f"the starts; SQIL, which was shown the same and nothing more, but tried, from {found['sqil-pose']} by the "
        f"lane pose and from {found['sqil-pixels']} by pictures of 30x32. Who may ask the expert: {found['dagger']}."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    expert, clone, sqil, pixels = (result.share(name) for name in ("expert", "clone", "sqil-pose", "sqil-pixels"))
    normal = result.drivers["clone"].found[config.turned_deg.index(0.0)].mean

    def beside(share: float) -> str:
        return f"{share:.1%}, the expert {expert:.1%}"

    return [
        kit.Claim("the expert finds back from at least 95 %", f"{expert:.1%}", expert >= 0.95),
        kit.Claim("the clone keeps at least 90 % of normal starts", f"{normal:.1%}", normal >= 0.9, "698 of 704"),
        kit.Claim("the clone finds back from under 10 %", f"{clone:.1%}", clone < 0.1, "-45, random -21"),
        kit.Claim("SQIL from the lane pose: at least 0.75 of the expert", beside(sqil), sqil >= 0.75 * expert),
        kit.Claim(
            "SQIL from pixels: at least 0.75 of the expert",
            beside(pixels),
            pixels >= 0.75 * expert,
            "375 of 480",
        ),
    ]


def _rows(config: Config, result: Result) -> list[kit.Row]:
    drivers = [result.drivers[name] for name in DRIVERS]
    tile = kit.Tile("\u00a0%", f"of starts turned by {config.asked_deg:g}°")
    rows = [
        kit.Row("Published: turned by 90°", kit.words(PUBLISHED_TURNED), "return in CarRacing; random -21, GAIL -97"),
        kit.Row("Published: normal start", kit.words(PUBLISHED_NORMAL), "random -68, GAIL -66"),
    ]
    for turn, degrees in enumerate(config.turned_deg):
        cells = kit.estimates((of.found[turn] for of in drivers), 0, scale=100.0)
        what = f"Found back from {degrees:g}°, %" if degrees else "Kept a normal start, %"
        rows.append(kit.Row(what, cells, "95 % over seeds and roads", tile if turn == result.asked else None))
    seeds = kit.series(([100.0 * share for share in of.asked_per_seed] for of in drivers), 0)
    rows.append(kit.Row(f"From {config.asked_deg:g}°, seed by seed, %", seeds))
    return rows + kit.effort_rows([of.effort for of in drivers], "Steps driven in tests")


def _figures(config: Config, found: kit.PartResults, result: Result) -> Mapping[str, Figure]:
    """Over the turn; SQIL's learning; and the drives from the turn that was asked, seen from above."""
    parts = {name: found.read(name, Learned) for name in DRIVERS}
    turns = {
        name: plots.Curve(list(config.turned_deg), 100.0 * np.array([part.found.mean(axis=1) for part in parts[name]]))
        for name in DRIVERS
    }
    learning = {
        f"steps tried, {LOOKS[name].label}": {
            name: plots.Curve(
                np.mean([part.steps for part in parts[name]], axis=0),
                100.0 * np.array([part.validated for part in parts[name]]),
            )
        }
        for name in DRIVERS[-2:]
    }
    ylim = (-3, 103)
    return {
        "turns": plots.plot_curves(
            {"degrees to the left at the start": turns}, "found back [%]", ylim=ylim, marks=True
        ),
        "learning": plots.plot_curves(learning, "found on validation roads [%]", ylim=ylim),
        "paths": plot_paths({name: parts[name][0] for name in DRIVERS}, result.asked),
    }


def plot_paths(drives: Mapping[str, Learned], asked: int) -> Figure:
    """Each driver's drives from above, the roads laid straight: who found back in colour, the others grey."""
    with plots.panels(style.PAGE_IN, 4.6, 2, 3, sharex=True, sharey=True) as (figure, all_axes):
        for axes, (name, of) in zip(all_axes, drives.items(), strict=True):
            look, back = LOOKS[name], of.found[asked] > 0.0
            axes.axhspan(-1.75, 5.25, color=style.HAIR, alpha=0.5, linewidth=0)
            for colour, cars in ((style.FAINT, ~back), (look.colour, back)):
                axes.plot(of.ahead_m[cars].T, of.offset_m[cars].T, color=colour, linewidth=0.8)
            axes.set(xlim=(-20, 100), ylim=(-25, 25))
            axes.set_title(f"{look.label}: {int(back.sum())} of {len(back)}", loc="center")
        for axes in all_axes[3:]:
            axes.set_xlabel("metres along the lane")
        for axes in all_axes[::3]:
            axes.set_ylabel("metres left of it")
    return figure


def _facts(config: Config, _result: Result) -> dict[str, kit.Fact]:
    straight, turned = first_views(config)
    return {
        "augmenter": ShiftRotate(),
        "from_normal": page.picture_uri(straight, "png"),
        "from_turned": page.picture_uri(turned, "png"),
    }


def first_views(config: Config) -> list[Picture]:
    """What a network of pixels sees on the lane of the first road: along it, and turned as is asked."""
    roads, index = config.test_roads, np.zeros(2, dtype=np.int64)
    turned_rad = np.radians(np.array([0.0, config.asked_deg]))
    poses = point_on_lane(roads.tracks, index, np.full(2, roads.start_s_m[0]), 0.0, turned_rad)
    return list(render(roads.tracks, roads.scenes, ALVINN_CAMERA, poses, index, index))


def make_film(config: Config, found: kit.PartResults, _result: Result, folder: Path) -> dict[str, kit.Fact]:
    """The film, beside the page and inside, and its poster."""
    asked, drivers = config.turned_deg.index(config.asked_deg), {}
    for name in DRIVERS:
        part = found.read(name, Learned)[0]
        drivers[name] = Seen(part.ahead_m, part.offset_m, part.found[asked])
    tick_s, path = 1.0 / config.world.control_hz, folder / "film.mp4"
    if not path.exists():
        write_turned_film(path, drivers, tick_s, _FILM_TICKS)
    *_, poster = frames(drivers, tick_s, _POSTER_TICK)
    return {"film": page.film_uri(path), "poster": page.picture_uri(poster, "jpeg")}


PAGE = kit.Page(Path(__file__), DRIVERS, _headline, _claims, _rows, _figures, _facts, make_film)
LESSON = kit.Lesson("perpendicular-start", QUICK, STAGES, parts, _summary, result, PAGE)
