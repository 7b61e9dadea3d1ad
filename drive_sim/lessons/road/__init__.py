"""Lessons on learning to drive roads like the first drive's: a clone, its cures, and what data they take."""
