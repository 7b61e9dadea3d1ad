"""Valid inputs of every kind, made once by our own commands in one folder; cases copy what they name."""

import csv
import io
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from drive_sim import cli
from drive_sim.data.recording import load_recording
from drive_sim.files import write_json
from drive_sim.sim.camera import Camera

LOG_ROWS = 40
LOG_CAMERA = Camera(320, 160, focal_px=150.0, horizon_px=60.0)


def make_valid(folder: Path) -> None:
    """Make them all in a folder, which is the current one."""
    _do("record --seconds 3 --seed 3 --out rec")
    _do("record --seconds 8 --seed 3 --out drive")
    _do("train rec --network small --steps 1 --augment none --out network")
    _do("train rec --network small --steps 1 --draw-commands --out gaussian")
    _do("train --method dagger --network linear --rounds 1 --out rounds")
    _do("train --method smile --network linear --rounds 2 --out mixing")
    (folder / "rounds" / "model-after-001").rename(folder / "linear")
    (folder / "mixing" / "model-after-002").rename(folder / "mixture")
    _do("reward drive --no-film --out liked")
    (folder / "liked" / "model").rename(folder / "reward")
    _do("export network network.onnx")
    for kind in ("tub", "lerobot", "npz"):
        _do(f"convert rec {kind} --to {kind}")
    _make_minari(folder)
    (folder / "road.csv").write_text(_ring())
    (folder / "way.gpx").write_text(_way())
    (folder / "line.csv").write_text("# width_m=5\n" + "\n".join(f"{5 * i},{(i % 9) ** 2 / 9}" for i in range(40)))
    make_log(folder)
    write_json(folder / "camera.json", {"camera": asdict(LOG_CAMERA), "fit": {"own_car_top_px": 150}})
    _make_alvinn(folder / "alvinn")
    _make_steering(folder / "steering")


def _make_minari(folder: Path) -> None:
    """As Arrow, whatever is installed."""
    from drive_sim.data.formats.known import read_drive
    from drive_sim.data.formats.minari_writer import write_minari

    write_minari(read_drive(folder / "rec"), folder / "minari", lambda _: None, "arrow")


def _do(command: str) -> None:
    assert cli.main(command.split()) == 0, command


def _ring() -> str:
    """An oval road with a lane."""
    angle = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
    rows = [f"{90 * np.cos(a):.3f},{60 * np.sin(a):.3f},4.0,4.5" for a in angle]
    head = ["# lines=two-lane lane_offset_m=-1.75", "# x_m,y_m,w_tr_right_m,w_tr_left_m"]
    return "\n".join([*head, *rows]) + "\n"


def _way() -> str:
    """An open way of a phone, a point a line from the second line on."""
    points = [f'<trkpt lat="{48.0 + 1e-4 * i:.5f}" lon="{11.0 + 2e-5 * (i % 5):.5f}"/>' for i in range(40)]
    return "\n".join(["<gpx><trk><trkseg>", *points, "</trkseg></trk></gpx>"]) + "\n"


def make_log(folder: Path) -> None:
    """A Udacity log of what the expert saw and did, with pictures from three places."""
    from drive_sim.data.warp import shift_rotate

    (folder / "log" / "IMG").mkdir(parents=True)
    demos = load_recording(folder / "rec").demonstrations().rows(np.arange(LOG_ROWS) % 30)
    rows = io.StringIO()
    lines = csv.writer(rows, lineterminator="\n")
    large = np.stack([cv2.resize(image, (320, 160)) for image in demos.images])
    for side, shift_m in (("center", 0.0), ("left", 0.6), ("right", -0.6)):
        views = shift_rotate(large, LOG_CAMERA, np.full(LOG_ROWS, shift_m), np.zeros(LOG_ROWS))
        for row, view in enumerate(views):
            cv2.imwrite(str(folder / "log" / "IMG" / f"{side}_{_stamp(row)}.jpg"), view[..., ::-1])
    for row in range(LOG_ROWS):
        names = [f"/home/driver/IMG/{side}_{_stamp(row)}.jpg" for side in ("center", "left", "right")]
        lines.writerow([*names, f"{np.sin(row / 5) / 4:.4f}", "0.5", "0", "22.5"])
    (folder / "log" / "driving_log.csv").write_text(rows.getvalue())


def _stamp(row: int) -> str:
    return f"2020_02_16_00_47_{20 + row // 10:02d}_{row % 10 * 100:03d}"


def _make_alvinn(folder: Path) -> None:
    from drive_sim.policies.alvinn import AlvinnNetwork, AlvinnPolicy
    from drive_sim.policies.model_folder import save_model

    camera = Camera(32, 30, focal_px=18.0, horizon_px=8.0)
    network = AlvinnNetwork(4, 15, 30, 32)
    save_model(folder, AlvinnPolicy(network, np.linspace(0.1, -0.1, 15), camera=camera), {}, {})


def _make_steering(folder: Path) -> None:
    """A policy as it comes of trying, which nobody has trained."""
    from drive_sim.policies.alvinn import curvature_units
    from drive_sim.policies.flat_network import make_flat_network
    from drive_sim.policies.model_folder import save_model
    from drive_sim.policies.road_input import LANE_POSE
    from drive_sim.policies.steering import SteeringPolicy
    from drive_sim.policies.stochastic import TrainableCategorical

    policy = TrainableCategorical(make_flat_network((4, 6, 7), np.random.default_rng(1)))
    save_model(folder, SteeringPolicy(policy, LANE_POSE, curvature_units(7, 0.06)), {}, {})
