"""Lessons on inverse reinforcement learning."""
