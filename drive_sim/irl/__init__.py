"""Inverse reinforcement learning: what the reward is by which somebody acts, where the dynamics are known."""
