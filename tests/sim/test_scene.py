"""Laws of scenes: drawn from a seed, inside their ranges, packed column by column."""

from dataclasses import fields

import numpy as np
import pytest

from drive_sim.errors import InputError
from drive_sim.sim.scene import SCENE_KINDS, C, Scene, Scenes, make_scene


@pytest.mark.parametrize("kind", SCENE_KINDS)
def test_same_seed_same_scene_and_another_seed_another(kind):
    first, again, other = (make_scene(kind, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other
    assert first.kind == kind


@pytest.mark.parametrize("kind", SCENE_KINDS)
def test_drawn_scenes_stay_inside_their_ranges(kind):
    ranges = SCENE_KINDS[kind]
    for seed in range(30):
        scene = make_scene(kind, np.random.default_rng(seed))
        for name in (
            "texture_amplitude",
            "sun_elevation_rad",
            "fog_per_m",
            "shoulder_m",
            "noise_grey",
            "dash_m",
            "line_m",
        ):
            low, high = getattr(ranges, name)
            assert low <= getattr(scene, name) <= high
        colours = [
            getattr(scene, field.name) for field in fields(scene) if isinstance(getattr(scene, field.name), tuple)
        ]
        assert 0.0 <= np.min(colours) <= np.max(colours) <= 1.0


def test_the_table_holds_each_field_in_its_column():
    scene = make_scene("rain", np.random.default_rng(0))
    table = Scenes.stack([Scene(), scene]).table
    assert table.dtype == np.float32
    for field in fields(scene)[1:]:
        value = np.atleast_1d(getattr(scene, field.name)).astype(np.float32)
        start = int(getattr(C, field.name))
        np.testing.assert_array_equal(table[1, start : start + len(value)], value)


def test_bad_input_is_named():
    with pytest.raises(InputError, match="no scene kind 'noon': choose from day"):
        make_scene("noon", np.random.default_rng(0))
    with pytest.raises(InputError, match="no scenes to stack"):
        Scenes.stack([])
    with pytest.raises(InputError, match="dash_m must lie in"):
        Scene(dash_m=10.0, dash_period_m=9.0)
