"""Roads by name or from files: surveyed circuits, and any line with a width, drawn or recorded on the way.

A CSV file with widths is a survey (`road_csv`): a spline within centimetres of its points. A CSV file of `x_m,y_m`
alone, and a GPX file, are lines of unknown quality (`rough_line`) that are as wide as somebody says. Where a file gives
no lane and no lines, the middle between the edges is the target, wherever the file's line lies (`road_middle`).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drive_sim.checkout import shipped_folder
from drive_sim.errors import InputError
from drive_sim.sim.circuit_spline import fit_circuit
from drive_sim.sim.first_lap import first_lap
from drive_sim.sim.gpx_file import read_gpx
from drive_sim.sim.named_roads import NAMED_ROADS
from drive_sim.sim.road_columns import COLUMNS
from drive_sim.sim.road_csv import LEAST_WIDTH_M, MOST_WIDTH_M, read_road_csv
from drive_sim.sim.road_edges import is_no_road, unfolded
from drive_sim.sim.road_length import check_length
from drive_sim.sim.road_middle import centred
from drive_sim.sim.road_text import RoadText
from drive_sim.sim.rough_line import smooth_line
from drive_sim.sim.survey_noise import without_noise
from drive_sim.sim.track import Track
from drive_sim.sim.vehicle import VehicleParams

ROADS_FOLDER = shipped_folder("assets") / "roads"
TRACK_NAMES = tuple(NAMED_ROADS)
MIN_RADIUS_M = 5.0
LEAST_TOLD_M = 0.05
"""An edge that is moved in by less is not worth a line."""
WIDEST_USUAL_M = 20.0
"""Some circuits are as wide in places, and none all along."""
_CUT_M = 5.0
USUAL_WIDTH_M = 6.0
"""Of a recorded way, which says none."""


def resolve_track(name_or_path: str | Path, width_m: float | None = None) -> Track:
    """A named road, or the road in a CSV or GPX file, as wide as is said where the file does not say it.

    Raises InputError where it is neither, or where it has a width of its own.
    """
    if str(name_or_path) in TRACK_NAMES:
        if width_m is not None:
            raise InputError(f"road {name_or_path}: has a width of its own; leave out --width")
        return named_track(str(name_or_path))
    path = Path(name_or_path)
    if not path.exists():
        raise InputError(f"no road {str(name_or_path)!r}: name a CSV or GPX file, or one of {', '.join(TRACK_NAMES)}")
    return load_circuit(path, width_m)


def named_track(name: str) -> Track:
    """One of the project's own roads, `TRACK_NAMES`."""
    if name not in TRACK_NAMES:
        raise InputError(f"no road named {name!r}: there are {', '.join(TRACK_NAMES)}")
    return load_circuit(ROADS_FOLDER / f"{name}.csv")


def load_circuit(path: str | Path, width_m: float | None = None) -> Track:
    """The road in a CSV or GPX file, sampled every half metre.

    Its `notes` say what was changed so that it can be driven: noise and corners smoothed, an edge that would cross
    itself moved in (`road_edges`). Raises InputError with file, line and remedy: no such file, a folder, not text, too
    few columns or points, NaN, a width that is not positive, a bend tighter than 5 m, or one that the width does not
    fit into.
    """
    path = Path(path)
    _check_width(width_m)
    text = read_gpx(path) if path.suffix.lower() == ".gpx" else read_road_csv(path)
    track = _surveyed(path, text, width_m) if text.widths_m is not None else _drawn(path, text, width_m)
    track, cut_m, note = _driveable(path, track, text)
    if text.lane_offset_m is None and text.lines == "none":
        middle = centred(track)
        if middle is not track:
            # The same bends seen from the middle: the edges that were moved in are told once, where it was most.
            track, again_m, again = _driveable(path, middle, text)
            cut_m, note = max((cut_m, note), (again_m, again))
    told = [note] if cut_m >= LEAST_TOLD_M else []
    return replace(track, notes=(*track.notes, *told, *_too_tight(path, track)))


def _too_tight(path: Path, track: Track) -> list[str]:
    """A note of a bend of 5 m and more that the usual wheels cannot follow; shorter ones they cut."""
    stretch = np.ones(max(1, round(_CUT_M / track.spacing_m)))
    bend_per_m = float(np.convolve(np.abs(track.curvature_per_m), stretch / len(stretch), "same").max())
    radius_m = 1.0 / max(bend_per_m, 1e-9)
    turning_m = 1.0 / VehicleParams().max_curvature_per_m
    if radius_m >= turning_m:
        return []
    remedy = f"evaluate it with --turning-radius {np.floor(radius_m):g}"
    return [f"road file {path}: turns with a radius of {radius_m:.1f} m, and the car with {turning_m:.1f} m; {remedy}"]


def _surveyed(path: Path, text: RoadText, width_m: float | None) -> Track:
    """The road through points with widths."""
    widths_m = text.widths_m
    assert widths_m is not None
    if width_m is not None:
        raise InputError(f"road file {path}: says its own widths; leave out --width")
    _check_length(path, text)
    _check_lane(path, text, float(-widths_m[:, 0].min()), float(widths_m[:, 1].min()))
    closed = text.ends_meet
    points, of_line_m, of_widths_m = without_noise(np.column_stack([text.points_m, widths_m]), closed=closed)
    track = fit_circuit(path.stem, points, closed=closed, lane_offset_m=text.lane_offset_m or 0.0, lines=text.lines)
    return replace(track, notes=_survey_notes(path, widths_m, of_line_m, of_widths_m))


