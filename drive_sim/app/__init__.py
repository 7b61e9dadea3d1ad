"""The window: what a person sees and touches. Only these modules know pygame."""

import os

# pygame greets on standard output, where results go; this must be said before it is imported.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
