"""The camera: one kernel call draws a batch of cars on different roads under different skies.

The ground is flat, so each pixel below the horizon has one ground point. A row is drawn in blocks of columns: where the
row meets the road, its distances to the surface's edges and its noise are written to small buffers, then one loop
shades them. Everything but table look-ups is a loop without branches over float32, which the compiler vectorises.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numba import njit

from drive_sim.arrays import CarIndex, Images, Poses
from drive_sim.errors import InputError
from drive_sim.sim import lane_grid, texture
from drive_sim.sim.camera import Camera
from drive_sim.sim.lane_grid import world_map
from drive_sim.sim.lens import make_lens
from drive_sim.sim.scene import COLUMN, Scenes
from drive_sim.sim.shading import (
    Ground,
    Light,
    band,
    covered,
    dashed,
    f4,
    mixed,
    road_albedo,
    transmittance,
    verge_albedo,
)
from drive_sim.sim.track import Tracks

KERNEL = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "nsz", "arcp", "reassoc", "nnan"},
}

BLOCK = 256
"""Columns drawn at once: the buffers of a block fit the first-level cache, and lie at constant distances."""
GROUP = 16
"""Columns that share a nearest sample of the lane, where they are close enough together: one AVX-512 register."""
GROUP_SPAN_M = 1.6
FAR_M = -1000.0

# Float buffers, each BLOCK long.
LEFT, RIGHT, ALONG, SHARP, HALF_ALONG, PAINT = (i * BLOCK for i in range(6))
NOISE, VERGE_NOISE, PATCH, SHADE, BLEND = (i * BLOCK for i in range(6, 11))
RED, GREEN, BLUE = (i * BLOCK for i in range(11, 14))
RANGE, GLOW, HEAD, VIGNETTE, HILL = (i * BLOCK for i in range(14, 19))
NUM_FLOATS = 19 * BLOCK
# Word buffers: positions on a tile, looked-up words.
ACROSS_POS, DOWN_POS, WORD, INDEX = (i * BLOCK for i in range(4))
NUM_WORDS = 4 * BLOCK

# Columns of the scene table, under the names of the scene's fields.
C_TEXTURE, C_SURFACE, C_WHEEL_TRACK = COLUMN["texture_amplitude"], COLUMN["surface"], COLUMN["wheel_track"]
C_VERGE, C_PATCH, C_SHOULDER, C_SHOULDER_M = (
    COLUMN["verge"],
    COLUMN["verge_patch"],
    COLUMN["shoulder"],
    COLUMN["shoulder_m"],
)
C_LINE, C_LINE_STRENGTH, C_LINE_M, C_LINE_INSET_M = (
    COLUMN["line"],
    COLUMN["line_strength"],
    COLUMN["line_m"],
    COLUMN["line_inset_m"],
)
C_DASH_M, C_DASH_PERIOD_M = COLUMN["dash_m"], COLUMN["dash_period_m"]
C_SUN_AZIMUTH, C_SUN_ELEVATION = COLUMN["sun_azimuth_rad"], COLUMN["sun_elevation_rad"]
C_SUN, C_SKY, C_HEADLIGHT = COLUMN["sun_light"], COLUMN["sky_light"], COLUMN["headlight"]
C_SHADOW, C_SHADOW_SIZE = COLUMN["shadow"], COLUMN["shadow_size_m"]
C_ZENITH, C_HORIZON, C_GLOW, C_GLOW_RAD = COLUMN["zenith"], COLUMN["horizon"], COLUMN["glow"], COLUMN["glow_rad"]
C_CLOUD, C_HILL, C_HILL_RAD = COLUMN["cloud"], COLUMN["hill"], COLUMN["hill_rad"]
C_FOG, C_WET, C_NOISE, C_VIGNETTE = COLUMN["fog_per_m"], COLUMN["wet"], COLUMN["noise_grey"], COLUMN["vignette"]

L_COS, L_SIN, L_K, L_LEFT, L_RIGHT = (
    lane_grid.COS,
    lane_grid.SIN,
    lane_grid.CURVATURE,
    lane_grid.LEFT,
    lane_grid.RIGHT,
)
L_LEFT_SLOPE, L_RIGHT_SLOPE, L_ALONG = lane_grid.LEFT_SLOPE, lane_grid.RIGHT_SLOPE, lane_grid.ALONG
L_X, L_Y = lane_grid.X, lane_grid.Y
NO_SAMPLE, TILE_CELLS = lane_grid.NO_SAMPLE, lane_grid.TILE_CELLS


def render(
    tracks: Tracks,
    scenes: Scenes,
    camera: Camera,
    poses: Poses,
    track_idx: CarIndex,
    scene_idx: CarIndex,
    *,
    noise_seed: int | None = None,
    num_threads: int = 1,
    out: Images | None = None,
) -> Images:
    """Pictures (n, h, w, 3) of what cars with poses (n, 3) see, each on its road and under its sky.

    `noise_seed` adds the sensor's noise, a function of seed, car and pixel; None draws without. The picture does not
    depend on `num_threads`. Raises InputError where shapes or indices do not fit.
    """
    poses = np.ascontiguousarray(poses, dtype=np.float64)
    track_idx, scene_idx = (np.ascontiguousarray(idx, dtype=np.int64) for idx in (track_idx, scene_idx))
    num_cars = len(poses)
    _check(tracks, scenes, poses, track_idx, scene_idx)
    shape = (num_cars, camera.height_px, camera.width_px, 3)
    if out is None:
        out = np.empty(shape, dtype=np.uint8)
    elif out.shape != shape or out.dtype != np.uint8 or not out.flags.c_contiguous:
        raise InputError(f"render: out must be a contiguous uint8 array {shape}, got {out.dtype} {out.shape}")
    arguments = (
        world_map(tracks),
        scenes.table,
        texture.tile_words(),
        texture.octave_table(),
        texture.hill_profile(),
        make_lens(camera),
        poses,
        track_idx,
        scene_idx,
        -1 if noise_seed is None else int(noise_seed) & 0x7FFFFFFF,
    )
    # Threads share the rows of every car, so that one large picture is shared evenly too.
    if num_threads == 1:
        _draw(*arguments, 0, 1, out)
    else:
        jobs = [_pool(num_threads).submit(_draw, *arguments, part, num_threads, out) for part in range(num_threads)]
        for job in jobs:
            job.result()
    return out


def _check(tracks: Tracks, scenes: Scenes, poses: Poses, track_idx: CarIndex, scene_idx: CarIndex) -> None:
    if poses.ndim != 2 or poses.shape[1] != 3 or track_idx.shape != (len(poses),) or scene_idx.shape != (len(poses),):
        raise InputError(
            f"render: poses {poses.shape}, track_idx {track_idx.shape}, scene_idx {scene_idx.shape} must be (n, 3), (n,), (n,)"
        )
    for name, idx, size in (
        ("track_idx", track_idx, len(tracks.tracks)),
        ("scene_idx", scene_idx, len(scenes.scenes)),
    ):
        if len(idx) and not 0 <= idx.min() <= idx.max() < size:
            raise InputError(f"render: {name} must lie in 0..{size - 1}, got {idx.min()}..{idx.max()}")


@lru_cache(maxsize=4)
def _pool(num_threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(num_threads, thread_name_prefix="render")


@njit(**KERNEL)
def _draw(world, table, tiles, octaves, hills, lens, poses, track_idx, scene_idx, noise_seed, first_row, row_step, out):
    """Draw every `row_step`-th row of every car."""
    floats = np.zeros(NUM_FLOATS, dtype=np.float32)
    words = np.zeros(NUM_WORDS, dtype=np.uint32)
    height, width = out.shape[1], out.shape[2]
    for car in range(len(poses)):
        scene = table[scene_idx[car]]
        road = track_idx[car]
        two_lane = world.road[road, 3]
        ground = _ground(scene, two_lane)
        x, y, heading = poses[car, 0], poses[car, 1], poses[car, 2]
        cos, sin = np.cos(heading), np.sin(heading)
        for first in range(0, width, BLOCK):
            count = min(BLOCK, width - first)
            padded = (count + GROUP - 1) // GROUP * GROUP
            _set_columns(floats, scene, hills, lens, heading, first, count)
            for row in range(first_row, height, row_step):
                ahead_m = lens.forward_m[row]
                if ahead_m <= 0.0:
                    _sky_row(floats, words, tiles, scene, lens, cos, sin, row, first, padded)
                else:
                    left_m = lens.left_m[row] + first * lens.left_step_m[row]
                    line = (
                        x + ahead_m * cos - left_m * sin,
                        y + ahead_m * sin + left_m * cos,
                        -lens.left_step_m[row] * sin,
                        lens.left_step_m[row] * cos,
                        lens.depth_step_m[row],
                        ahead_m,
                    )
                    _ground_row(
                        floats, words, world, road, two_lane, tiles, octaves, scene, ground, line, cos, sin, padded
                    )
                if noise_seed >= 0:
                    _add_noise(floats, scene[C_NOISE], noise_seed, (car * height + row) * width + first, padded)
                _store(floats, out[car, row], first, count)


@njit(**KERNEL)
def _ground(scene, two_lane):
    return Ground(
        scene[C_SURFACE],
        scene[C_SURFACE + 1],
        scene[C_SURFACE + 2],
        scene[C_VERGE],
        scene[C_VERGE + 1],
        scene[C_VERGE + 2],
        scene[C_PATCH],
        scene[C_PATCH + 1],
        scene[C_PATCH + 2],
        scene[C_SHOULDER],
        scene[C_SHOULDER + 1],
        scene[C_SHOULDER + 2],
        scene[C_LINE],
        scene[C_LINE + 1],
        scene[C_LINE + 2],
        scene[C_SHOULDER_M],
        scene[C_WHEEL_TRACK],
        f4(1.75) * f4(two_lane),
    )


@njit(**KERNEL)
def _set_columns(floats, scene, hills, lens, heading, first, count):
    """What depends on the column alone: distance along its ray, sun glow, headlight, vignette, height of the hills."""
    half = f4(0.5) * f4(lens.left[0] - lens.left[-1])
    for u in range(count):
        left = f4(lens.left[first + u])
        floats[RANGE + u] = np.sqrt(f4(1.0) + left * left)
        floats[VIGNETTE + u] = scene[C_VIGNETTE] * (left / half) * (left / half)
        reach = left * f4(2.2)
        floats[HEAD + u] = f4(1.0) / (f4(1.0) + reach * reach * reach * reach)
        azimuth = heading + lens.bearing_rad[first + u]
        turn = (azimuth - scene[C_SUN_AZIMUTH]) * (0.5 / np.pi)
        off_rad = (turn - np.floor(turn + 0.5)) * (2.0 * np.pi) / scene[C_GLOW_RAD]
        floats[GLOW + u] = np.exp(-off_rad * off_rad)
        place = azimuth * (0.5 / np.pi)
        place = (place - np.floor(place)) * len(hills)
        whole = int(place)
        low, high = hills[whole % len(hills)], hills[(whole + 1) % len(hills)]
        rise = (low + (high - low) * (place - whole)) * scene[C_HILL_RAD]
        floats[HILL + u] = f4(lens.horizon_px - lens.focal_px * rise * floats[RANGE + u])


@njit(**KERNEL)
def _look_up(floats, words, tiles, tile, across, across_step, down, down_step, count):
    """Noise along a row, about -1 to 1, into BLEND. Places and steps are in periods of the tile."""
    across0 = np.uint32(np.int64((across - np.floor(across)) * 4294967296.0) & 0xFFFFFFFF)
    down0 = np.uint32(np.int64((down - np.floor(down)) * 4294967296.0) & 0xFFFFFFFF)
    across_by = np.uint32(np.int64(across_step * 4294967296.0) & 0xFFFFFFFF)
    down_by = np.uint32(np.int64(down_step * 4294967296.0) & 0xFFFFFFFF)
    for u in range(count):
        a = np.uint32(across0 + np.uint32(np.uint32(u) * across_by))
        d = np.uint32(down0 + np.uint32(np.uint32(u) * down_by))
        words[ACROSS_POS + u] = a
        words[DOWN_POS + u] = d
        words[INDEX + u] = np.uint32(tile) + (np.uint32(d >> np.uint32(25)) << np.uint32(7)) + (a >> np.uint32(25))
    for u in range(count):
        words[WORD + u] = tiles[words[INDEX + u]]
    for u in range(count):
        word = words[WORD + u]
        fx = f4(np.int32((words[ACROSS_POS + u] >> np.uint32(9)) & np.uint32(0xFFFF))) * f4(1.0 / 65536.0)
        fy = f4(np.int32((words[DOWN_POS + u] >> np.uint32(9)) & np.uint32(0xFFFF))) * f4(1.0 / 65536.0)
        a = f4(np.int32(word & np.uint32(255)))
        b = f4(np.int32((word >> np.uint32(8)) & np.uint32(255)))
        c = f4(np.int32((word >> np.uint32(16)) & np.uint32(255)))
        d = f4(np.int32(word >> np.uint32(24)))
        upper = a + (b - a) * fx
        lower = c + (d - c) * fx
        floats[BLEND + u] = (upper + (lower - upper) * fy) * f4(1.0 / 127.5) - f4(1.0)


@njit(**KERNEL)
def _ground_row(floats, words, world, road, two_lane, tiles, octaves, scene, ground, line, cos, sin, count):
    x, y, step_x, step_y, depth_m, ahead_m = line
    width_m = np.hypot(step_x, step_y)
    _noise_row(floats, words, tiles, octaves, scene[C_TEXTURE], line, count)
    low, high = _lane_row(floats, world, road, line, width_m, cos, sin, count)
    if scene[C_SHADOW] > 0.0:
        _shadow_row(floats, words, tiles, scene, line, count)
    else:
        floats[SHADE : SHADE + count] = f4(1.0)
    if low < high:
        if two_lane > 0.0 and scene[C_LINE_STRENGTH] > 0.0:
            _paint_row(floats, scene, low, high)
        else:
            floats[PAINT + low : PAINT + high] = f4(0.0)
    head = scene[C_HEADLIGHT] * 60.0 / (60.0 + (ahead_m - 8.0) ** 2 * 0.25)
    light = Light(
        scene[C_SKY],
        scene[C_SKY + 1],
        scene[C_SKY + 2],
        scene[C_SUN],
        scene[C_SUN + 1],
        scene[C_SUN + 2],
        f4(head),
    )
    haze_row = f4(scene[C_FOG] * f4(ahead_m))
    glow_row = np.exp(f4(-2.0) * scene[C_SUN_ELEVATION] * scene[C_SUN_ELEVATION])
    wet = scene[C_WET] * f4(ahead_m / (ahead_m + 12.0))
    _shade_verge(floats, ground, light, scene, haze_row, glow_row, 0, low)
    _shade_road(floats, ground, light, scene, haze_row, glow_row, wet, low, high)
    _shade_verge(floats, ground, light, scene, haze_row, glow_row, high, count)


@njit(**KERNEL)
def _noise_row(floats, words, tiles, octaves, amplitude, line, count):
    """The ground's noise: the octaves whose waves are longer than the row's footprint, fading as they drown in it."""
    x, y, step_x, step_y, depth_m, ahead_m = line
    floats[NOISE : NOISE + count] = f4(0.0)
    floats[VERGE_NOISE : VERGE_NOISE + count] = f4(0.0)
    floats[PATCH : PATCH + count] = f4(0.0)
    if amplitude <= 0.0:
        return
    for octave in range(len(octaves)):
        cos, sin, surface, verge, ends_m = octaves[octave]
        kept = 1.0 - (depth_m / ends_m) ** 2
        if kept <= 0.0:
            continue
        kept *= kept
        _look_up(
            floats,
            words,
            tiles,
            texture.NOISE_TILE,
            x * cos + y * sin,
            step_x * cos + step_y * sin,
            y * cos - x * sin,
            step_y * cos - step_x * sin,
            count,
        )
        surface_gain, verge_gain = f4(surface * kept * amplitude), f4(verge * kept * amplitude)
        for u in range(count):
            floats[NOISE + u] += floats[BLEND + u] * surface_gain
            floats[VERGE_NOISE + u] += floats[BLEND + u] * verge_gain
        if octave == len(octaves) - 1:
            patch_gain = f4(kept)
            for u in range(count):
                floats[PATCH + u] = floats[BLEND + u] * patch_gain


@njit(**KERNEL)
def _shadow_row(floats, words, tiles, scene, line, count):
    """Light that trees let through, into SHADE: blobs stretched along the sun's direction, lying on the ground."""
    x, y, step_x, step_y, depth_m, ahead_m = line
    per_m = 1.0 / scene[C_SHADOW_SIZE]
    cos, sin = np.cos(scene[C_SUN_AZIMUTH]) * per_m, np.sin(scene[C_SUN_AZIMUTH]) * per_m
    stretch = 0.3
    _look_up(
        floats,
        words,
        tiles,
        texture.BLOB_TILE,
        (x * cos + y * sin) * stretch,
        (step_x * cos + step_y * sin) * stretch,
        y * cos - x * sin,
        step_y * cos - step_x * sin,
        count,
    )
    kept = f4(max(0.0, 1.0 - (depth_m * per_m * 4.0) ** 2))
    half = f4(0.5) * scene[C_SHADOW]
    for u in range(count):
        floats[SHADE + u] = f4(1.0) - half * (f4(1.0) + floats[BLEND + u] * kept)


