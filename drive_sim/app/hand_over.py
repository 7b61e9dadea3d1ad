"""Who has the wheel next: the next driver in turn, the expert, or the one whose row is clicked."""

import pygame

from drive_sim.app.canvas import ORANGE, Canvas
from drive_sim.app.drivers import EXPERT, make_expert
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.rollout_panels import driver_at, scoreboard_box
from drive_sim.app.session import Session


def hand_to_next(rollout: LiveRollout, session: Session) -> None:
    """The next driver has the wheel; a network that is alone has the expert beside it."""
    if len(rollout.drivers) == 1 and rollout.driver.folder is not None:
        rollout.drivers.append(make_expert(rollout.car.tracks))
    rollout.switch()
    if len(rollout.drivers) == 1:
        session.say("There is no other driver: networks learn on the Drive screen", ORANGE)


def hand_to_expert(rollout: LiveRollout) -> None:
    """The expert has the wheel, beside the drivers that there are."""
    if all(driver.name != EXPERT for driver in rollout.drivers):
        rollout.drivers.append(make_expert(rollout.car.tracks))
    rollout.hand_to(next(driver for driver in rollout.drivers if driver.name == EXPERT))


def hand_to_clicked(rollout: LiveRollout, event: pygame.event.Event, canvas: Canvas) -> bool:
    """A click on a driver's row of the scoreboard hands it the wheel; whether the event was one."""
    if event.type != pygame.MOUSEBUTTONDOWN or event.button != pygame.BUTTON_LEFT:
        return False
    driver = driver_at(rollout, scoreboard_box(len(rollout.drivers)), canvas.units(event.pos))
    if driver is not None:
        rollout.hand_to(driver)
    return driver is not None