def _survey_notes(
    path: Path, widths_m: npt.NDArray[np.float64], of_line_m: float, of_widths_m: float
) -> tuple[str, ...]:
    """What is said of a survey: noise that was smoothed out, and widths that no road has."""
    noise = [
        f"{of_m:.1f} m of noise in its {what}" for what, of_m in (("line", of_line_m), ("widths", of_widths_m)) if of_m
    ]
    smoothed_out = [f"road file {path}: {' and '.join(noise)} are smoothed out"] if noise else []
    narrowest_m = float(widths_m.sum(axis=1).min())
    in_feet = f"road file {path}: is nowhere narrower than {narrowest_m:.0f} m; if its numbers are feet, write metres"
    return (*smoothed_out, *([in_feet] if narrowest_m > WIDEST_USUAL_M else []))


def _drawn(path: Path, text: RoadText, width_m: float | None) -> Track:
    """The road along a line without widths."""
    is_gpx = path.suffix.lower() == ".gpx"
    said_m = text.width_m if width_m is None else width_m
    chosen_m = USUAL_WIDTH_M if said_m is None and is_gpx else said_m
    if chosen_m is None:
        raise InputError(
            f"road file {path}: has no widths; say one with --width METRES or a line `# width_m=6`, or give "
            f"{len(COLUMNS)} columns: {','.join(COLUMNS)}"
        )
    text, laps = first_lap(text)
    _check_length(path, text)
    half_m, closed = 0.5 * chosen_m, text.ends_meet
    _check_lane(path, text, -half_m, half_m)
    line = smooth_line(
        text.points_m,
        text.time_s,
        closed=closed,
        half_width_m=half_m,
        where=f"road file {path}",
        places=text.places,
    )
    widths = np.full(len(line.place_m), half_m)
    points = np.stack([line.place_m.real, line.place_m.imag, widths, widths], axis=-1)
    track = fit_circuit(path.stem, points, closed=closed, lane_offset_m=text.lane_offset_m or 0.0, lines=text.lines)
    said = f"{'a loop' if closed else 'an open road'} of {track.length_m / 1000.0:.1f} km, {chosen_m:g} m wide"
    first = ""
    if laps > 1.0:
        first = f"the first of {laps:.1f} laps; " if laps >= 1.05 else "without what leads on after a lap; "
    noise = f"{line.noise_m:.1f} m of noise are smoothed out; " if line.noise_m else ""
    near = f"95 % of the {len(text.points_m)} points lie within {max(line.moved_m, 0.1):.1f} m of its middle"
    return replace(track, notes=(f"road file {path}: {said}; {text.told}{first}{noise}{near}",))


def _check_width(width_m: float | None) -> None:
    """A width from edge to edge, where one is given."""
    if width_m is not None and not LEAST_WIDTH_M <= width_m <= MOST_WIDTH_M:
        raise InputError(
            f"width: {width_m:g} m from edge to edge; it must be from {LEAST_WIDTH_M:g} to {MOST_WIDTH_M:g}"
        )


def _check_length(path: Path, text: RoadText) -> None:
    """A length that can be driven and sampled."""
    in_metres = "" if path.suffix.lower() == ".gpx" else "write x_m and y_m in metres"
    too_long = f"{in_metres}, or cut out a part of it" if in_metres else "cut out a part of it"
    check_length(
        text.points_m, closed=text.ends_meet, where=f"road file {path}", too_long=too_long, too_short=in_metres
    )


def _check_lane(path: Path, text: RoadText, right_m: float, left_m: float) -> None:
    """A target lane that lies on the road."""
    if not right_m < (text.lane_offset_m or 0.0) < left_m:
        raise InputError(
            f"road file {path}: lane_offset_m={text.lane_offset_m:g} is off the road where it is narrowest"
        )


def _driveable(path: Path, track: Track, text: RoadText) -> tuple[Track, float, str]:
    """The road, its inner edge moved in where it would fold over itself, how far, and a note of that.

    Raises InputError for a bend below 5 m, and for one that the width does not fit into.
    """

    def where(sample: np.intp | int) -> str:
        away = text.points_m - np.array([track.x_m[sample], track.y_m[sample]])
        return f"road file {path}, {text.places[np.argmin(np.hypot(*away.T))]}"

    tightest = np.argmax(np.abs(track.curvature_per_m))
    radius_m = 1.0 / max(float(np.abs(track.curvature_per_m[tightest])), 1e-9)
    if radius_m < MIN_RADIUS_M:
        of_middle = track.file_line_m is not None
        what, remedy = (
            ("the middle between its edges ", "correct points or widths")
            if of_middle
            else ("", "move or delete points")
        )
        raise InputError(
            f"{where(tightest)}: {what}turns with a radius of {radius_m:.1f} m, less than {MIN_RADIUS_M:g} m; "
            f"{remedy} there"
        )
    clear, cut = unfolded(track)
    if cut is None:
        return track, 0.0, ""
    said = f"{where(cut.sample)}: {cut.width_m:.1f} m wide inside a bend of {cut.radius_m:.1f} m radius"
    if is_no_road(track, cut):
        raise InputError(f"{said}, so the edge would cross itself; make the road narrower there")
    num_others = cut.num_bends - 1
    others = f", and by less in {num_others} other bend{'s' if num_others > 1 else ''}" if num_others else ""
    return (
        clear,
        cut.cut_m,
        f"{said}; the inner edge is moved in by {cut.cut_m:.2f} m{others}, so that it does not cross itself",
    )
