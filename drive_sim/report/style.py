"""The house style of every picture: one palette (Okabe and Ito's, safe for colour-blind eyes), one type scale.

A policy keeps its colour, its mark, its dashes and its name in every figure, on the page and in the film.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

VERMILION, BLUE, GREEN, PURPLE, ORANGE, SKY = "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"
INK, FAINT, HAIR, ROAD = "#1d2329", "#68727d", "#d6dbe0", "#e4e7ea"

COLUMN_IN, PAGE_IN = 5.4, 10.8
"""Widths of a figure: half of the page's text, or all of it."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one policy is shown everywhere; `dashes` as Matplotlib's line style, for who often lies upon another."""

    label: str
    colour: str
    marker: str
    dashes: str | tuple[float, tuple[float, ...]] = "solid"

    @property
    def colour_name(self) -> str:
        """The page's variable of this colour."""
        return _THEMED[self.colour]

    @property
    def mark(self) -> dict[str, Any]:
        """Matplotlib's settings of this policy's marks."""
        return {"marker": self.marker, "color": self.colour, "linewidths": 0}

    @property
    def line(self) -> dict[str, Any]:
        """Matplotlib's settings of this policy's line; a dashed one lies above the solid ones and lets them through."""
        return {"color": self.colour, "linestyle": self.dashes, "zorder": 2 if self.dashes == "solid" else 4}


LOOKS = {
    "likes-middle": Look("Likes the middle", GREEN, "D"),
    "likes-right": Look("Likes the right-hand side", BLUE, "o"),
    "likes-inside": Look("Likes the inside line", ORANGE, "s"),
    "published": Look("Published", FAINT, "v"),
    "driver": Look("The driver", VERMILION, "X"),
    "expert": Look("Expert", GREEN, "D", (0, (4, 2))),
    "plain": Look("Plain cloning", VERMILION, "X"),
    "shift-rotate": Look("With shift-and-rotate", BLUE, "o"),
    "clone": Look("Cloning", VERMILION, "X"),
    "smile": Look("SMILe", ORANGE, "s"),
    "best-member": Look("Its best policy, alone", GREEN, "D"),
    "dagger": Look("DAgger", PURPLE, "^", (0, (2, 1.2))),
    "gail-road": Look("GAIL", ORANGE, "s"),
    "sqil-pose": Look("SQIL, lane pose", ORANGE, "s"),
    "sqil-pixels": Look("SQIL, pixels", INK, "v"),
    "three-cameras": Look("With three cameras", ORANGE, "s"),
    "nvidia": Look("NVIDIA's mix", PURPLE, "D"),
    "one-width": Look("Roads of one width", BLUE, "o"),
    "varying": Look("Roads of many widths", ORANGE, "s"),
    "country": Look("One lane without lines", BLUE, "o"),
    "two-lane": Look("Two lanes with lines", ORANGE, "s"),
    "nvidia-arc": Look("NVIDIA's mix, back in place only", FAINT, "v"),
    "any-road": Look("All ingredients", BLUE, "o"),
    "view-84": Look("View of 84°", VERMILION, "X"),
    "view-130": Look("View of 130°", SKY, "^"),
    "narrow-roads": Look("One width, 4.4 m", ORANGE, "s"),
    "no-flares": Look("No flares", GREEN, "D"),
    "gentle-bends": Look("Bends from 33 m", PURPLE, "D"),
    "no-crossings": Look("No crossings", SKY, "s"),
    "no-shift": Look("No shifted views", VERMILION, "v"),
    "shift-2": Look("Shifts to 2 m", ORANGE, "^"),
    "cloned": Look("No DAgger", GREEN, "^"),
    "one-speed": Look("One speed", PURPLE, "v"),
    "first-drive": Look("None of them", INK, "X"),
    "alvinn": Look("ALVINN on the fly", BLUE, "o"),
    "alvinn-alone": Look("The frame alone", VERMILION, "X"),
    "alvinn-oldest": Look("First in, first out", ORANGE, "s", (0, (2.5, 2.0))),
    "alvinn-smear": Look("Smeared edges", PURPLE, "D"),
    "alvinn-narrow": Look("Shifts of 0.6 m", SKY, "^"),
    "alvinn-later": Look("Later settings", FAINT, "v"),
    "end-alone": Look("The end alone", GREEN, "D"),
    "max-margin": Look("Maximum margin", ORANGE, "s"),
    "projection": Look("Projection", GREEN, "D"),
    "own-point": Look("Projection's own point", VERMILION, "X", (0, (2.5, 2.0))),
    "all-features": Look("All features", GREEN, "D"),
    "paying-features": Look("Those that pay only", SKY, "^"),
    "mimicking": Look("Mimicking", VERMILION, "X"),
    "maxent": Look("Maximum entropy", BLUE, "o"),
    "fastest": Look("Fastest way", VERMILION, "X"),
    "action": Look("Action-based", PURPLE, "D"),
    "nice": Look("Nice", GREEN, "o"),
    "nasty": Look("Nasty", VERMILION, "X"),
    "right-lane-nice": Look("Right lane, nice", SKY, "^"),
    "right-lane-nasty": Look("Right lane, nasty", ORANGE, "s"),
    "middle-lane": Look("Middle lane", PURPLE, "D"),
    "linear-distances": Look("Linear, of distances", ORANGE, "s", (0, (2.5, 2.0))),
    "linear-thresholds": Look("Linear, of thresholds", VERMILION, "X"),
    "network-distances": Look("Network, of distances", SKY, "^", (0, (2.5, 2.0))),
    "network-thresholds": Look("Network, of thresholds", BLUE, "o"),
    "clone-greedy": Look("Cloning a greedy one", ORANGE, "s"),
    "gail": Look("GAIL", BLUE, "o"),
    "fem": Look("FEM", PURPLE, "^", (0, (2.5, 2.0))),
    "fem-plain": Look("FEM, not shifted", PURPLE, "D"),
    "sqil": Look("SQIL", GREEN, "D"),
    "iq-learn": Look("IQ-Learn", VERMILION, "X"),
    "constant": Look("A constant reward", FAINT, "v", (0, (4, 2))),
    "left": Look("GAIL from “always left”", ORANGE, "s", (0, (2.5, 2.0))),
    "logit": Look("GAIL, logit", SKY, "^"),
    "penalty": Look("GAIL, penalty", VERMILION, "X"),
    "flipped-survival": Look("GAIL, survival flipped", PURPLE, "D", (0, (2, 1.2))),
}

