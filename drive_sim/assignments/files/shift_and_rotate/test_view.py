"""The view of a moved car: by points whose places are known, and against the renderer."""

import numpy as np
import shift_and_rotate

from drive_sim import geometry
from drive_sim.assignments.sentences import expect
from drive_sim.sim.camera import Camera

SHIFTS_M = np.array([1.0, -0.5, 0.0, 0.8, -1.2])
TURNS_RAD = np.array([0.0, 0.0, 0.1, 0.12, -0.08])
FARTHER_M = np.array([[8.0, 1.0, 1.0], [15.0, -2.0, 1.0], [30.0, 4.0, 1.0]])
"""Points on the ground in the moved car's frame: ahead, to the left, 1."""


def pixels(homographies: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Homogeneous points (p, 3) taken by homographies (n, 3, 3), as pixels (n, p, 2)."""
    found = np.einsum("nij,pj->npi", homographies, points)
    return found[..., :2] / found[..., 2:]


def true_old(points: np.ndarray, shift_m: float, turn_rad: float) -> np.ndarray:
    """Where points (p, 3) of the moved car's frame lay in the old one, by hand."""
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    x, y = points[:, 0], points[:, 1]
    return np.stack([cos * x - sin * y, sin * x + cos * y + shift_m, np.ones(len(x))], axis=-1)


def test_the_moved_car_stands_where_it_was_shifted_to() -> None:
    """Its origin, the rear axle, lay s to the left in the old frame, however it was turned afterwards."""
    found = np.asarray(shift_and_rotate.old_from_new(SHIFTS_M, TURNS_RAD))
    expect(
        found.shape == (5, 3, 3),
        f"`old_from_new` gives a matrix (3, 3) a car, (5, 3, 3) for 5 of them. Yours has the shape {found.shape}.",
    )
    origin = found @ np.array([0.0, 0.0, 1.0])
    shifted = SHIFTS_M != 0.0
    expect(
        not np.allclose(origin[shifted, 1], -SHIFTS_M[shifted]),
        "Yours leads the wrong way: from the old frame to the new one, where the old origin lies s to the *right*. "
        "Asked is old from new: the moved car's origin (0, 0) lay at (0, s), y to the left.",
    )
    turned_first = np.stack([-SHIFTS_M * np.sin(TURNS_RAD), SHIFTS_M * np.cos(TURNS_RAD)], axis=-1)
    expect(
        not np.allclose(origin[:, :2], turned_first),
        "Yours turns first and then shifts along the new left, about the wrong centre. The car is shifted to *its "
        "old* left and then turns on the spot, so its origin lies at (0, s) whatever the turn.",
    )
    expect(
        np.allclose(origin[:, :2], np.stack([np.zeros(5), SHIFTS_M], axis=-1)),
        f"The moved car's origin lay at (0, s) in the old frame: for shifts of {SHIFTS_M.tolist()} m yours says "
        f"{origin[:, :2].round(3).tolist()}.",
    )


def test_the_moved_car_looks_where_it_was_turned_to() -> None:
    """What is straight ahead of it now lay ahead and to the left before, when it turned to the left (t > 0)."""
    turn_rad = np.array([0.1])
    found = np.asarray(shift_and_rotate.old_from_new(np.zeros(1), turn_rad)) @ np.array([10.0, 0.0, 1.0])
    expect(
        not np.allclose(found[0, :2], [10.0, 0.0]),
        "Yours does not turn: a shift without a rotation. A point 10 m straight ahead of a car that turned by 0.1 "
        "rad lay about a metre to the left before.",
    )
    expect(
        found[0, 1] > 0.0,
        "Your turn has the wrong sign. The car turns to the left (t > 0), so what is ahead of it now lay to the "
        "left, y > 0: x = cos t x' - sin t y', y = sin t x' + cos t y' + s.",
    )
    expect(
        np.allclose(found[0, :2], [10.0 * np.cos(0.1), 10.0 * np.sin(0.1)]),
        "10 m ahead after a turn of 0.1 rad is (9.95, 1.00) in the old frame; yours says "
        f"{found[0, :2].round(3).tolist()}.",
    )
    both = np.asarray(shift_and_rotate.old_from_new(SHIFTS_M, TURNS_RAD)) @ FARTHER_M.T
    right = np.stack([true_old(FARTHER_M, s, t).T for s, t in zip(SHIFTS_M, TURNS_RAD, strict=True)])
    expect(
        np.allclose(both, right),
        "With a shift and a turn together, x = cos t x' - sin t y' and y = sin t x' + cos t y' + s; yours puts a point "
        f"elsewhere, by up to {np.abs(both - right).max():.2f} m.",
    )


def test_the_ground_moves_as_the_ground_does() -> None:
    """The old pixel is G (old from new) G^-1 new pixel; it is known where both show a point on the road."""
    camera = Camera()
    sky, ground = (np.asarray(found) for found in shift_and_rotate.source_homographies(camera, SHIFTS_M, TURNS_RAD))
    expect(
        sky.shape == ground.shape == (5, 3, 3),
        f"There are two homographies a car, (n, 3, 3) each, the sky's first. Yours: {sky.shape} and {ground.shape}.",
    )
    from_ground = camera.image_from_ground
    new = np.concatenate([pixels(from_ground[None], FARTHER_M)[0], np.ones((3, 1))], axis=-1)
    found = pixels(ground, new)
    right, inverse, about_camera, unshifted = (
        np.concatenate([pixels(from_ground[None], points(s, t)) for s, t in zip(SHIFTS_M, TURNS_RAD, strict=True)])
        for points in (
            _old_points,
            _inverse_points,
            lambda s, t: _about_camera(camera, s, t),
            lambda _, t: _old_points(0.0, t),
        )
    )
    expect(
        not np.allclose(found, inverse),
        "Your ground moves the wrong way: a homography from old pixels to new ones. To make a picture each *new* "
        "pixel is looked up in the old one, so it is old from new, G (old from new) G^-1.",
    )
    expect(
        not np.allclose(found, about_camera),
        f"You turn about the camera, {camera.forward_m} m ahead of the rear axle: the wrong centre. A car turns "
        "about its rear axle, the origin of its frame; `camera.image_from_ground` knows where the camera sits.",
    )
    expect(
        not np.allclose(found, unshifted),
        "Your ground is turned, but not shifted. Only the sky, which is far away, doesn't move with a shift.",
    )
    expect(
        np.allclose(found, right, atol=1e-6),
        "The ground's homography takes a new pixel to the ground (G^-1), to the old car's frame, and to the old "
        f"picture (G). For points on the road yours is off by up to {np.abs(found - right).max():.1f} pixels.",
    )


def test_the_sky_turns_and_does_not_shift() -> None:
    """What is far away keeps its place when the car is shifted; a turn to the left moves it to the right."""
    camera = Camera()
    sky = np.asarray(shift_and_rotate.source_homographies(camera, SHIFTS_M, TURNS_RAD)[0])
    seen = np.array([[100.0, 3.0, 1.0], [40.0, 8.0, 1.0], [160.0, 0.0, 1.0]])
    found = pixels(sky, seen)
    expect(
        np.allclose(found[:2], seen[None, :, :2]),
        "Your sky moves when the car is only shifted. It is far away: a metre to the side doesn't move a mountain. "
        "Use a shift of 0 for it.",
    )
    from_directions = camera.intrinsics @ geometry.camera_from_car_rotation(camera.pitch_rad)
    directions = (np.linalg.inv(from_directions) @ seen.T).T
    right = np.concatenate(
        [
            pixels(from_directions[None], (true_old(directions, 0.0, t) * [1, 1, 0]) + directions * [0, 0, 1])
            for t in TURNS_RAD
        ]
    )
    expect(
        np.allclose(found, right, atol=1e-6),
        "The sky is turned by the rotation alone, with G = intrinsics times the camera's rotation. Yours is off by "
        f"up to {np.abs(found - right).max():.1f} pixels.",
    )


def test_a_moved_picture_is_what_is_seen_from_there() -> None:
    """Your homographies against the renderer: a picture moved by them, and the picture taken from the moved car."""
    from drive_sim.assignments.moved_pictures import differences  # noqa: PLC0415 - compiles the renderer

    moved, unmoved = differences(shift_and_rotate.source_homographies)
    expect(
        moved < 0.4 * unmoved,
        f"A picture that is moved by your homographies differs from the one taken there by {moved:.1f} grey levels, "
        f"the unmoved picture by {unmoved:.1f}: it should be less than 40 % of that.",
    )


def _old_points(shift_m: float, turn_rad: float) -> np.ndarray:
    return true_old(FARTHER_M, shift_m, turn_rad)


def _inverse_points(shift_m: float, turn_rad: float) -> np.ndarray:
    """As if the moved car's frame were the old one."""
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    x, y = FARTHER_M[:, 0], FARTHER_M[:, 1] - shift_m
    return np.stack([cos * x + sin * y, cos * y - sin * x, np.ones(3)], axis=-1)


def _about_camera(camera: Camera, shift_m: float, turn_rad: float) -> np.ndarray:
    """As if the car turned about the place below its camera."""
    ahead = np.array([camera.forward_m, 0.0, 0.0])
    return true_old(FARTHER_M - ahead, shift_m, turn_rad) + ahead
