"""The window: what a person sees and touches. Only these modules know pygame."""
