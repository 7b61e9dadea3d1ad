"""The film: two cars side by side on one stretch, each with its camera's view, the road from above, and its offset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from drive_sim.arrays import Picture
from drive_sim.report import film_panels as panels
from drive_sim.report import style
from drive_sim.report.film_panels import NIGHT, SHARP, write
from drive_sim.report.road_lines import RoadLines, make_road_lines
from drive_sim.report.stretch import Take
from drive_sim.sim.camera import Camera
from drive_sim.sim.render import render
from drive_sim.sim.scene import Scene, Scenes
from drive_sim.sim.track import Track, Tracks

SIZE_PX, VIEW_PX = (1280, 720), (616, 346)
PLAN_PX, TRACE_PX = (616, 144), (616, 84)
_LEFT_PX = (16, 648)
_TITLE_TOP_PX, _VIEW_TOP_PX, _PLAN_TOP_PX, _OFFSET_TOP_PX, _TRACE_TOP_PX, _CAPTION_TOP_PX = 14, 52, 406, 556, 582, 678
_ALARM_S = 1.0
"""How long a put-back is shown."""


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
        yield np.asarray(frame)


def _backdrop(takes: Sequence[Take], captions: Captions) -> Image.Image:
    """Everything that stays as it is."""
    backdrop = Image.new("RGB", SIZE_PX, NIGHT)
    draw = ImageDraw.Draw(backdrop)
    for left_px, take in zip(_LEFT_PX, takes, strict=True):
        draw.ellipse((left_px, _TITLE_TOP_PX + 5, left_px + 16, _TITLE_TOP_PX + 21), fill=panels.BRIGHT[take.name])
        write(draw, (left_px + 26, _TITLE_TOP_PX), style.LOOKS[take.name].label, 22, bold=True)
    write(draw, (_LEFT_PX[0], _CAPTION_TOP_PX), captions.rule, 14)
    write(draw, (_LEFT_PX[0], _CAPTION_TOP_PX + 19), captions.details, 14, colour=panels.DIM)
    return backdrop


def _draw_side(frame: Image.Image, side: _Side, i: int, picture: Picture) -> None:
    """One car's half at frame i."""
    left_px, take, draw = side.left_px, side.take, ImageDraw.Draw(frame)
    colour, right_px = panels.BRIGHT[take.name], left_px + VIEW_PX[0]
    frame.paste(Image.fromarray(picture), (left_px, _VIEW_TOP_PX))
    frame.paste(panels.draw_plan(PLAN_PX, take, i, side.lines, colour=colour).reduce(SHARP), (left_px, _PLAN_TOP_PX))
    frame.paste(panels.draw_trace(TRACE_PX, take, i, colour=colour).reduce(SHARP), (left_px, _TRACE_TOP_PX))
    write(draw, (right_px, _TITLE_TOP_PX), _times(int(take.put_back[i])), 22, anchor="ra")
    write(draw, (left_px, _OFFSET_TOP_PX), _offset(take.offset_m[i]), 16)
    if take.put_back[i] > take.put_back[max(0, i - side.alarm_frames)]:
        box = (left_px, _VIEW_TOP_PX, right_px - 1, _VIEW_TOP_PX + VIEW_PX[1] - 1)
        draw.rectangle(box, outline=colour, width=6)
        panels.write_pill(draw, (left_px + VIEW_PX[0] // 2, _VIEW_TOP_PX + 30), "put back into its lane", colour)


def _times(count: int) -> str:
    return "never put back" if count == 0 else "put back once" if count == 1 else f"put back {count} times"


def _offset(offset_m: float) -> str:
    side = "left" if offset_m > 0 else "right"
    return f"{abs(offset_m):.2f} m {side} of its lane"
