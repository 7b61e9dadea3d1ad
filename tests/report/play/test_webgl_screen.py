"""The page's screen in a browser: it shows what Python's camera shows, with and without WebGL2."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drive_sim.report.play.page_roads import PageRoad
from drive_sim.sim.camera import Camera
from drive_sim.sim.circuit_file import named_track
from drive_sim.sim.render import render
from drive_sim.sim.scene import SCENE_KINDS, Scenes, make_scene
from drive_sim.sim.track import Tracks, point_on_lane
from tests.browser import needs_browser
from tests.report.play.screen_page import ScreenPage, pictures_of

pytestmark = [pytest.mark.slow, needs_browser]
_NUM_POSES = 28
_DRAWN = """
const { camera } = data, gl = contextOf(camera), paint = makeWorldPainter(gl, data.shaders, textures);
const pictures = data.poses.map(({ road, scene, car }) => {
  paint({ ...roads[road], scene: data.scenes[scene], textures }, camera, car);
  return pictureOf(gl, camera);
});
tell({ pictures, error: gl.getError() });
"""
_CAR = """
const { camera, viewer } = data, canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [camera.width_px, camera.height_px];
tell(data.others.map((car) => {
  drawFaces(canvas, carFaces([car], camera, viewer, data.scenes[0]));
  const pen = canvas.getContext("2d");
  pen.globalCompositeOperation = "destination-over";
  pen.fillStyle = "rgb(0 255 0)";
  pen.fillRect(0, 0, camera.width_px, camera.height_px);
  pen.globalCompositeOperation = "source-over";
  const { data: bytes } = pen.getImageData(0, 0, camera.width_px, camera.height_px);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}));
