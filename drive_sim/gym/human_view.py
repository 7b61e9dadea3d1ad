"""`render_mode="human"`: the project's own window, opened when something is shown for the first time."""

from collections.abc import Sequence
from typing import Any, Protocol

from gymnasium.envs.registration import load_env_creator

from drive_sim.arrays import Picture
from drive_sim.errors import InputError

WINDOW = "drive_sim.app.episode_window:EpisodeWindow"
"""By its name, as Gymnasium names environments: the window lies above, and whoever shows nothing needs no pygame."""
RENDER_MODES = ("human", "rgb_array")
MOST_CARS = 16
"""So many cars of a batch are shown; more would be too small to be seen."""


class _Window(Protocol):
    def show(self, pictures: Sequence[Picture], lines: Sequence[str]) -> bool: ...

    def close(self) -> None: ...


class HumanView:
    """A window onto an environment; copies and pickles of it have none yet and open their own.

    A person may close it; the episode goes on without.
    """

    def __init__(self, frames_hz: float) -> None:
        self.frames_hz = frames_hz
        self._window: _Window | None = None
        self._is_left = False

    def show(self, pictures: Sequence[Picture], told: dict[str, Any]) -> None:
        """Show the cars' pictures, with the speed (n,) and the place (n,) that are told of them.

        Raises InputError where no window can be opened.
        """
        if self._is_left:
            return
        if self._window is None:
            self._window = _opened(self.frames_hz)
        lines = [f"{speed:.1f} m/s   {_side(cte)}" for speed, cte in zip(told["speed"], told["cte"], strict=True)]
        self._is_left = not self._window.show(pictures[:MOST_CARS], lines[:MOST_CARS])
        if self._is_left:
            self._window = None

    def close(self) -> None:
        """Close the window, if it is open; the next picture opens it again."""
        if self._window is not None:
            self._window.close()
        self._window, self._is_left = None, False

    def __getstate__(self) -> dict[str, Any]:
        return {"frames_hz": self.frames_hz, "_window": None, "_is_left": False}


def checked_mode(render_mode: str | None) -> str | None:
    """A render mode. Raises InputError where there is no such one."""
    if render_mode not in (None, *RENDER_MODES):
        raise InputError(f"road: no render_mode {render_mode!r}; there are {' and '.join(RENDER_MODES)}")
    return render_mode


def _opened(frames_hz: float) -> _Window:
    open_window: Any = load_env_creator(WINDOW)
    return open_window(frames_hz)


def _side(cte_m: float) -> str:
    """Where a car is, seen from its lane."""
    return f"{abs(cte_m):.2f} m {'right' if cte_m > 0.0 else 'left'} of the lane's middle"
