"""The keys of the watching screen, as its help lists them."""

from drive_sim.app.knob_drawer import KNOBS_KEY, PLACE_KEY
from drive_sim.app.screen import Key
from drive_sim.app.time_travel import KEYS as TIME_KEYS

KEYS = (
    Key("A", "the next driver has the wheel (or click its row)", "switch"),
    Key("N", "nudge the car aside, 0.6 m and 4.6° (or drag it on the map)", "nudge"),
    Key("Arrows", "take the wheel (or the mouse, or a game pad)", "steer"),
    Key("G", "give the wheel back", "let go"),
    *TIME_KEYS,
    Key("E", "hand the wheel to the expert"),
    Key("T", "it learns from what you drove; T twice ends that", "retrain"),
    Key("S", "what it looks at: on its picture, on the road, nowhere", "looks at"),
    Key("R", "paint on the road what its driver likes", "likes"),
    Key("V", "where its training pictures were taken, and where the car is", "radar"),
    Key("Y", "from where it finds back, in the map's place", "basin"),
    Key("K", "the speed is kept, or its driver's own", "speed"),
    Key("X", "put the car back when it is 1 m off, or leave it alone", "put back"),
    PLACE_KEY,
    KNOBS_KEY,
    Key("O", "another road that nobody has learned from", "other road"),
    Key("Enter", "put the car onto its lane"),
    Key("Space", "pause (or P)", "pause"),
)
