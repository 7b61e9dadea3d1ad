"""Which road lies ahead: the seeded ones, the named ones, each driven either way round or mirrored, under any sky.

A thread makes what may be wanted next, so that a change of road does not make a frame late.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from drive_sim.app.single_car import track_batch
from drive_sim.sim.circuit_file import TRACK_NAMES, named_track
from drive_sim.sim.conditions import CONDITIONS
from drive_sim.sim.lane_grid import world_map
from drive_sim.sim.named_roads import NAMED_ROADS
from drive_sim.sim.scene import SCENE_KINDS, Scene, make_scene
from drive_sim.sim.suites import make_demonstration_world, make_held_out_world
from drive_sim.sim.track import Track

NUM_SEEDED = 4
"""So many seeded roads are offered before the named ones; then the seeded ones go on."""

World = tuple[Track, Scene]


@dataclass(frozen=True, slots=True)
class RoadVariant:
    """A road by its number, and how it is driven."""

    number: int = 0
    is_reversed: bool = False
    is_mirrored: bool = False


class Roads:
    """The roads of one sitting: `track` and `scene` are the present ones."""

    def __init__(self, seed: int, track: Track | None = None, scene: Scene | None = None) -> None:
        """Begin on the seed's demonstration road, or on `track` under `scene`, where they are given."""
        self._seed, self._first, self._first_scene = seed, track, scene
        self._variant, self._scene_number = RoadVariant(), 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="roads")
        self._made: dict[RoadVariant | int, Future[World]] = {}
        """Roads to drive by variant, roads to watch by number."""
        self.track, self._own_scene = self._world(self._variant)
        self.scene = self._own_scene
        self._make_neighbours()
        # The first one that networks are watched on.
        self._make(seed % CONDITIONS.num_roads)

    @property
    def name(self) -> str:
        """What the screen calls the road."""
        how = [word for word, is_so in (("reversed", self.is_reversed), ("mirrored", self.is_mirrored)) if is_so]
        return ", ".join([self.track.name, *how])

    @property
    def what(self) -> str:
        """What a named road is, in a few words; nothing of others."""
        return NAMED_ROADS.get(self.track.name, "")

    @property
    def is_reversed(self) -> bool:
        """It is driven the other way round."""
        return self._variant.is_reversed

    @property
    def is_mirrored(self) -> bool:
        """It is its own mirror image."""
        return self._variant.is_mirrored

    @property
    def choice(self) -> tuple[RoadVariant, int]:
        """Which road, how it is driven, and the number of its sky (0: its own)."""
        return self._variant, self._scene_number

    def choose(self, variant: RoadVariant, scene_number: int) -> None:
        """That road under that sky."""
        self._go(variant)
        while self._scene_number != scene_number % (1 + len(SCENE_KINDS)):
            self.next_scene()

    @property
    def is_ready(self) -> bool:
        """What may come next is made; before that a change of road waits for the thread."""
        return all(future.done() for future in self._made.values())

    def next_road(self) -> None:
        """Go on to the next road: seeded ones, then the named ones, then further seeds."""
        self._go(self._next())

    def next_scene(self) -> None:
        """The same road under the next kind of sky; after the last one its own."""
        kinds = list(SCENE_KINDS)
        self._scene_number = (self._scene_number + 1) % (1 + len(kinds))
        if self._scene_number:
            rng = np.random.default_rng([self._seed, self._scene_number])
            self.scene = make_scene(kinds[self._scene_number - 1], rng)
        else:
            self.scene = self._own_scene

    def vary(self) -> None:
        """The same road the other way round; then that left for right, then the mirror image, then as it lies."""
        self._go(self._varied())

    @property
    def given(self) -> World | None:
        """The road that was asked for by name, as it lies, where there is one."""
        return None if self._first is None else self._original(0)

    def unseen(self, index: int) -> World:
        """A road of the held-out suite and its scene, for watching: nobody has learned from it.

        A road that was given comes first: it is the one with the sitting's seed for an index. The next one is asked
        for; of the others the sitting's first is kept.
        """
        is_given = self._first is not None and index == self._seed
        number, after, first = (which % CONDITIONS.num_roads for which in (index, index + 1, self._seed))
        world = self._world(RoadVariant() if is_given else number)
        self._forget(lambda which: isinstance(which, int) and which not in (number, after, first))
        self._make(after)
        return world

    def close(self) -> None:
        """The sitting is over."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _go(self, variant: RoadVariant) -> None:
        number_before, self._variant = self._variant.number, variant
        self.track, self._own_scene = self._world(variant)
        if variant.number != number_before or not self._scene_number:
            self._scene_number, self.scene = 0, self._own_scene
        self._make_neighbours()

    def _next(self) -> RoadVariant:
        return replace(self._variant, number=self._variant.number + 1)

    def _varied(self) -> RoadVariant:
        now = self._variant
        if now.is_reversed == now.is_mirrored:
            return replace(now, is_reversed=not now.is_reversed)
        return replace(now, is_mirrored=not now.is_mirrored)

    def _make_neighbours(self) -> None:
        """Ask for what one key leads to, and forget what lies farther away."""
        near = (self._variant, self._next(), self._varied())
        self._forget(lambda which: isinstance(which, RoadVariant) and which not in near)
        self._make(*near)

    def _forget(self, is_far: Callable[[RoadVariant | int], bool]) -> None:
        self._made = {which: made for which, made in self._made.items() if not is_far(which)}

    def _make(self, *wanted: RoadVariant | int) -> None:
        for which in wanted:
            if which not in self._made:
                self._made[which] = self._thread.submit(_warmed, self._maker(which))

    def _world(self, which: RoadVariant | int) -> World:
        self._make(which)
        return self._made[which].result()

    def _maker(self, which: RoadVariant | int) -> Callable[[], World]:
        return lambda: make_held_out_world(which) if isinstance(which, int) else self._vary(which)

    def _vary(self, variant: RoadVariant) -> World:
        track, scene = self._original(variant.number)
        track = track.reversed() if variant.is_reversed else track
        return track.mirrored() if variant.is_mirrored else track, scene

    def _original(self, number: int) -> World:
        """A road as it lies: a given one comes first, then seeded, named and further seeded ones."""
        if self._first is not None:
            if number == 0:
                return self._first, self._first_scene or self._day(0)
            number -= 1
        named = number - NUM_SEEDED
        if 0 <= named < len(TRACK_NAMES):
            return named_track(TRACK_NAMES[named]), self._day(number)
        return make_demonstration_world(self._seed + (number if named < 0 else number - len(TRACK_NAMES)))

    def _day(self, number: int) -> Scene:
        return make_scene(CONDITIONS.scene_kind, np.random.default_rng([self._seed, number]))


def _warmed(make: Callable[[], World]) -> World:
    """A road with everything made that the camera needs of it."""
    track, scene = make()
    world_map(track_batch(track))
    return track, scene
