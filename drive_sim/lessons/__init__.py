"""Lessons: each tells one story from start to end and leaves a folder that shows it."""
