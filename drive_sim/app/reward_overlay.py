"""What whoever drives likes, painted on the road ahead in the window's view."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pygame

from drive_sim.app.canvas import POLICY_COLOURS, POLICY_LABELS, Canvas, Colour
from drive_sim.app.driver_rewards import DriverKey, DriverReward, DriverRewards
from drive_sim.app.live_rollout import LiveRollout
from drive_sim.app.single_car import SingleCar
from drive_sim.errors import InputError
from drive_sim.policies.lattice_reward import RoadReward
from drive_sim.report.paint import OfPlace, coat_of, liking
from drive_sim.sim.camera import Camera
from drive_sim.sim.ground_view import ground_view
from drive_sim.sim.track import Track

_SMALL_PX = (160, 90)
"""The coat is painted this small and stretched: a frame has a few milliseconds for it."""


@dataclass(frozen=True, slots=True)
class RewardDriver:
    """Who drives, and the reward that it drives by where it drives by one."""

    key: DriverKey
    label: str
    colour: Colour
    own: RoadReward | None = None

    @classmethod
    def of(cls, rollout: LiveRollout) -> "RewardDriver":
        """Whoever has the wheel of a rollout."""
        driver = rollout.driver
        if rollout.by_hand:
            return PERSON
        own = driver.reward.reward if driver.reward is not None else None
        return cls((driver.name, driver.folder), driver.label, driver.colour, own)


PERSON = RewardDriver(("human", None), POLICY_LABELS["human"], POLICY_COLOURS["human"])
"""Whoever sits before the window."""


class RewardOverlay:
    """The paint, laid on where `is_on`; every driver is followed, so that much is known when it is asked for."""

    def __init__(self) -> None:
        self.is_on = False
        self.complaint = ""
        """One line on why this road cannot be painted."""
        self._rewards = DriverRewards()
        self._painted: tuple[RoadReward, Track] | None = None
        self._of_place: OfPlace | None = None

    @property
    def is_reading(self) -> bool:
        """A process beside the window reads a reward."""
        return self._rewards.is_reading

    def toggle(self) -> str:
        """Lay it on, or take it off; what there is to say about that."""
        self.is_on = not self.is_on
        return "The road shows what its driver likes, once that is read" if self.is_on else "The road is as it is"

    def follow(self, driver: RewardDriver, car: SingleCar) -> None:
        """A control tick begins in which this driver has the car."""
        self._rewards.follow(driver.key, car)

    def poll(self, driver: RewardDriver) -> None:
        """Once a frame: what was read is known, and what is wanted is read."""
        self._rewards.poll(driver.key if self.is_on and driver.own is None else None)

    def read_of(self, driver: RewardDriver) -> DriverReward:
        """What has been read of a driver's driving."""
        return self._rewards.of(driver.key)

    def close(self) -> None:
        """The screen is left."""
        self._rewards.close()

    def draw(self, canvas: Canvas, car: SingleCar, driver: RewardDriver) -> None:
        """Paint the road ahead as the window shows it, from the pose between two control ticks."""
        read = self.read_of(driver).read
        reward = driver.own or (None if read is None else read.reward)
        if not self.is_on or reward is None:
            return
        if self._painted != (reward, car.track):
            self._prepare(reward, car.track)
        if self._of_place is not None:
            self._paint(canvas, car, self._of_place)

    def _prepare(self, reward: RoadReward, track: Track) -> None:
        self._painted, self._of_place, self.complaint = (reward, track), None, ""
        try:
            self._of_place = liking(reward, track)
        except InputError as error:
            self.complaint = str(error)

    def _paint(self, canvas: Canvas, car: SingleCar, of_place: OfPlace) -> None:
        size_px = canvas.surface.get_size()
        width_px = _SMALL_PX[0]
        camera = Camera().resized(width_px, max(2, round(width_px * size_px[1] / size_px[0])))
        view = ground_view(car.tracks, 0, camera, car.state.poses[0], float(car.observation.lane.s_m[0]))
        layer = pygame.transform.smoothscale(_layer(*coat_of(view, of_place)), size_px)
        canvas.surface.blit(layer, (0, 0), special_flags=pygame.BLEND_PREMULTIPLIED)


def _layer(coat: npt.NDArray[np.uint8], opacity: npt.NDArray[np.float64]) -> pygame.Surface:
    """A coat (h, w, 3) and its opacity (h, w) as a surface with an alpha of its own."""
    pixels = np.dstack([coat, (255.0 * opacity + 0.5).astype(np.uint8)])
    # In the window's own order of bytes, and multiplied already, it is laid on several times as fast.
    return pygame.image.frombuffer(pixels.tobytes(), pixels.shape[1::-1], "RGBA").convert_alpha().premul_alpha()
