"""Worlds whose rewards are sought: grids, a fork, road graphs, grids of objects."""
