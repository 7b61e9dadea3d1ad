"""Figures, the page and the film: what a run looks like to people."""
