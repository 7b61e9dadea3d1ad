"""Compiled kernels of the road's own frame: where a car is along a road, and where a point of the road is.

A road is packed as one row a segment (`pack_segments`). On a segment the centre line is the arc through both of its
samples and the heading turns evenly from the one sample's to the other's, so position and heading are continuous along
the whole road, the frame is exact where curvature is constant, and projecting a car onto it needs no trigonometry.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from drive_sim.sim.compiled import njit

Floats = npt.NDArray[np.float64]

X, Y, COS, SIN, HEADING, TURN, ALONG, ACROSS, CURVATURE, CURVATURE_RISE, LEFT, LEFT_RISE, RIGHT, RIGHT_RISE = range(14)
"""The columns of a segment: its first sample, the turn to the next, the arc's base vector, and linear rates."""
NUM_COLUMNS = 16  # two whole cache lines a segment

_njit: Any = njit(nogil=True, error_model="numpy")
_njit_inline: Any = njit(nogil=True, error_model="numpy", inline="always")
_njit_fused: Any = njit(nogil=True, error_model="numpy", fastmath={"contract"})  # fused multiply-adds only
_njit_fused_inline: Any = njit(nogil=True, error_model="numpy", fastmath={"contract"}, inline="always")

_MAX_STEP_M = 4.0
_REACH_M = 25.0
_MAX_STEPS = 24
_LAST_STEP_M = 3e-5  # Newton doubles the digits: what is left after a step this small is below 1e-6 m
_MIN_STRETCH = 0.3  # near a bend's centre the plain Newton step is unbounded; this one still goes downhill


def pack_segments(samples: Floats, spacing_m: float, closed: bool) -> Floats:
    """Rows (k, 16) for the kernels from samples (k, 6) of x, y, heading, curvature, width left, width right.

    The last row of an open road goes straight on, so that a car that passes the end still has a lane.
    """
    after = np.roll(samples, -1, axis=0)
    turn = (after[:, 2] - samples[:, 2] + np.pi) % (2.0 * np.pi) - np.pi
    cos, sin = np.cos(samples[:, 2]), np.sin(samples[:, 2])
    chord = after[:, :2] - samples[:, :2]
    if not closed:
        after[-1], turn[-1] = samples[-1], 0.0
        chord[-1] = spacing_m * cos[-1], spacing_m * sin[-1]
    # Turn the chord back to the arc's start and stretch it to the arc's length: see `_arc`.
    base = chord[:, 0] + 1j * chord[:, 1]
    base *= np.exp(-1j * (samples[:, 2] + 0.5 * turn)) / np.sinc(turn / (2.0 * np.pi))
    segments = np.zeros((len(samples), NUM_COLUMNS))
    segments[:, [X, Y, HEADING]] = samples[:, [0, 1, 2]]
    segments[:, HEADING] = samples[0, 2] + np.concatenate([[0.0], np.cumsum(turn[:-1])])
    segments[:, COS], segments[:, SIN], segments[:, TURN] = cos, sin, turn
    segments[:, ALONG], segments[:, ACROSS] = base.real, base.imag
    for column, sample_column in ((CURVATURE, 3), (LEFT, 4), (RIGHT, 5)):
        segments[:, column] = samples[:, sample_column]
        segments[:, column + 1] = after[:, sample_column] - samples[:, sample_column]
    return segments


@_njit_inline
def _wrap_s(s_m, length_m, closed):
    """Arc length in [0, length) on a closed road, unchanged on an open one."""
    if not closed or 0.0 <= s_m < length_m:
        return s_m
    wrapped_m = s_m - length_m * np.floor(s_m / length_m)
    return 0.0 if wrapped_m >= length_m else wrapped_m


@_njit_inline
def short_way_m(moved_m, length_m, closed):
    """Progress along a road, on a closed one the short way round."""
    return (moved_m + 0.5 * length_m) % length_m - 0.5 * length_m if closed else moved_m


@_njit_inline
def _locate(s_m, spacing_m, count):
    """Segment and the fraction of it at a wrapped arc length; the ends of an open road reach on. NaN is harmless."""
    place = s_m / spacing_m
    segment = min(max(int(place), 0), count - 1)
    return segment, place - segment


