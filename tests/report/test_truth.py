import numpy as np

from drive_sim.report.truth import compare_views
from drive_sim.sim.camera import Camera
from drive_sim.sim.suites import Suite
from drive_sim.sim.track import point_on_lane


def test_made_views_are_close_to_true_ones(suite: Suite):
    poses = point_on_lane(suite.tracks, np.zeros(6, dtype=np.int64), np.linspace(0.0, 300.0, 6))
    shift_m, turn_rad = np.array([1.5, -1.5, 0.5, 0.0, -0.7, 1.0]), np.radians([0.0, 3.0, -8.0, 8.0, 5.0, -2.0])
    found = compare_views(
        suite.tracks.tracks[0], suite.scenes.scenes[0], Camera(), poses, shift_m=shift_m, turn_rad=turn_rad
    )
    assert found.left_over.mean() < 0.3
    assert np.abs(found.label_per_m - found.expert_per_m).max() < 0.02
    assert np.abs(found.expert_per_m).max() > 0.02
