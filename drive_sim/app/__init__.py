"""The window: what a person sees and touches. Only these modules know pygame."""

import os
import warnings

# pygame greets on standard output, where results go; this must be said before it is imported.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# On newer Pythons torch brings a setuptools that warns whoever still asks its pkg_resources, as pygame 2.6 does.
warnings.filterwarnings("ignore", "pkg_resources is deprecated", UserWarning)
