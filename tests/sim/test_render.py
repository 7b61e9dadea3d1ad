"""Laws of the camera: where things appear, what may not change the picture, and how it compares with finer sampling."""

from dataclasses import replace

import numpy as np
import pytest
from figure_eight import make_figure_eight
from scipy.spatial import KDTree

from drive_sim.errors import InputError
from drive_sim.sim.camera import Camera
from drive_sim.sim.circuit_file import load_circuit
from drive_sim.sim.lane_grid import lane_grid, world_map
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS, make_circle, make_circuit, make_straight
from drive_sim.sim.scene import Scene, Scenes, make_scene
from drive_sim.sim.track import Tracks, point_on_lane

CAMERA = Camera()
PLAIN = Scene(
    texture_amplitude=0.0,
    surface=(1.0, 0.0, 0.0),
    verge=(0.0, 1.0, 0.0),
    verge_patch=(0.0, 1.0, 0.0),
    wheel_track=0.0,
    shoulder_m=-5.0,  # none: its edge lies inside the surface, which is drawn over it
    line_strength=0.0,
    sun_light=(0.0, 0.0, 0.0),
    sky_light=(1.0, 1.0, 1.0),
    glow=(0.0, 0.0, 0.0),
    fog_per_m=0.0,
    vignette=0.0,
)
"""Red road on green, flat light: a pixel's red is the surface's share of it."""


@pytest.fixture(scope="module")
def world():
    """Eight cars on eight roads under eight skies, of every kind."""
    rng = np.random.default_rng(5)
    kinds = [ROAD_KINDS[name] for name in ("path", "two-lane") * 4]
    tracks = Tracks.stack([make_circuit(rng, kind=kind, length_m=1200.0) for kind in kinds])
    names = ("day", "dusk", "night", "fog", "rain", "shadows", "dirt", "day")
    scenes = Scenes.stack([make_scene(name, rng) for name in names])
    index = np.arange(8)
    poses = point_on_lane(tracks, index, rng.uniform(0.0, 1200.0, 8), rng.uniform(-1.0, 1.0, 8))
    poses[:, 2] += rng.normal(0.0, 0.1, 8)
    return tracks, scenes, poses, index


def look(tracks, scene, camera, poses, **options):
    """Pictures of one road under one sky."""
    idx = np.zeros(len(poses), dtype=np.int64)
    return render(Tracks.stack([tracks]), Scenes.stack([scene]), camera, poses, idx, idx, **options)


def finer(camera, times):
    """The same view with each pixel split into `times` x `times`."""
    u, v = camera.centre_px
    return replace(
        camera,
        width_px=camera.width_px * times,
        height_px=camera.height_px * times,
        focal_px=camera.focal_px * times,
        horizon_px=(camera.horizon_px + 0.5) * times - 0.5,
        principal_x_px=(u + 0.5) * times - 0.5,
        principal_y_px=(v + 0.5) * times - 0.5,
    )


def supersampled(tracks, scenes, camera, poses, track_idx, scene_idx, times=4):
    """What the camera sees by brute force: the mean of many thin rays a pixel."""
    fine = render(tracks, scenes, finer(camera, times), poses, track_idx, scene_idx).astype(np.float32)
    return fine.reshape(len(poses), camera.height_px, times, camera.width_px, times, 3).mean(axis=(2, 4))


def ground_seen(camera, pose):
    """Rows and columns of a few pixels below the horizon, and the ground points there in the world (k, 2)."""
    v, u = np.mgrid[int(np.ceil(camera.horizon_px)) + 3 : camera.height_px, 0 : camera.width_px]
    seen = np.linalg.inv(camera.image_from_ground) @ np.stack([u.ravel(), v.ravel(), np.ones(u.size)])
    ahead, left = seen[0] / seen[2], seen[1] / seen[2]
    x = pose[0] + ahead * np.cos(pose[2]) - left * np.sin(pose[2])
    y = pose[1] + ahead * np.sin(pose[2]) + left * np.cos(pose[2])
    return v.ravel(), u.ravel(), np.stack([x, y], axis=-1)


def distance_inside(tracks, half_width_m, points):
    """Distance (k,) of points inside the nearest edge of a road of even width, from a dense row of its points."""
    s_m = np.arange(0.0, tracks.length_m[0], 0.05)
    line = point_on_lane(tracks, np.zeros(len(s_m), dtype=np.int64), s_m)[:, :2]
    return half_width_m - KDTree(line).query(points)[0]


def test_batch_equals_its_singles(world):
    tracks, scenes, poses, index = world
    batch = render(tracks, scenes, CAMERA, poses, index, index)
    for i in index:
        np.testing.assert_array_equal(
            batch[i : i + 1], render(tracks, scenes, CAMERA, poses[i : i + 1], index[i : i + 1], index[i : i + 1])
        )


