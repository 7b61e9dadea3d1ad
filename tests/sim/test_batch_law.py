"""A batch equals its singles to the bit, whatever road, sky and weather; and a picture is of its car alone."""

from dataclasses import fields, replace

import numpy as np
import pytest

from drive_sim.sim.camera import Camera
from drive_sim.sim.disturbance import Disturbance
from drive_sim.sim.env import DriveEnv, EnvConfig
from drive_sim.sim.render import render
from drive_sim.sim.road_generator import ROAD_KINDS, make_circuit, make_straight
from drive_sim.sim.scene import SCENE_KINDS, Scenes, make_scene
from drive_sim.sim.track import Tracks
from drive_sim.sim.vehicle import Command, VehicleParams

CAMERA = Camera().resized(60, 24)
ROUGH = Disturbance(gust_mps=0.5, kick_rate_hz=1.0, kick_shift_m=0.3, kick_turn_rad=0.05, wheel_noise_per_m=0.01)
NUM_CARS = len(SCENE_KINDS)


@pytest.fixture(scope="module")
def roads() -> Tracks:
    rng = np.random.default_rng(3)
    kinds = [ROAD_KINDS[name] for name in (*ROAD_KINDS, *ROAD_KINDS)][: NUM_CARS - 1]
    return Tracks.stack([*(make_circuit(rng, kind=kind, length_m=600.0) for kind in kinds), make_straight(300.0)])


@pytest.fixture(scope="module")
def skies() -> Scenes:
    rng = np.random.default_rng(4)
    return Scenes.stack([make_scene(kind, rng) for kind in SCENE_KINDS])


def arrays(record):
    return {field.name: getattr(record, field.name) for field in fields(record)}


def test_a_batch_equals_its_singles_to_the_bit(roads: Tracks, skies: Scenes) -> None:
    config = EnvConfig(CAMERA, VehicleParams(latency_ticks=1, grip_mps2=5.0), ROUGH, time_limit_s=1.0)
    cars = np.arange(NUM_CARS)

    def made(which: np.ndarray) -> DriveEnv:
        rng = np.random.default_rng(7)
        return DriveEnv(roads, skies, config, rng, track_idx=which, scene_idx=which, car_idx=which)

    batch, singles = made(cars), [made(cars[car : car + 1]) for car in cars]
    rng = np.random.default_rng(8)
    for tick in range(12):
        curvature_per_m, acceleration_mps2 = rng.uniform(-0.1, 0.1, NUM_CARS), rng.uniform(-3.0, 3.0, NUM_CARS)
        together = batch.step(Command(curvature_per_m, acceleration_mps2))
        assert together.observation.images is not None
        for car, env in enumerate(singles):
            here = slice(car, car + 1)
            alone = env.step(Command(curvature_per_m[here], acceleration_mps2[here]))
            np.testing.assert_array_equal(alone.observation.images, together.observation.images[here])
            np.testing.assert_array_equal(alone.done, together.done[here])
            for whole, part in (
                (together.observation.lane, alone.observation.lane),
                (together.observation.state, alone.observation.state),
                (batch.push, env.push),
            ):
                for name, values in arrays(part).items():
                    np.testing.assert_array_equal(values, getattr(whole, name)[here], err_msg=f"{name}, tick {tick}")


def test_a_picture_does_not_depend_on_what_was_drawn_before(roads: Tracks, skies: Scenes) -> None:
    """A thread draws all its pictures with one working memory."""
    cars, place = np.arange(NUM_CARS), np.zeros((NUM_CARS, 3))
    first = render(roads, skies, CAMERA, place, cars, cars, noise_seed=5)
    for other in (Camera().resized(500, 120), replace(CAMERA, width_px=7, horizon_px=-40.0), Camera()):
        render(roads, skies, other, place + 20.0, cars, cars, noise_seed=6)
        np.testing.assert_array_equal(render(roads, skies, CAMERA, place, cars, cars, noise_seed=5), first)
