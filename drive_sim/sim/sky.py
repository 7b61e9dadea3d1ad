"""Kernels of what lies at infinity and of what depends on the column alone: sky, sun, clouds, hills, headlight."""

import numpy as np

from drive_sim.sim.buffers import (
    BLUE,
    CLOUD,
    GLOW,
    GREEN,
    HEAD,
    HILL,
    INDEX,
    INNER,
    PASTED,
    RANGE,
    RED,
    SUN_OFF,
    VIGNETTE,
    f4,
    size,
)
from drive_sim.sim.compiled import njit
from drive_sim.sim.ground_noise import clear, look_up
from drive_sim.sim.scene import B, C, G, R
from drive_sim.sim.shading import clipped, covered, mixed
from drive_sim.sim.texture import CLOUD_TILE, NUM_HILLS

_HILL_MASK = np.uint32(NUM_HILLS - 1)
_PER_TURN = f4(2.0 * np.pi)
_SUN_RAD = f4(0.02)


@njit(**PASTED)
def set_columns(floats, words, scene, hills, lens, heading_rad, first, count):
    """RANGE, SUN_OFF, GLOW, HEAD, VIGNETTE and HILL of a strip, once a car."""
    per_half_width = f4(2.0 / max(1e-6, abs(lens.left[0] - lens.left[-1])))
    heading = f4(heading_rad * (0.5 / np.pi) - np.floor(heading_rad * (0.5 / np.pi)))
    sun = f4(scene[C.sun_azimuth_rad] * f4(0.5 / np.pi))
    per_glow2 = f4(1.0) / (scene[C.glow_rad] * scene[C.glow_rad])
    low2 = scene[C.sun_elevation_rad] * scene[C.sun_elevation_rad]
    for u in range(size(count)):
        left, bearing = lens.left[size(first) + u], lens.bearing_turns[size(first) + u]
        floats[RANGE + u] = np.sqrt(f4(1.0) + left * left)
        edge = left * per_half_width
        floats[VIGNETTE + u] = scene[C.vignette] * edge * edge
        beam = left * left * f4(4.84)
        floats[HEAD + u] = f4(1.0) / (f4(1.0) + beam * beam)
        off = heading + bearing - sun
        off = (off - np.floor(off + f4(0.5))) * _PER_TURN
        floats[SUN_OFF + u] = off * off
        floats[GLOW + u] = glow_at(off * off + low2, per_glow2)
        azimuth = heading + bearing
        place = (azimuth - np.floor(azimuth)) * f4(NUM_HILLS)
        floats[HILL + u] = place - np.floor(place)
        words[INDEX + u] = np.uint32(np.int32(place))
    hill_px = f4(lens.focal_px) * scene[C.hill_rad]
    for u in range(size(count)):
        whole = words[INDEX + u]
        rise = mixed(hills[whole & _HILL_MASK], hills[(whole + np.uint32(1)) & _HILL_MASK], floats[HILL + u])
        floats[HILL + u] = f4(lens.horizon_px) - hill_px * rise * floats[RANGE + u]


@njit(**INNER)
def glow_at(off2, per_glow2):
    """The sun's glow at a squared angle from it."""
    spread = f4(1.0) + off2 * per_glow2
    return f4(1.0) / (spread * spread)


@njit(**INNER)
def sky_colour(scene, channel, rise, glow, white, hill, far):
    """One channel of the sky: horizon to zenith, the sun's glow, clouds over both, hills before all."""
    horizon = scene[C.horizon + channel]
    shine = scene[C.glow + channel] * glow
    sky = mixed(mixed(horizon, scene[C.zenith + channel], rise), horizon * f4(1.08), white) + shine
    return mixed(sky, mixed(scene[C.hill + channel], scene[C.haze + channel] + shine, far), hill)


@njit(**PASTED)
def sky_row(floats, words, tiles, scene, lens, cos, sin, row, first, count):
    """A row above the horizon. Clouds lie on a high plane around the camera, so they turn but never come nearer."""
    up, ahead = max(lens.up[row], 0.0), lens.ahead[row]
    clear(floats, CLOUD, count)
    cloud = f4(scene[C.cloud] * 1.5 * min(1.0, 6.0 * up))
    if cloud > 0.0:
        spread = 0.10 / (up + 0.10)
        left, step = lens.left[first], -1.0 / lens.focal_px
        across, across_step = spread * (ahead * cos - left * sin), -spread * step * sin
        down, down_step = spread * (ahead * sin + left * cos), spread * step * cos
        look_up(floats, words, tiles, CLOUD_TILE, across, across_step, down, down_step, CLOUD, cloud, count)
    rise, far = f4(1.0 - np.exp(-4.0 * up / ahead)), f4(np.exp(-60.0 * up / ahead))
    off = f4(up / ahead) - scene[C.sun_elevation_rad]
    off2, per_glow2 = off * off, f4(1.0) / (scene[C.glow_rad] * scene[C.glow_rad])
    for u in range(size(count)):
        sun_off2 = off2 + floats[SUN_OFF + u]
        glow = glow_at(sun_off2, per_glow2) + f4(4.0) * clipped((_SUN_RAD * _SUN_RAD - sun_off2) * f4(6000.0))
        white = max(floats[CLOUD + u], f4(0.0))
        hill = covered(f4(row) - floats[HILL + u], f4(1.0))
        floats[RED + u] = sky_colour(scene, R, rise, glow, white, hill, far)
        floats[GREEN + u] = sky_colour(scene, G, rise, glow, white, hill, far)
        floats[BLUE + u] = sky_colour(scene, B, rise, glow, white, hill, far)