"""
_SHOWN = """
const frame = () => new Promise((go) => setTimeout(go, 100));
(async () => {
  const canvas = document.createElement("canvas"), seen = [], { camera } = data;
  canvas.style = "width: 320px; height: 180px; display: block";
  document.body.append(canvas);
  const cars = document.createElement("canvas"), screen = makeScreen(canvas, cars, data.shaders, textures);
  const world = { ...roads[0], scene: data.scenes[0], textures };
  const look = () => {
    screen.draw(world, camera, { x: roads[0].road.x[0], y: roads[0].road.y[0], heading: roads[0].road.heading[0] });
    const copy = document.createElement("canvas"), context = copy.getContext("2d");
    context.drawImage(screen.canvas, 0, 0, 40, 40);
    const grey = context.getImageData(20, 36, 1, 1).data[0], [shown, ...more] = document.querySelectorAll("canvas");
    seen.push({ kind: screen.kind, isShown: shown === screen.canvas && !more.length, width: shown.width, grey });
  };
  look();
  const loss = canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context");
  if (loss) {
    loss.loseContext();
    await frame();
    look();
    loss.restoreContext();
    await frame();
    look();
  }
  tell(seen);
})();
"""
_ADAPTED = """
tell(data.machines.map(({ fullMs, otherMs, tickMs }) => {
  let state = fullResolution, frames = [];
  for (let i = 0; i < 8000; i++) {
    const ms = Math.ceil((fullMs * shareOf(state) ** 2 + otherMs) / tickMs) * tickMs;
    frames.push([shareOf(state), ms]);
    state = adapted(state, ms);
  }
  return frames;
}));
"""


@pytest.fixture(scope="module")
def page() -> ScreenPage:
    """Roads with and without lines, one that crosses itself, and a scene of each kind."""
    names = ("forest-road", "village-loop", "crossroads")
    scenes = [make_scene(kind, np.random.default_rng(200 + i)) for i, kind in enumerate(SCENE_KINDS)]
    return ScreenPage([named_track(name) for name in names], scenes, Camera())


def test_every_scene_equals_pythons_picture(page: ScreenPage, tmp_path: Path):
    rng, tracks = np.random.default_rng(30), Tracks.stack([PageRoad.of(track).made for track in page.tracks])
    road, scene = rng.integers(len(page.tracks), size=_NUM_POSES), np.arange(_NUM_POSES) % len(page.scenes)
    s_m = rng.uniform(0.0, 1.0, _NUM_POSES) * tracks.length_m[road]
    pose = point_on_lane(tracks, road, s_m, rng.normal(0.0, 0.8, _NUM_POSES), rng.normal(0.0, 0.15, _NUM_POSES))
    expected = render(tracks, Scenes.stack(page.scenes), page.camera, pose, road, scene).astype(np.float64)
    poses = [
        {"road": int(r), "scene": int(k), "car": dict(zip(("x", "y", "heading"), map(float, p), strict=True))}
        for r, k, p in zip(road, scene, pose, strict=True)
    ]
    told = page.told(_DRAWN, tmp_path, poses=poses)
    difference = np.abs(pictures_of(told["pictures"], page.camera) - expected).mean(axis=(1, 2, 3))
    assert told["error"] == 0
    assert difference.max() < 0.25, difference.reshape(-1)[:14]


def test_a_car_stands_where_pythons_camera_sees_its_place(page: ScreenPage, tmp_path: Path):
    camera = replace(page.camera.resized(320, 180), height_m=2.2)
    viewer, ahead_m = np.array([30.0, -20.0, 0.7]), 9.0
    places = viewer[:2] + np.array([[ahead_m], [-ahead_m]]) * [np.cos(viewer[2]), np.sin(viewer[2])]
    red = {"heading": viewer[2], "colour": [0.9, 0.1, 0.05]}
    others = [{"x": x, "y": y} | red for x, y in places]
    viewer_pose = dict(zip(("x", "y", "heading"), viewer, strict=True))
    told = replace(page, camera=camera).told(_CAR, tmp_path, viewer=viewer_pose, others=others)
    seen, unseen = pictures_of(told, camera)[:, ::-1]  # A canvas's upper row is its first.
    rows, columns = np.nonzero(np.any(seen != [0, 255, 0], axis=2))
    rear_m = ahead_m - 1.0  # The shade on the ground begins a metre behind the rear axle.
    corners = camera.image_from_ground @ np.array([[rear_m, rear_m], [1.05, -1.05], [1.0, 1.0]])
    (left_px, right_px), (bottom_px, _) = corners[:2] / corners[2]
    assert [columns.min(), columns.max(), rows.max()] == pytest.approx([left_px, right_px, bottom_px], abs=1.5)
    assert np.all(unseen == [0, 255, 0]), "a car behind the viewer is not seen"


def test_a_lost_context_is_stood_in_for_until_it_is_restored(page: ScreenPage, tmp_path: Path):
    seen = page.told(_SHOWN, tmp_path, "--virtual-time-budget=5000")
    assert [look["kind"] for look in seen] == ["software", "javascript", "software"]
    assert all(look["isShown"] for look in seen)
    assert [look["width"] for look in seen] == [320, 200, 320]
    assert np.ptp([look["grey"] for look in seen]) < 12 and seen[0]["grey"] > 40


def test_without_webgl_javascript_draws(page: ScreenPage, tmp_path: Path):
    (look,) = page.told(_SHOWN, tmp_path, "--virtual-time-budget=5000", "--disable-3d-apis")
    assert (look["kind"], look["isShown"]) == ("javascript", True) and look["grey"] > 40


def test_the_resolution_falls_where_frames_are_late_and_rises_again(page: ScreenPage, tmp_path: Path):
    tick_ms = 1000.0 / 60.0
    fast, slow, slower_display, hopeless = page.told(
        _ADAPTED,
        tmp_path,
        machines=[
            {"fullMs": 5.0, "otherMs": 3.0, "tickMs": tick_ms},
            {"fullMs": 30.0, "otherMs": 4.0, "tickMs": tick_ms},
            {"fullMs": 5.0, "otherMs": 3.0, "tickMs": 2.0 * tick_ms},
            {"fullMs": 400.0, "otherMs": 20.0, "tickMs": tick_ms},
        ],
    )
    shares = [np.array(frames)[:, 0] for frames in (fast, slow, slower_display, hopeless)]
    assert np.all(shares[0] == 1.0)
    late = np.array(slow)[:, 1] > 20.0
    assert 0.4 <= shares[1][-1] <= 0.7 and late[-4000:].mean() < 0.02
    assert np.all(shares[2][-4000:] == 1.0), "a display of 30 frames a second is not a slow renderer"
    assert shares[3][-1] == shares[3].min() == 0.3
