"""The mouse takes the car on the map and puts it elsewhere, in a close-up in which centimetres count."""

import pygame

from drive_sim.app.canvas import Canvas
from drive_sim.app.close_up import CloseUp
from drive_sim.app.layout import map_box
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.road_map import RoadMap

_NEAR_UNITS = 16.0
"""Nearer to the car on the map the mouse takes hold of it, farther off the car is fetched."""
_DRAGGED_TO_M = 3.0


class CarDrag:
    """From a press of the button on the map until it is let go; `close_up` is None otherwise."""

    def __init__(self) -> None:
        self.close_up: CloseUp | None = None

    def handle(self, event: pygame.event.Event, canvas: Canvas, rollout: LiveRollout, road_map: RoadMap) -> bool:
        """Whether the event belonged to the dragging; the car is where the mouse has put it then."""
        box = map_box(canvas)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1 and box.holds(canvas.units(event.pos)):
            self._grab(canvas.units(event.pos), rollout, road_map)
            return True
        if self.close_up is None:
            return False
        if event.type == pygame.MOUSEMOTION:
            most_m = 0.9 * rollout.car.limit_m if rollout.puts_back else _DRAGGED_TO_M
            self.close_up.drag(box, canvas.units(event.pos), most_m)
            rollout.place(self.close_up.s_m, self.close_up.offset_m)
        elif event.type == pygame.MOUSEBUTTONUP:
            self.close_up = None
        return True

    def _grab(self, where: tuple[float, float], rollout: LiveRollout, road_map: RoadMap) -> None:
        """Take the car where it is near to a point of the map, else fetch it there."""
        ground_m, beside_m = road_map.ground_from(where), road_map.ground_from((where[0] + _NEAR_UNITS, where[1]))
        near_m = abs(beside_m[0] - ground_m[0])
        self.close_up = CloseUp.at(rollout.car, ground_m, where, near_m=near_m)
        rollout.place(self.close_up.s_m, self.close_up.offset_m)
