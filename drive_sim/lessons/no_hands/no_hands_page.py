"""The page of the lesson on the long drive: the map, films, twelve places on the way."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from drive_sim.lessons import kit
from drive_sim.lessons.no_hands import no_hands, no_hands_figures
from drive_sim.lessons.no_hands.drive_log import DriveLog
from drive_sim.lessons.no_hands.drive_summary import DriveSummary
from drive_sim.lessons.no_hands.film import Film, make_films
from drive_sim.lessons.no_hands.networks import Network
from drive_sim.lessons.no_hands.no_hands import METHODS, MILE_M, Config, Result, lost_km, route_of, survey
from drive_sim.lessons.no_hands.stages import VIEW_M
from drive_sim.report import page
from drive_sim.report.numbers import counted
from drive_sim.report.style import LOOKS
from drive_sim.sim.camera import Camera
from drive_sim.sim.endless import make_road_segment
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scenes
from drive_sim.sim.scene_schedule import scene_at
from drive_sim.sim.track import Tracks, point_on_lane

STAGES = {
    "train": "A demonstration each, and networks that learn from it",
    "trip": "The long drive, with shift-and-rotate",
    "clone": "The plain clone on the first part of it",
    "expert": "The expert on the same, for comparison",
    "further": "Further seeds, each on a road of its own",
}
STEERED = "2797 of 2849 miles"
MOST_MINUTES, AIM_MINUTES = 20.0, 15.0
NUM_PLACES, MOST_EMBEDDED = 12, 2
VIEW_PX = (640, 290)


def _summary(_config: Config, stage: str, found: kit.PartResults) -> str:
    if stage == "train":
        return counted(len(found.by_stage[stage]), "network")
    logs = found.read(stage, DriveLog)
    count, km = sum(int(log.interventions.sum()) for log in logs), sum(log.driven_m.sum() for log in logs) / 1000.0
    return f"{_interventions(count)} in {km:,.0f} km"


def _interventions(count: int) -> str:
    return counted(count, "intervention") if count else "no intervention"


def _headline(config: Config, result: Result) -> str:
    trip = result.methods["shift-rotate"]
    share = f"{trip.share_percent.mean:.2f} %" if trip.interventions else "all"
    return (
        f"{result.demonstrated.capitalize()} of demonstration, then {config.trip_miles:,.0f} miles of unseen road: the "
        f"network steers {share} of them and needs {_interventions(trip.interventions)}; RALPH, which "
        f"is no neural network, steered {result.published_percent:.1f} % in 1995."
    )


def _claims(config: Config, result: Result) -> list[kit.Claim]:
    trip, ralph = result.methods["shift-rotate"], result.published_percent
    is_whole = trip.distance_km >= config.trip_miles * MILE_M / 1000.0
    further = result.further
    helped, are_whole = [of.interventions for of in further], all(of.distance_km >= config.further_km for of in further)
    share = f"{trip.share_percent.mean:.3f} % (at least {trip.share_percent.low:.3f} %)"
    return [
        kit.Claim(
            "the whole trip without an intervention",
            f"{_interventions(trip.interventions)} in {trip.distance_km:.0f} km",
            is_whole and trip.interventions == 0,
            "RALPH was helped on 52 of 2849 miles",
        ),
        kit.Claim(
            f"a larger share of the distance than RALPH's {ralph:.1f} %",
            share,
            (trip.share_percent.low or 0.0) > ralph,
            f"{ralph:.1f} %: {STEERED}",
        ),
        kit.Claim(
            f"none either for {len(further)} further seeds, {further[0].distance_km:.0f} km each",
            ", ".join(map(str, helped)) + " interventions",
            are_whole and not any(helped),
        ),
    ]


def _time_claims(_config: Config, result: Result, ends_s: Mapping[str, float]) -> list[kit.Claim]:
    """How long it took until the trip was driven, by a clock, all networks learned by then.

    A run that was resumed has no such time: the seconds of processor time of the trip's own network and drive count as
    if two cores had shared them.
    """
    trip, num_cores = result.methods["shift-rotate"], os.cpu_count() or 1
    by_clock = "trip" in ends_s
    minutes = ends_s["trip"] / 60.0 if by_clock else (trip.learning_cpu_s + trip.driving_cpu_s) / 120.0
    counted_by = f"by the clock on {num_cores} cores" if by_clock else "of processor time on each of two cores"
    return [
        kit.Claim(
            f"from the first second of demonstration to the trip's last mile in {MOST_MINUTES:.0f} minutes on two "
            f"cores (aim: {AIM_MINUTES:.0f})",
            f"{minutes:.1f} minutes {counted_by}",
            minutes <= MOST_MINUTES and (not by_clock or num_cores <= 2),
        )
    ]


def _rows(_config: Config, result: Result) -> list[kit.Row]:
    ralph = f"RALPH: {result.published_percent:.1f}, of {STEERED}"
    tile = kit.Tile("\u00a0%", "of the distance steered alone")
    return _drive_rows(list(result.methods.values()), ralph, tile)


def _drive_rows(of: Sequence[DriveSummary], note: str, tile: kit.Tile | None = None) -> list[kit.Row]:
    off = [kit.Cell(f"{one.offset_mean_cm:.0f}", f"{one.offset_p999_cm:.0f}; {one.offset_max_cm:.0f}") for one in of]
    seconds = [kit.Cell(f"{one.learning_cpu_s:.0f}", f"{one.driving_cpu_s:.0f}") for one in of]
    return [
        kit.Row(
            "Share of the distance steered alone, %", kit.estimates((one.share_percent for one in of), 3), note, tile
        ),
        kit.Row("Driven, km", [kit.Cell(f"{one.distance_km:.0f}", f"{one.elapsed_h:.1f} h") for one in of], "hours"),
        kit.Row("Interventions", kit.numbers((one.interventions for one in of), 0)),
        kit.Row("… in 1000 km", kit.estimates((one.per_1000_km for one in of), 2), "with 95 % interval"),
        kit.Row("NVIDIA's autonomy, %", kit.numbers((one.autonomy_percent for one in of), 3), "98 on the road, 2016"),
        kit.Row("Off its lane, cm", off, "mean; 99.9 % of the time less than; at most"),
        kit.Row("Pictures labelled by the expert", kit.numbers((one.num_labels for one in of), 0)),
        kit.Row("Steps driven", kit.words(f"{one.steps:,}" for one in of), "ten a second"),
        kit.Row("Seconds of processor time", seconds, "learning; driving"),
    ]


def _figures(config: Config, found: kit.PartResults, _result: Result) -> dict[str, Figure]:
    logs = {method: found.read(stage, DriveLog) for method, stage in METHODS.items()}
    route, stones = route_of(config, config.trip_seed), survey(config, config.trip_seed, config.trip_miles * MILE_M)
    failed = {name: [(at.x_m, at.y_m) for log in logs[name] for at in log.places] for name in ("plain", "shift-rotate")}
    extremes_m = [abs(log.furthest.offset_at_m) for log in logs["shift-rotate"]]
    return {
        "trip": no_hands_figures.plot_trip(config.trip_miles, route, stones, failed),
        "extremes": no_hands_figures.plot_extremes(extremes_m, config.part_miles, "shift-rotate"),
        "offsets": no_hands_figures.plot_offsets(
            {name: np.sum([log.offsets for log in of], axis=0) for name, of in logs.items()}
        ),
    }


def _facts(config: Config, result: Result) -> dict[str, kit.Fact]:
    kind = route_of(config, config.trip_seed).kind
    return {
        "steered": STEERED,
        "trip": result.methods["shift-rotate"],
        "conditions": config.conditions,
        "views": _views(config),
        "further_heads": ["", *(f"Seed {seed}" for seed in config.seeds), "together"],
        "further_rows": _drive_rows([*result.further, result.further_pooled], ""),
        "lost_m": 1000.0 * lost_km(config),
        "road_width_m": 2.0 * kind.half_width_m,
        "tightest_m": 1.0 / kind.max_curvature_per_m,
    }


def _views(config: Config) -> list[kit.Shown]:
    """What the camera sees at evenly spaced places of the trip, drawn for a screen."""
    route, camera, first = route_of(config, config.trip_seed), Camera().resized(*VIEW_PX), np.zeros(1, dtype=np.int64)
    stones, views = survey(config, config.trip_seed, config.trip_miles * MILE_M), []
    for i in np.linspace(0, len(stones) - 1, NUM_PLACES).round().astype(np.int64):
        tracks = Tracks.stack([make_road_segment(route, stones[i], stones[i].s_m, VIEW_M).track])
        scenes, poses = Scenes.stack([scene_at(route, stones[i].s_m)]), point_on_lane(tracks, first, np.zeros(1))
        picture = render(tracks, scenes, camera, poses, first, first)[0]
        views.append(kit.Shown(page.picture_uri(picture, "jpeg"), f"{stones[i].s_m / 1000.0:.0f} km"))
    return views


def _media(config: Config, found: kit.PartResults, result: Result, folder: Path) -> dict[str, kit.Fact]:
    """Write models and films into the folder; the first films, and the clone's, are shown."""
    for network in found.read("train", Network):
        network.model.write(folder / network.model_name)
    films = make_films(config, found, folder)
    shown = [film for number, film in enumerate(films) if number < MOST_EMBEDDED or film.driver == "plain"]
    return {
        "films": [kit.Shown(page.film_uri(film.path), _caption(film)) for film in shown],
        "film_names": ", ".join(film.path.name for film in films),
        "num_failures": result.methods["shift-rotate"].interventions + result.further_pooled.interventions,
    }


def _caption(film: Film) -> str:
    moment = film.moment
    where = f"{moment.s_m[moment.at] / 1000.0:.1f} km from the start of the road of seed {film.log.seed}"
    return f"{LOOKS[film.driver].label}, {where}: {100.0 * abs(moment.offset_at_m):.0f} cm off its lane."


PAGE = kit.Page(
    Path(__file__), tuple(METHODS), _headline, _claims, _rows, _figures, _facts, _media, time_claims=_time_claims
)
LESSON = kit.Lesson(
    no_hands.NAME,
    no_hands.QUICK,
    STAGES,
    no_hands.parts,
    _summary,
    no_hands.result,
    PAGE,
    then=(no_hands.driving_parts,),
)
