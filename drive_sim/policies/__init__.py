"""Drivers: the scripted expert and everything that was learned."""
