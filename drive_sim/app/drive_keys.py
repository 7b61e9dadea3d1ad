"""The keys of the driving screen, as its help lists them."""

import pygame

from drive_sim.app.knob_drawer import KNOBS_KEY, PLACE_KEY
from drive_sim.app.screen import Key
from drive_sim.app.time_travel import KEYS as TIME_KEYS

KEYS = (
    Key("Arrows or A D W S", "steer (and the pedals, after K)"),
    Key("Mouse", "held down, the wheel follows it"),
    Key("Game pad", "left stick, triggers or two buttons"),
    Key("R", "record; again: stop", "record"),
    Key("Backspace", "drop the last 5 s recorded (marked only)", "drop 5 s"),
    Key("T", "two networks learn; T twice ends that", "train"),
    Key("E", "where T asks: learn from grass, too"),
    Key("L", "let go: networks drive an unseen road", "let go"),
    Key("I", "a network learns while you drive; let it go", "learn live"),
    Key("Enter", "back to the lane", "to the lane"),
    *TIME_KEYS,
    Key("G", "the expert drives, G again: a network"),
    Key("H", "back to the start of the road"),
    Key("Space", "pause (or P)", "pause"),
    Key("K", "keep the speed, or use the pedals"),
    Key("Y", "paint on the road what you like", "likes"),
    Key("O", "the next road", "next road"),
    PLACE_KEY,
    KNOBS_KEY,
    Key("C", "the next scene", "scene"),
    Key("V", "the road reversed, mirrored, both"),
)
DRIVING_KEYS = (
    *(pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN),
    *(pygame.K_a, pygame.K_d, pygame.K_w, pygame.K_s, pygame.K_r, pygame.K_g),
)
"""With the first of these the car goes."""
KEYS_LIVE = (
    Key("L", "let go: it drives on; a touch takes back", "let go"),
    Key("X", "shift-and-rotate on, off: the other twin", "views on/off"),
    Key("N", "the other network, from nothing", "network"),
    Key("Z", "both twins forget all, and begin anew", "forget"),
    Key("I", "the end of learning live", "end"),
    *(key for key in KEYS if key.name not in ("T", "E", "L", "I", "G") and key not in TIME_KEYS),
)
"""While networks learn live."""
