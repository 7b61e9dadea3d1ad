"""Learners: each is a generator of rounds, and whoever iterates decides on progress, stopping and saving."""
