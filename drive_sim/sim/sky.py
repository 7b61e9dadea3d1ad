"""Kernels of what lies at infinity and of what depends on the column alone: sky, sun, clouds, hills, headlight."""

import numpy as np
from numba import njit

from drive_sim.sim.buffers import BLUE, CLOUD, GLOW, GREEN, HEAD, HILL, INNER, RANGE, RED, SCALAR, VIGNETTE, f4, size
from drive_sim.sim.ground_noise import clear, look_up
from drive_sim.sim.scene import B, C, G, R
from drive_sim.sim.shading import clipped, covered, mixed, transmittance
from drive_sim.sim.texture import CLOUD_TILE


@njit(**INNER)
def set_columns(floats, scene, hills, lens, heading_rad, first, count):
    """RANGE, GLOW, HEAD, VIGNETTE and HILL of a strip, once a car."""
    num_hills = len(hills)
    per_half_width = f4(2.0 / max(1e-6, abs(lens.left[0] - lens.left[-1])))
    sun_rad, per_glow = scene[C.sun_azimuth_rad], f4(2.0 * np.pi) / scene[C.glow_rad]
    hill_px = f4(lens.focal_px) * scene[C.hill_rad]
    for u in range(size(count)):
        column = size(first) + u
        left = lens.left[column]
        ray = np.sqrt(f4(1.0) + left * left)
        floats[RANGE + u] = ray
        edge = left * per_half_width
        floats[VIGNETTE + u] = scene[C.vignette] * edge * edge
        beam = left * left * f4(4.84)
        floats[HEAD + u] = f4(1.0) / (f4(1.0) + beam * beam)
        azimuth_rad = heading_rad + lens.bearing_rad[column]
        turns = f4((azimuth_rad - sun_rad) * (0.5 / np.pi))
        off = (turns - np.floor(turns + f4(0.5))) * per_glow
        floats[GLOW + u] = transmittance(off * off)
        place = azimuth_rad * (0.5 / np.pi)
        place = (place - np.floor(place)) * num_hills
        whole = size(place)
        rise = mixed(hills[whole % size(num_hills)], hills[(whole + size(1)) % size(num_hills)], f4(place - whole))
        floats[HILL + u] = f4(lens.horizon_px) - hill_px * rise * ray


@njit(**SCALAR)
def sky_colour(scene, channel, rise, glow, white, hill):
    """One channel of the sky: horizon to zenith, the sun's glow, clouds over both, hills before all."""
    horizon = scene[C.horizon + channel]
    sky = mixed(horizon, scene[C.zenith + channel], rise) + scene[C.glow + channel] * glow
    return mixed(mixed(sky, horizon * f4(1.08), white), scene[C.hill + channel], hill)


@njit(**INNER)
def sky_row(floats, words, tiles, scene, lens, cos, sin, row, first, count):
    """A row above the horizon. Clouds lie on a high plane around the camera, so they turn but never come nearer."""
    up, ahead = max(lens.up[row], 0.0), lens.ahead[row]
    clear(floats, CLOUD, count)
    cloud = f4(scene[C.cloud] * 1.5 * min(1.0, 6.0 * up))
    if cloud > 0.0:
        spread = 0.10 / (up + 0.10)
        left, step = lens.left[first], (lens.left[1] - lens.left[0])
        across, across_step = spread * (ahead * cos - left * sin), -spread * step * sin
        down, down_step = spread * (ahead * sin + left * cos), spread * step * cos
        look_up(floats, words, tiles, CLOUD_TILE, across, across_step, down, down_step, CLOUD, cloud, count)
    rise = f4(1.0 - np.exp(-4.0 * up / ahead))
    glow_row = f4(np.exp(-2.0 * (up / ahead - scene[C.sun_elevation_rad]) ** 2))
    for u in range(size(count)):
        glow = glow_row * floats[GLOW + u]
        white = max(floats[CLOUD + u], f4(0.0))
        hill = covered(f4(row) - floats[HILL + u], f4(1.0))
        floats[RED + u] = sky_colour(scene, R, rise, glow, white, hill)
        floats[GREEN + u] = sky_colour(scene, G, rise, glow, white, hill)
        floats[BLUE + u] = sky_colour(scene, B, rise, glow, white, hill)
