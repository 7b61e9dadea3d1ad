"""Lessons on NVIDIA's PilotNet: how it learns to steer from thirty seconds at the wheel, and what it looks at."""