@njit(**KERNEL)
def _lane_row(floats, world, road, line, width_m, cos, sin, count):
    """Distances inside the surface's edges along a row; returns the columns between which the road lies."""
    x, y, step_x, step_y, depth_m, ahead_m = line
    x -= world.road[road, 0]
    y -= world.road[road, 1]
    share = GROUP
    while share > 1 and share * width_m > GROUP_SPAN_M:
        share //= 4
    low, high = count, 0
    for group in range(0, count, GROUP):
        met = False
        for first in range(group, group + GROUP, share):
            middle = first + 0.5 * (share - 1)
            word = _cell(world, road, x + middle * step_x, y + middle * step_y)
            if word & NO_SAMPLE == NO_SAMPLE:
                for u in range(first, first + share):
                    floats[LEFT + u] = f4(FAR_M)
                    floats[RIGHT + u] = f4(FAR_M)
                    floats[SHARP + u] = f4(1.0)
                    floats[ALONG + u] = f4(0.0)
                    floats[HALF_ALONG + u] = f4(1.0)
            else:
                met = True
                lane = world.lane[world.layout[road, 3] + (word & NO_SAMPLE)]
                _project(floats, lane, x, y, step_x, step_y, depth_m, cos, sin, first, share)
        if met:
            low = min(low, group)
            high = group + GROUP
    return min(low, high), high