@pytest.mark.parametrize("camera", [CAMERA, CAMERA.resized(96, 96), CAMERA.resized(500, 120)])
def test_threads_do_not_change_the_picture(world, camera):
    tracks, scenes, poses, index = world
    alone, shared = (
        render(tracks, scenes, camera, poses, index, index, noise_seed=3, num_threads=count) for count in (1, 3)
    )
    np.testing.assert_array_equal(alone, shared)


def test_sensor_noise_is_a_function_of_its_seed_and_as_strong_as_the_scene_says():
    grey = (128 / 255, 128 / 255, 128 / 255)
    scene = replace(PLAIN, noise_grey=5.0, surface=grey, verge=grey, verge_patch=grey)
    poses = np.array([[20.0, 0.0, 0.0]] * 2)
    clean = look(make_straight(100.0), scene, CAMERA, poses)
    noisy, again, other = (look(make_straight(100.0), scene, CAMERA, poses, noise_seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(noisy, again)
    noise = noisy[:, 13:].astype(float) - clean[:, 13:]
    assert noise.std() == pytest.approx(5.0, rel=0.05)
    assert abs(noise.mean()) < 0.2
    for different in (other[0], noisy[1]):
        assert abs(np.corrcoef(noise[0].ravel(), (different.astype(float) - clean[0])[13:].ravel())[0, 1]) < 0.03


def test_mirrored_road_and_pose_give_the_mirrored_picture():
    track = make_circuit(np.random.default_rng(2), kind=ROAD_KINDS["two-lane"], length_m=1200.0)
    scene = replace(Scene(texture_amplitude=0.0, cloud=0.0, hill_rad=0.0), sun_azimuth_rad=0.0)
    poses = point_on_lane(Tracks.stack([track]), np.zeros(6, dtype=np.int64), np.linspace(0.0, 850.0, 6), 0.3)
    picture = look(track, scene, CAMERA, poses).astype(int)
    mirrored = look(track.mirrored(), scene, CAMERA, poses * [1.0, -1.0, -1.0])[:, :, ::-1]
    difference = np.abs(picture - mirrored)
    # Columns share lane samples from the left end of the row on, so a few far pixels differ.
    assert difference.mean() < 0.02
    assert np.quantile(difference, 0.999) <= 2


def test_the_edges_of_a_straight_road_lie_where_the_camera_projects_them():
    scene, half_width_m = PLAIN, 2.2
    offset_m, turn_rad = 0.4, 0.05
    picture = look(make_straight(400.0), scene, CAMERA, np.array([[50.0, offset_m, turn_rad]]))[0, ..., 0] / 255.0
    rows = np.arange(15, 50)
    homography = CAMERA.image_from_ground
    for row in rows:
        ends = []
        for edge_m in (half_width_m, -half_width_m):
            # The edge's line in the car frame, at the row's forward distance.
            line = np.array([[np.cos(turn_rad), np.sin(turn_rad)], [-np.sin(turn_rad), np.cos(turn_rad)]])
            near, far = (line @ [x, edge_m - offset_m] for x in (0.0, 100.0))
            a, b = homography @ [*near, 1.0], homography @ [*far, 1.0]
            share = (row * a[2] - a[1]) / (row * (a[2] - b[2]) - (a[1] - b[1]))
            ends.append((a + share * (b - a))[0] / (a + share * (b - a))[2])
        left, right = np.clip(ends, -0.5, CAMERA.width_px - 0.5)
        columns = np.arange(CAMERA.width_px)
        covered = np.clip(np.minimum(columns + 0.5, right) - np.maximum(columns - 0.5, left), 0.0, 1.0)
        assert picture[row].sum() == pytest.approx(covered.sum(), abs=0.25)
        assert (picture[row] * columns).sum() / picture[row].sum() == pytest.approx(
            (covered * columns).sum() / covered.sum(), abs=0.1
        )


@pytest.mark.parametrize("name", ["circuit", "tight", "eight"])
def test_the_surface_is_drawn_where_the_road_lies(name):
    track = {
        "circuit": lambda: make_circuit(np.random.default_rng(1), kind=ROAD_KINDS["path"], length_m=800.0),
        "tight": lambda: make_circle(8.0),
        "eight": lambda: make_figure_eight(100.0),
    }[name]()
    places = Tracks.stack([track])
    s_m = np.linspace(0.0, track.length_m, 12, endpoint=False)
    poses = point_on_lane(places, np.zeros(12, dtype=np.int64), s_m, 0.5)
    camera = CAMERA.resized(480, 160)
    pictures = look(track, PLAIN, camera, poses)
    for pose, picture in zip(poses, pictures, strict=True):
        v, u, points = ground_seen(camera, pose)
        near = np.flatnonzero(np.hypot(*(points - pose[:2]).T) < 60.0)[::37]
        v, u, inside_m = v[near], u[near], distance_inside(places, track.width_left_m[0], points[near])
        footprint_m = 1.5 * np.hypot(*(points[near] - pose[:2]).T) ** 2 / (camera.height_m * camera.focal_px) + 0.03
        red = picture[v, u, 0] / 255.0
        assert (red[inside_m > footprint_m] > 0.99).all()
        assert (red[inside_m < -footprint_m] < 0.01).all()
        assert (inside_m > footprint_m).sum() > 20


def test_above_the_horizon_only_turning_moves_anything(world):
    tracks, scenes, poses, index = world
    horizon = int(np.floor(CAMERA.horizon_px)) + 1
    here = render(tracks, scenes, CAMERA, poses, index, index)
    there = render(tracks, scenes, CAMERA, np.add(poses, [700.0, -300.0, 0.0]), index, index)
    np.testing.assert_array_equal(here[:, :horizon], there[:, :horizon])
    turned = render(tracks, scenes, CAMERA, np.add(poses, [0.0, 0.0, 0.3]), index, index)
    assert (here[:, :horizon] != turned[:, :horizon]).any(axis=(1, 2, 3)).all()
    round_about = render(tracks, scenes, CAMERA, np.add(poses, [0.0, 0.0, 2.0 * np.pi]), index, index)
    assert np.abs(here[:, :horizon].astype(int) - round_about[:, :horizon]).max() <= 1


def test_ground_begins_at_the_horizon_row():
    for horizon in (4.0, 20.3, 40.0):
        camera = replace(CAMERA, horizon_px=horizon)
        scene = replace(PLAIN, zenith=(0.0, 0.0, 1.0), horizon=(0.0, 0.0, 1.0), hill_rad=0.0, cloud=0.0, haze=(0, 0, 1))
        blue = look(make_straight(100.0), scene, camera, np.array([[9.0, 0.0, 0.0]]))[0, ..., 2]
        first_ground = int(np.ceil(horizon + 0.3))
        assert (blue[:first_ground] > 200).all()
        assert (blue[first_ground + 1 :] == 0).all()


def test_pictures_agree_with_brute_force_sampling(world):
    tracks, _, poses, index = world
    for kind, texture, bar in (("day", 0.0, 0.8), ("day", 0.1, 2.5), ("shadows", 0.1, 3.0)):
        scene = replace(make_scene(kind, np.random.default_rng(1)), vignette=0.0, texture_amplitude=texture)
        scenes, sky_idx = Scenes.stack([scene]), np.zeros(8, dtype=np.int64)
        picture = render(tracks, scenes, CAMERA, poses, index, sky_idx)
        truth = supersampled(tracks, scenes, CAMERA, poses, index, sky_idx)
        assert np.abs(picture - truth).mean() < bar, kind


def test_nothing_shimmers_more_than_in_brute_force_sampling(world):
    """Ground points, followed through a drive of 7 cm a frame, change no more than thin rays' mean would make them."""
    tracks, _, _, _ = world
    scene = replace(make_scene("shadows", np.random.default_rng(1)), vignette=0.0)
    scenes, zeros = Scenes.stack([scene]), np.zeros(8, dtype=np.int64)
    road = np.ones(8, dtype=np.int64)
    poses = point_on_lane(tracks, road, np.linspace(300.0, 300.5, 8))
    rng = np.random.default_rng(0)
    ahead, left, middle = rng.uniform(4.0, 30.0, 4000), rng.uniform(-6.0, 6.0, 4000), poses[4]
    cos, sin = np.cos(middle[2]), np.sin(middle[2])
    points = np.stack([middle[0] + ahead * cos - left * sin, middle[1] + ahead * sin + left * cos], axis=-1)
    ours = render(tracks, scenes, CAMERA, poses, road, zeros).astype(np.float32)
    truth = supersampled(tracks, scenes, CAMERA, poses, road, zeros)
    changes = [_change_of_followed_points(pictures, poses, points) for pictures in (ours, truth)]
    assert changes[0] <= changes[1]


def _change_of_followed_points(pictures, poses, points):
    values = []
    for picture, (x, y, heading) in zip(pictures, poses, strict=True):
        dx, dy = points[:, 0] - x, points[:, 1] - y
        cos, sin = np.cos(heading), np.sin(heading)
        u, v, w = CAMERA.image_from_ground @ np.stack([cos * dx + sin * dy, cos * dy - sin * dx, np.ones(len(points))])
        u, v = u / w, v / w
        seen = (u >= 0) & (u < CAMERA.width_px - 1) & (v < CAMERA.height_px - 1)
        column, row = np.where(seen, u, 0).astype(int), np.where(seen, v, 0).astype(int)
        right, below = (u - column)[:, None], (v - row)[:, None]
        upper = picture[row, column] * (1 - right) + picture[row, column + 1] * right
        lower = picture[row + 1, column] * (1 - right) + picture[row + 1, column + 1] * right
        values.append(np.where(seen[:, None], upper * (1 - below) + lower * below, np.nan))
    return np.nanmean(np.abs(np.diff(values, axis=0)))


def test_without_texture_a_straight_road_looks_the_same_all_along():
    poses = np.array([[20.0, 0.3, 0.02], [61.3, 0.3, 0.02]])
    first, second = look(make_straight(600.0), replace(Scene(), texture_amplitude=0.0), CAMERA, poses).astype(int)
    assert np.abs(first - second).max() <= 1
    textured = look(make_straight(600.0), Scene(), CAMERA, poses).astype(int)
    assert np.abs(textured[0] - textured[1]).mean() > 1.0


def test_only_tiles_near_the_road_exist():
    track = make_circle(500.0)
    grid = lane_grid(track)
    assert grid.cells.nbytes + grid.tile_map.nbytes < 0.3 * 4 * 1000.0**2
    assert grid.cells.nbytes < 4 * 3.0 * track.length_m * 2.0 * (2.2 + 5.0)


def test_a_camera_that_looks_straight_down_sees_the_road_behind_it_too():
    camera = Camera(width_px=101, height_px=101, focal_px=100.0, horizon_px=-4000.0, height_m=10.0, forward_m=0.0)
    red = look(make_straight(200.0), PLAIN, camera, np.array([[100.0, 1.0, 0.0]]))[0, ..., 0] / 255.0
    assert red.sum(axis=1) == pytest.approx(np.full(101, 44.0), abs=1.5)
    assert red[:, :38].max() == 0.0 and red[:, 84:].max() == 0.0  # the road's middle lies 1 m to the right


def test_dashes_meet_at_the_seam_of_a_closed_road():
    track = replace(make_circle(100.3, half_width_m=3.5), lines="two-lane")
    camera = Camera(width_px=41, height_px=40, focal_px=200.0, horizon_px=-8000.0, height_m=12.0, forward_m=0.0)
    scene = replace(PLAIN, line=(0.0, 0.0, 1.0), line_strength=1.0, line_m=0.5)
    s_m = np.arange(0.0, track.length_m, 2.4)  # a picture shows 2.4 m of road
    poses = point_on_lane(Tracks.stack([track]), np.zeros(len(s_m), dtype=np.int64), s_m)
    blue = look(track, scene, camera, poses)[:, ::-1, 20, 2].ravel()[: int(track.length_m / 0.06)] / 255.0
    assert blue.mean() == pytest.approx(scene.dash_m / scene.dash_period_m, rel=0.01)
    starts = np.flatnonzero((blue[1:] > 0.5) & (blue[:-1] <= 0.5))
    assert len(starts) == round(track.length_m / scene.dash_period_m)
    assert np.diff(starts) == pytest.approx(np.full(len(starts) - 1, track.length_m / len(starts) / 0.06), abs=3.0)


def test_a_batch_of_roads_is_mapped_once(world):
    tracks, _, _, _ = world
    assert world_map(tracks) is world_map(tracks)


def test_the_grid_of_a_real_circuit_that_crosses_itself_is_small(shared_data):
    grid = lane_grid(load_circuit(shared_data / "circuits" / "Suzuka.csv"))
    assert grid.cells.nbytes < 1.5e6
    other = grid.cells >> 16
    assert 0 < (other != 0xFFFF).sum() < 1000


def test_given_memory_is_drawn_into(world):
    tracks, scenes, poses, index = world
    out = np.zeros((8, 66, 200, 3), dtype=np.uint8)
    assert render(tracks, scenes, CAMERA, poses, index, index, out=out) is out
    np.testing.assert_array_equal(out, render(tracks, scenes, CAMERA, poses, index, index))


def test_bad_input_is_named(world):
    tracks, scenes, poses, index = world
    with pytest.raises(InputError, match="poses must be finite"):
        render(tracks, scenes, CAMERA, np.full((8, 3), np.nan), index, index)
    with pytest.raises(InputError, match=r"track_idx must lie in 0\.\.7"):
        render(tracks, scenes, CAMERA, poses, index + 1, index)
    with pytest.raises(InputError, match="scene_idx must have one entry a car"):
        render(tracks, scenes, CAMERA, poses, index, index[:3])
    with pytest.raises(InputError, match="out must be a contiguous uint8 array"):
        render(tracks, scenes, CAMERA, poses, index, index, out=np.zeros((8, 66, 200), dtype=np.uint8))
