"""Recordings, demonstrations, other people's logs, and what is done to pictures before training."""
