import numpy as np

from drive_sim.evaluate import EvalReport
from drive_sim.report.film import SIZE_PX, Captions, film_frames
from drive_sim.report.stretch import choose_stretch, make_take
from drive_sim.sim.camera import Camera
from drive_sim.sim.suites import Suite


def test_a_film_shows_both_cars(reports: dict[str, EvalReport], suite: Suite):
    """Full frames of one even size; both halves move; the alarm is raised only where a car is put back."""
    stretch = choose_stretch(reports, "plain", length_s=1.5, lead_s=0.4)
    track, scene = suite.tracks.tracks[stretch.road], suite.scenes.scenes[stretch.road]
    takes = [make_take(name, report, track, stretch, fps=10) for name, report in reports.items()]
    frames = list(film_frames(track, scene, Camera(), takes, Captions("rule", "details"), fps=10))
    assert len(frames) == len(takes[0].poses)
    assert all(frame.shape == (SIZE_PX[1], SIZE_PX[0], 3) and frame.dtype == np.uint8 for frame in frames)
    left, right = (np.stack(frames)[:, :, half] for half in (slice(0, 640), slice(640, 1280)))
    assert (left[0] != left[-1]).any()
    assert (right[0] != right[-1]).any()
    border = [tuple(frame[54, 300]) for frame in frames]
    alarmed = np.diff(takes[0].put_back, prepend=takes[0].put_back[0]) > 0
    assert len({border[i] for i in np.flatnonzero(alarmed)}) == 1
    assert not (right[:, 54, 20] == border[int(alarmed.argmax())]).all(axis=-1).any()