@_njit_inline
def _arc(turn_rad, fraction):
    """sin(u)/turn and (1 - cos(u))/turn at u = turn x fraction, safe at no turn; exact to 1e-12 for u below 0.15."""
    u = turn_rad * fraction
    u2 = u * u
    # Products, since a division by a constant stays a division: these are the series of sine and cosine.
    along = fraction * (1.0 + u2 * (-1.0 / 6.0 + u2 * (1.0 / 120.0 - u2 * (1.0 / 5040.0))))
    across = fraction * u * (0.5 + u2 * (-1.0 / 24.0 + u2 * (1.0 / 720.0 - u2 * (1.0 / 40320.0))))
    return along, across


@_njit
def _point_one(segments, start, count, spacing_m, closed, s_m, offset_m):
    """Pose (x, y, heading) at arc length s, `offset_m` left of the centre line."""
    s_m = _wrap_s(s_m, count * spacing_m, closed)
    segment, fraction = _locate(s_m, spacing_m, count)
    row = start + segment
    turn = segments[row, TURN]
    along, across = _arc(turn, fraction)
    local_x = along * segments[row, ALONG] - across * segments[row, ACROSS] - offset_m * turn * along
    local_y = along * segments[row, ACROSS] + across * segments[row, ALONG] + offset_m * (1.0 - turn * across)
    x_m = segments[row, X] + segments[row, COS] * local_x - segments[row, SIN] * local_y
    y_m = segments[row, Y] + segments[row, SIN] * local_x + segments[row, COS] * local_y
    return x_m, y_m, segments[row, HEADING] + turn * fraction


@_njit_fused_inline
def _from_arc(turn, base_along, base_across, fraction, x_m, y_m):
    """How far a point (in the frame of an arc's start) is ahead of a place on the arc, along it, and to its left."""
    along, across = _arc(turn, fraction)
    from_x = x_m - along * base_along + across * base_across
    from_y = y_m - along * base_across - across * base_along
    cos, sin = 1.0 - turn * across, turn * along
    return cos * from_x + sin * from_y, cos * from_y - sin * from_x


@_njit_fused
def _lane_pose_one(segments, start, count, spacing_m, closed, lane_offset_m, x_m, y_m, heading_rad, s_before_m):
    """(s, offset, heading, curvature, edge) of one car: Newton's method for the place abreast, from where it was.

    It goes downhill in distance along the road, never over to a nearer stretch: that keeps a car on its own road at a
    crossing. All in one function, since handing the array on costs a third of the time in reference counts.
    """
    length_m, per_m = count * spacing_m, 1.0 / spacing_m
    s_m = _wrap_s(s_before_m, length_m, closed)
    walked_m, row, fraction, offset_m = 0.0, start, 0.0, 0.0
    for _ in range(_MAX_STEPS):
        place = s_m * per_m
        segment = min(max(int(place), 0), count - 1)
        row, fraction = start + segment, place - segment
        cos, sin, turn = segments[row, COS], segments[row, SIN], segments[row, TURN]
        from_x, from_y = x_m - segments[row, X], y_m - segments[row, Y]
        local_x, local_y = cos * from_x + sin * from_y, cos * from_y - sin * from_x
        ahead_m, offset_m = _from_arc(turn, segments[row, ALONG], segments[row, ACROSS], fraction, local_x, local_y)
        step_m = ahead_m / max(1.0 - offset_m * turn * per_m, _MIN_STRETCH)
        if abs(step_m) < _LAST_STEP_M:
            s_m += step_m
            fraction += step_m * per_m
            break
        step_m = min(max(step_m, -_MAX_STEP_M), _MAX_STEP_M)
        step_m = min(max(walked_m + step_m, -_REACH_M), _REACH_M) - walked_m
        walked_m += step_m
        s_m = _wrap_s(s_m + step_m, length_m, closed)
    curvature = segments[row, CURVATURE] + segments[row, CURVATURE_RISE] * fraction
    curvature /= 1.0 - curvature * lane_offset_m
    left_m = segments[row, LEFT] + segments[row, LEFT_RISE] * fraction - offset_m
    right_m = segments[row, RIGHT] + segments[row, RIGHT_RISE] * fraction + offset_m
    turned_rad = heading_rad - segments[row, HEADING] - segments[row, TURN] * fraction
    turned_rad -= 2.0 * np.pi * np.floor(turned_rad * (0.5 / np.pi) + 0.5)
    return _wrap_s(s_m, length_m, closed), offset_m - lane_offset_m, turned_rad, curvature, min(left_m, right_m)


