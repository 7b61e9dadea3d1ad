"""What a person takes home from any screen: a picture of it, a film of the last minute, the recording, the models.

Everything lies in `take-home` beside the runs, is new, and is written beside the frames: in a thread, or in a process.
"""

import pygame

from drive_sim.app.session import Session

KEYS = {
    pygame.K_F12: "picture",
    pygame.K_F10: "film",
    pygame.K_F9: "recording",
    pygame.K_F8: "models",
}
"""What each key saves."""


def take(key: int, session: Session, surface: pygame.Surface) -> None:
    """Save what this key is for; a line on the screen says where it is, or what is missing."""
    raise NotImplementedError(f"{KEYS[key]}, {session.runs}, {surface.get_size()}")
