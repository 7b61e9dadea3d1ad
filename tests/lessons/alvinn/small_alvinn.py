from dataclasses import replace

from drive_sim.data.simulated_pictures import PictureGenerator
from drive_sim.lessons.alvinn import alvinn_1989, on_the_fly
from drive_sim.sim.conditions import CONDITIONS
from tests.lessons.small import Small

ALVINN_1989 = Small(
    alvinn_1989.Config(
        seed=1000,
        num_seeds=2,
        num_pictures=56,
        num_novel=56,
        generator=PictureGenerator(has_wheel_tracks=False, num_roads=4, scene_kinds=("day", "night")),
        num_epochs=3,
        probe_widths_m=(2.8, 4.4, 6.0),
        num_probes=8,
        num_driven=2,
        drive_m=60.0,
    ),
    ({"num_seeds": 0}, {"num_novel": 57}, {"probe_widths_m": (3.0, 4.0)}),
    num_figures=5,
    files={"film.mp4": 1},
)
ON_THE_FLY = Small(
    on_the_fly.Config(
        seed=1000,
        num_seeds=2,
        num_roads=2,
        asked=(2, 4),
        num_frames=4,
        bend_frames=(3, 3),
        num_bend_seeds=1,
        num_bend_roads=1,
        conditions=replace(CONDITIONS, distance_m=40.0),
    ),
    (
        {"num_seeds": 0},
        {"num_bend_seeds": 3},
        {"num_bend_roads": 3},
        {"asked": (2, 5)},
        {"asked": (4, 2)},
        {"asked": (0, 4)},
        {"bend_frames": (3, 0)},
        {"bend_radius_m": 0.0},
    ),
    num_figures=6,
)
