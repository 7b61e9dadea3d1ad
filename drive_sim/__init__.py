"""drive_sim: a self-driving simulator in which imitation learning is taught, studied and shown."""

__version__ = "0.1.0"
