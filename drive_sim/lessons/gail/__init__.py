"""The lessons on imitation without an expert to ask."""