@njit(**KERNEL)
def _cell(world, road, x, y):
    """The word of the cell that holds a point (metres from the map's corner)."""
    start, rows, columns, _ = world.layout[road]
    if x < 0.0 or y < 0.0:
        return np.uint32(NO_SAMPLE)
    column, row = np.int64(x), np.int64(y)
    if column >= columns * TILE_CELLS or row >= rows * TILE_CELLS:
        return np.uint32(NO_SAMPLE)
    tile = world.tile_map[start + (row // TILE_CELLS) * columns + column // TILE_CELLS]
    if tile < 0:
        return np.uint32(NO_SAMPLE)
    return world.cells[tile + (row % TILE_CELLS) * TILE_CELLS + column % TILE_CELLS]


@njit(**KERNEL)
def _project(floats, lane, x, y, step_x, step_y, depth_m, cos, sin, first, share):
    """Columns `first` to `first + share` in the frame of one lane sample, curved with the lane to second order."""
    lane_cos, lane_sin = lane[L_COS], lane[L_SIN]
    x += first * step_x - lane[L_X]
    y += first * step_y - lane[L_Y]
    t0, dt = f4(x * lane_cos + y * lane_sin), f4(step_x * lane_cos + step_y * lane_sin)
    n0, dn = f4(y * lane_cos - x * lane_sin), f4(step_y * lane_cos - step_x * lane_sin)
    # The footprint's two sides, across and along the lane: a box of the same spread as both of them together.
    depth_t, depth_n = (cos * lane_cos + sin * lane_sin) * depth_m, (sin * lane_cos - cos * lane_sin) * depth_m
    sharp = f4(1.0 / np.sqrt(dn * dn + depth_n * depth_n + 1e-12))
    half_along = f4(0.5 * np.sqrt(dt * dt + depth_t * depth_t + 1e-12))
    k, left, right = lane[L_K], lane[L_LEFT], lane[L_RIGHT]
    left_slope, right_slope, along = lane[L_LEFT_SLOPE], lane[L_RIGHT_SLOPE], lane[L_ALONG]
    for i in range(share):
        t, n = t0 + dt * f4(i), n0 + dn * f4(i)
        q = t / max(f4(1.0) - k * n, f4(0.2))
        across = n - f4(0.5) * k * t * q
        floats[LEFT + first + i] = left + left_slope * q - across
        floats[RIGHT + first + i] = right + right_slope * q + across
        floats[ALONG + first + i] = along + q
        floats[SHARP + first + i] = sharp
        floats[HALF_ALONG + first + i] = half_along


@njit(**KERNEL)
def _paint_row(floats, scene, low, high):
    """Share of each pixel that lies on a line: one inside each edge, and a dashed one in the middle."""
    inset, width = scene[C_LINE_INSET_M], scene[C_LINE_M]
    per_period = f4(1.0) / scene[C_DASH_PERIOD_M]
    share, half, strength = scene[C_DASH_M] * per_period, f4(0.5) * width, scene[C_LINE_STRENGTH]
    for u in range(low, high):
        left, right, sharp = floats[LEFT + u], floats[RIGHT + u], floats[SHARP + u]
        edges = band(left, inset, inset + width, sharp) + band(right, inset, inset + width, sharp)
        middle = band(f4(0.5) * (right - left), -half, half, sharp)
        middle *= dashed(floats[ALONG + u] * per_period, floats[HALF_ALONG + u] * per_period, share)
        floats[PAINT + u] = strength * min(edges + middle, f4(1.0))


@njit(**KERNEL)
def _shade_verge(floats, ground, light, scene, haze_row, glow_row, low, high):
    for u in range(low, high):
        r, g, b = verge_albedo(ground, floats[VERGE_NOISE + u], floats[PATCH + u])
        _lay_light(floats, u, r, g, b, f4(0.0), light, scene, haze_row, glow_row)


@njit(**KERNEL)
def _shade_road(floats, ground, light, scene, haze_row, glow_row, wet, low, high):
    for u in range(low, high):
        r, g, b, surface = road_albedo(
            ground,
            floats[LEFT + u],
            floats[RIGHT + u],
            floats[SHARP + u],
            floats[NOISE + u],
            floats[VERGE_NOISE + u],
            floats[PATCH + u],
            floats[PAINT + u],
        )
        _lay_light(floats, u, r, g, b, wet * surface, light, scene, haze_row, glow_row)


@njit(forceinline=True, **KERNEL)
def _lay_light(floats, u, r, g, b, mirror, light, scene, haze_row, glow_row):
    """Light an albedo, mirror the sky in what is wet, and lay haze over it."""
    shade, head = floats[SHADE + u], light.head * floats[HEAD + u]
    glow = glow_row * floats[GLOW + u]
    clear = transmittance(haze_row * floats[RANGE + u])
    haze_r = scene[C_HORIZON] + scene[C_GLOW] * glow
    haze_g = scene[C_HORIZON + 1] + scene[C_GLOW + 1] * glow
    haze_b = scene[C_HORIZON + 2] + scene[C_GLOW + 2] * glow
    r = mixed(r * (light.sky_r + light.sun_r * shade + head), haze_r, mirror)
    g = mixed(g * (light.sky_g + light.sun_g * shade + head), haze_g, mirror)
    b = mixed(b * (light.sky_b + light.sun_b * shade + head), haze_b, mirror)
    floats[RED + u] = mixed(haze_r, r, clear)
    floats[GREEN + u] = mixed(haze_g, g, clear)
    floats[BLUE + u] = mixed(haze_b, b, clear)


@njit(**KERNEL)
def _sky_row(floats, words, tiles, scene, lens, cos, sin, row, first, count):
    """Sky from horizon to zenith, the sun's glow, clouds that turn with the heading, and hills before it."""
    up, ahead = max(lens.up[row], 0.0), lens.ahead[row]
    rise = f4(1.0 - np.exp(-up / (0.25 * ahead)))
    elevation = scene[C_SUN_ELEVATION]
    glow_row = f4(np.exp(-2.0 * (np.arctan(up / ahead) - elevation) ** 2))
    left, step = lens.left[first], lens.left[1] - lens.left[0]
    if scene[C_CLOUD] > 0.0:
        per = 0.10 / (up + 0.10)
        _look_up(
            floats,
            words,
            tiles,
            texture.CLOUD_TILE,
            per * (ahead * cos - left * sin),
            -per * step * sin,
            per * (ahead * sin + left * cos),
            per * step * cos,
            count,
        )
        cloud = f4(scene[C_CLOUD] * min(1.0, up * 6.0))
    else:
        cloud = f4(0.0)
    for u in range(count):
        glow = glow_row * floats[GLOW + u]
        white = cloud * max(floats[BLEND + u] * f4(1.5), f4(0.0))
        hill = covered(f4(row) - floats[HILL + u], f4(1.0))
        for c in range(3):
            sky = mixed(scene[C_HORIZON + c], scene[C_ZENITH + c], rise) + scene[C_GLOW + c] * glow
            sky = mixed(sky, scene[C_HORIZON + c] * f4(1.08), white)
            floats[RED + c * BLOCK + u] = mixed(sky, scene[C_HILL + c], hill)


@njit(**KERNEL)
def _add_noise(floats, grey, seed, pixel, count):
    """The sensor's noise: a hash of seed and pixel, its bytes summed in pairs to three near-normal numbers."""
    gain = f4(grey * f4(1.0 / 255.0 / 104.0))
    base = np.uint32((seed * 0x9E3779B9 + pixel) & 0xFFFFFFFF)
    for u in range(count):
        h = np.uint32(base + np.uint32(u))
        h = np.uint32(h ^ (h >> np.uint32(16))) * np.uint32(0x7FEB352D)
        h = np.uint32(h)
        h = np.uint32(h ^ (h >> np.uint32(15))) * np.uint32(0x846CA68B)
        h = np.uint32(h)
        h = np.uint32(h ^ (h >> np.uint32(16)))
        a, b = np.int32(h & np.uint32(255)), np.int32((h >> np.uint32(8)) & np.uint32(255))
        c, d = np.int32((h >> np.uint32(16)) & np.uint32(255)), np.int32(h >> np.uint32(24))
        floats[RED + u] += gain * f4(np.int32(a + b - 255))
        floats[GREEN + u] += gain * f4(np.int32(b + c - 255))
        floats[BLUE + u] += gain * f4(np.int32(c + d - 255))


@njit(**KERNEL)
def _store(floats, picture_row, first, count):
    """Vignette, then to bytes."""
    for u in range(count):
        gain = f4(255.0) * (f4(1.0) - floats[VIGNETTE + u])
        for c in range(3):
            value = floats[RED + c * BLOCK + u] * gain + f4(0.5)
            picture_row[first + u, c] = np.uint8(np.int32(min(max(value, f4(0.0)), f4(255.0))))