@_njit
def _heading_at(segments, start, count, spacing_m, closed, s_m):
    """Unwrapped heading and curvature of the road at arc length s: each lap of a closed road adds its whole turn."""
    laps = np.floor(s_m / (count * spacing_m)) if closed else 0.0
    segment, fraction = _locate(s_m - laps * count * spacing_m, spacing_m, count)
    last = start + count - 1
    lap_turn_rad = segments[last, HEADING] + segments[last, TURN] - segments[start, HEADING]
    row = start + segment
    heading_rad = segments[row, HEADING] + segments[row, TURN] * fraction + laps * lap_turn_rad
    return heading_rad, segments[row, TURN] / spacing_m


@_njit
def _advance_one(segments, start, count, spacing_m, closed, lane_offset_m, s_m, ahead_m):
    """Centre-line arc length after `ahead_m` along the lane, whose length between two places is ds - offset x turn."""
    s_m = _wrap_s(s_m, count * spacing_m, closed)
    if lane_offset_m == 0.0:
        return _wrap_s(s_m + ahead_m, count * spacing_m, closed)
    heading_rad, _ = _heading_at(segments, start, count, spacing_m, closed, s_m)
    goal_m = s_m - lane_offset_m * heading_rad + ahead_m
    s_m += ahead_m
    for _ in range(_MAX_STEPS):
        heading_rad, curvature = _heading_at(segments, start, count, spacing_m, closed, s_m)
        missing_m = goal_m - s_m + lane_offset_m * heading_rad
        s_m += missing_m / max(1.0 - lane_offset_m * curvature, _MIN_STRETCH)
        if abs(missing_m) < 1e-10:
            break
    return _wrap_s(s_m, count * spacing_m, closed)


@_njit
def _nearest_one(segments, start, count, spacing_m, x_m, y_m, heading_rad):
    """Arc length of the sample nearest to a pose; where the road crosses itself, of the stretch it points along."""
    cos, sin = np.cos(heading_rad), np.sin(heading_rad)
    best, best_cost = 0, np.inf
    for segment in range(count):
        row = start + segment
        against = 1.0 - segments[row, COS] * cos - segments[row, SIN] * sin
        cost = (segments[row, X] - x_m) ** 2 + (segments[row, Y] - y_m) ** 2 + against
        if cost < best_cost:
            best, best_cost = segment, cost
    return best * spacing_m


@_njit
def lane_poses(segments, start, count, spacing_m, closed, lane_offset_m, track_idx, poses, s_before_m, out):
    """Fill out (5, n) with s, offset, heading, curvature and edge of each car."""
    for car in range(len(track_idx)):
        r = track_idx[car]
        out[0, car], out[1, car], out[2, car], out[3, car], out[4, car] = _lane_pose_one(
            segments,
            start[r],
            count[r],
            spacing_m[r],
            closed[r],
            lane_offset_m[r],
            poses[car, 0],
            poses[car, 1],
            poses[car, 2],
            s_before_m[car],
        )


@_njit
def points_on_lanes(segments, start, count, spacing_m, closed, lane_offset_m, track_idx, s_m, offset_m, out):
    """Fill out (n, 3) with the poses `offset_m` left of the target lane."""
    for car in range(len(track_idx)):
        r = track_idx[car]
        out[car, 0], out[car, 1], out[car, 2] = _point_one(
            segments, start[r], count[r], spacing_m[r], closed[r], s_m[car], lane_offset_m[r] + offset_m[car]
        )


@_njit
def advance_along_lanes(segments, start, count, spacing_m, closed, lane_offset_m, track_idx, s_m, ahead_m, out):
    """Fill out (n,) with the centre-line arc length `ahead_m` further along the target lane."""
    for car in range(len(track_idx)):
        r = track_idx[car]
        out[car] = _advance_one(
            segments, start[r], count[r], spacing_m[r], closed[r], lane_offset_m[r], s_m[car], ahead_m[car]
        )


@_njit
def nearest_places(segments, start, count, spacing_m, track_idx, poses, out):
    """Fill out (n,) with the arc length of the sample nearest to each pose."""
    for car in range(len(track_idx)):
        r = track_idx[car]
        out[car] = _nearest_one(segments, start[r], count[r], spacing_m[r], poses[car, 0], poses[car, 1], poses[car, 2])


@_njit
def moves_along(length_m, closed, track_idx, s_before_m, s_after_m, out):
    """Fill out (n,) with how far each car came along its road, the short way round."""
    for car in range(len(track_idx)):
        r = track_idx[car]
        out[car] = short_way_m(s_after_m[car] - s_before_m[car], length_m[r], closed[r])
