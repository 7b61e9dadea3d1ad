"""The keys that work on every screen, and the screens that some of them lead to."""

import pygame

from drive_sim.app.screen import Destination, Key, ToBasin, ToCompare, ToHome, ToTruth

KEYS_EVERYWHERE = (
    Key("F1 or ?", "this page", "help"),
    Key("F2", "home, whose numbers lead anywhere"),
    Key("B", "butterfly: policies from one pose"),
    Key("U", "truth-o-meter: warped and true views"),
    Key("J", "basin: from where policies find back"),
    Key("F11", "full screen, and back"),
    Key("F12", "save a picture of the screen"),
    Key("F10", "save a film of the last minute"),
    Key("F9", "save a copy of the recording"),
    Key("F8", "save a copy of the models"),
    Key("F7", "share this view: a short text"),
    Key("Esc", "back, at last leave"),
)
_WAYS: dict[int, type[ToHome | ToCompare | ToTruth | ToBasin]] = {
    pygame.K_F2: ToHome,
    pygame.K_b: ToCompare,
    pygame.K_u: ToTruth,
    pygame.K_j: ToBasin,
}


def way(key: int, shown: Destination) -> Destination | None:
    """Where a key leads, with the models of what is shown; None where it leads nowhere, or there already."""
    to = _WAYS.get(key)
    if to is None or isinstance(shown, to):
        return None
    if to is ToCompare or to is ToBasin:
        return to(getattr(shown, "models", None))
    return to()


def leads_away(key: int) -> bool:
    """Whether a key is a way to a screen, also where that is shown already."""
    return key in _WAYS
