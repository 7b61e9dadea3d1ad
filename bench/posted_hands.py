"""Hands that need no display: what they press is posted to the window as events, by X's names of keys."""

from collections import defaultdict

import pygame

_NAMES = {"Prior": "PAGEUP", "Next": "PAGEDOWN", "question": "SLASH"}


class PostedHands:
    """Holds and taps keys of a window of this process; `down` is what `pygame.key.get_pressed` is to say."""

    def __init__(self) -> None:
        self.down: dict[int, bool] = defaultdict(bool)
        self._held: set[str] = set()
        pygame.key.get_pressed = self._pressed  # pyright: ignore[reportAttributeAccessIssue]

    def hold(self, *keys: str) -> None:
        """Hold exactly these keys down."""
        for key in self._held - set(keys):
            self._post(pygame.KEYUP, key)
        for key in set(keys) - self._held:
            self._post(pygame.KEYDOWN, key)
        self._held = set(keys)

    def tap(self, key: str) -> None:
        """Press a key and let it go."""
        self._post(pygame.KEYDOWN, key)
        self._post(pygame.KEYUP, key)

    def close(self) -> None:
        """Let everything go."""
        self.down.clear()
        self._held.clear()

    def _pressed(self) -> dict[int, bool]:
        return self.down

    def _post(self, kind: int, key: str) -> None:
        code = code_of(key)
        self.down[code] = kind == pygame.KEYDOWN
        text = "?" if key == "question" else chr(code) if code < 128 else ""
        pygame.event.post(pygame.event.Event(kind, key=code, unicode=text, mod=0))


def code_of(key: str) -> int:
    """Pygame's number of a key."""
    name = _NAMES.get(key, key)
    return getattr(pygame, f"K_{name if len(name) == 1 else name.upper()}")
