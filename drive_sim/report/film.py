"""The film: two cars side by side on one stretch, each with its camera's view, the road from above, and its offset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from drive_sim.arrays import Picture
from drive_sim.report import film_panels as panels
from drive_sim.report import style
from drive_sim.report.film_panels import NIGHT, write
from drive_sim.report.numbers import counted
from drive_sim.report.road_lines import RoadLines, make_road_lines
from drive_sim.report.stretch import Take
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks

SIZE_PX, VIEW_PX = (1280, 720), (616, 346)
PLAN_PX, TRACE_PX, COUNT_PX, OFFSET_PX = (616, 144), (616, 84), (300, 30), (616, 22)
_LEFT_PX = (16, 648)
_TITLE_TOP_PX, _VIEW_TOP_PX, _PLAN_TOP_PX, _OFFSET_TOP_PX, _TRACE_TOP_PX, _CAPTION_TOP_PX = 14, 52, 406, 556, 582, 678
_ALARM_S = 1.0
"""How long an intervention is shown."""


@dataclass(frozen=True, slots=True)
class Captions:
    """What stands under the film: what is shown and by which rule it was chosen; and the rest."""

    rule: str
    details: str


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One half of the frame: whose it is, and what is the same in all of its frames."""

    left_px: int
    take: Take
    lines: RoadLines
    alarm_frames: int


def film_frames(
    track: Track,
    scene: Scene,
    camera: Camera,
    takes: Sequence[Take],
    captions: Captions,
    *,
    fps: int,
    num_threads: int = 1,
) -> Iterator[Picture]:
    """Frame by frame, two takes side by side (720x1280): the simulator's own picture at film size, plan and trace."""
    tracks, scenes, view = Tracks.stack([track]), Scenes.stack([scene]), camera.resized(*VIEW_PX)
    which = np.zeros(len(takes), dtype=np.int64)
    lines = make_road_lines(track, -60.0, track.length_m + 60.0)
    sides = [_Side(x, take, lines, round(_ALARM_S * fps)) for x, take in zip(_LEFT_PX, takes, strict=True)]
    backdrop = _backdrop(takes, captions)
    for i in range(len(takes[0].poses)):
        poses = np.stack([take.poses[i] for take in takes])
        views = render(tracks, scenes, view, poses, which, which, num_threads=num_threads)
        frame = backdrop.copy()
        for side, picture in zip(sides, views, strict=True):
            _draw_side(frame, side, i, picture)
        yield frame


def _backdrop(takes: Sequence[Take], captions: Captions) -> Picture:
    """Everything that stays as it is."""
    backdrop = Image.new("RGB", SIZE_PX, NIGHT)
    draw = ImageDraw.Draw(backdrop)
    for left_px, take in zip(_LEFT_PX, takes, strict=True):
        draw.ellipse((left_px, _TITLE_TOP_PX + 5, left_px + 16, _TITLE_TOP_PX + 21), fill=panels.BRIGHT[take.name])
        write(draw, (left_px + 26, _TITLE_TOP_PX), style.LOOKS[take.name].label, 22, bold=True)
    write(draw, (_LEFT_PX[0], _CAPTION_TOP_PX), captions.rule, 14)
    write(draw, (_LEFT_PX[0], _CAPTION_TOP_PX + 19), captions.details, 14, colour=panels.DIM)
    return np.array(backdrop)


def _draw_side(frame: Picture, side: _Side, i: int, picture: Picture) -> None:
    """One car's half at frame i, part by part: far cheaper than to draw on the whole frame."""
    take, colour = side.take, panels.BRIGHT[side.take.name]
    if take.put_back[i] > take.put_back[max(0, i - side.alarm_frames)]:
        picture = panels.alarmed(picture, "intervention: put back onto its lane", colour=colour)
    put_back = counted(int(take.put_back[i]), "intervention") if take.put_back[i] else "no interventions"
    count = panels.words_on_a_strip(COUNT_PX, put_back, 22, right=True)
    offset = panels.words_on_a_strip(OFFSET_PX, f"{panels.offset_in_words(take.offset_m[i])} of its lane", 16)
    _paste(frame, side.left_px + VIEW_PX[0] - COUNT_PX[0], _TITLE_TOP_PX, count)
    _paste(frame, side.left_px, _VIEW_TOP_PX, picture)
    _paste(frame, side.left_px, _PLAN_TOP_PX, panels.draw_plan(PLAN_PX, take, i, side.lines, colour=colour))
    _paste(frame, side.left_px, _OFFSET_TOP_PX, offset)
    _paste(frame, side.left_px, _TRACE_TOP_PX, panels.draw_trace(TRACE_PX, take, i, colour=colour))


def _paste(frame: Picture, left_px: int, top_px: int, part: Picture) -> None:
    frame[top_px : top_px + part.shape[0], left_px : left_px + part.shape[1]] = part
