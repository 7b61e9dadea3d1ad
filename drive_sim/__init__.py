"""drive_sim: a self-driving simulator in which imitation learning is taught, studied and shown.

Importing this registers `drive_sim/Road-v0` with Gymnasium.
"""

from drive_sim.registration import register_road

__version__ = "0.1.0"

register_road()