_THEMED = {
    INK: "ink",
    FAINT: "faint",
    HAIR: "hair",
    ROAD: "road",
    VERMILION: "vermilion",
    BLUE: "blue",
    GREEN: "green",
    PURPLE: "purple",
    ORANGE: "orange",
    SKY: "sky",
}
"""Colours that the page may lighten or darken: in an SVG they become the page's variables of these names."""

_SETTINGS: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 10.0,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "legend.fontsize": 9.0,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": FAINT,
    "axes.edgecolor": HAIR,
    "axes.titlecolor": INK,
    "xtick.color": HAIR,
    "ytick.color": HAIR,
    "xtick.labelcolor": FAINT,
    "ytick.labelcolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": HAIR,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.4,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.unicode_minus": True,
    "svg.fonttype": "none",
    "path.simplify_threshold": 0.3,
}


_FOR_A_PAGE = (
    (r"<metadata>.*?</metadata>|<style .*?</style>", ""),
    (r"^<svg .*?(viewBox=\S+ \S+ \S+ \S+).*?>", r'<svg \1 role="img">'),  # the page decides on the size
    (r"xlink:href", "href"),
    (r" font-family: [^;\"]*;", ""),
    (r' id="[a-z0-9.]+_\d+"', ""),  # matplotlib's names of groups: nothing refers to them
    (r"(\d\.\d\d)\d+", r"\1"),
    (r"\s+", " "),
)
"""What matplotlib writes for a file of its own, cut down to an element of a page."""


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's settings for the time of one figure, given back afterwards."""
    with mpl.rc_context(_SETTINGS):
        yield


def new_figure(width_in: float, height_in: float) -> Figure:
    """A figure without a display, laid out by constraints; call it under `house_style`."""
    return Figure(figsize=(width_in, height_in), layout="constrained")


def quiet_axes(axes: Axes, *, fill: bool = False) -> None:
    """A picture's axes: no ticks, no frame, no grid, one metre as long in x as in y.

    `fill`: the limits give way rather than the size, so that neighbours stay in line.
    """
    axes.set_aspect("equal", adjustable="datalim" if fill else "box")
    axes.set_axis_off()


def svg_text(figure: Figure, name: str) -> str:
    """The figure as an SVG element for a page, in the page's font and colours; `name` keeps its ids apart.

    The same figure gives the same text: no date, no random ids.
    """
    buffer = io.StringIO()
    with house_style():
        mpl.rcParams["svg.hashsalt"] = name
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    for pattern, replacement in _FOR_A_PAGE:
        svg = re.sub(pattern, replacement, svg, flags=re.DOTALL)
    for colour, variable in _THEMED.items():
        svg = svg.replace(colour, f"var(--{variable}, {colour})")
    return svg
