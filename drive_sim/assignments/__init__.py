"""Assignments: the project's own learners with the bodies taken out, for students to write."""
