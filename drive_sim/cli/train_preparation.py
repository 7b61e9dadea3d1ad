"""What `train` makes of people's recordings before it learns from them: the options, and what they come to."""

from __future__ import annotations

from argparse import ArgumentParser, _ActionsContainer
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drive_sim.cli.numbers import between, positive, row_range, whole
from drive_sim.errors import InputError, one_of

if TYPE_CHECKING:
    from drive_sim.data.demonstrations import Demonstrations
    from drive_sim.learn.preparation import Preparation
    from drive_sim.learn.validation_split import HeldOutBlocks

SIDE_CAMERAS = ("none", "fixed", "geometric")
MOST_SMOOTHING_S = 10.0


@dataclass(frozen=True, slots=True)
class PreparationOptions:
    """What can be typed of it; None is the default."""

    rows: tuple[int, int] | None = None
    side_cameras: str = "none"
    side_correction: float | None = None
    smooth: float | None = None
    hold_out: float | None = None
    blocks: int | None = None
    gap: float | None = None
    patience: int | None = None
    networks: int = 1
    weight_average: float | None = None
    weight_decay: float | None = None
    init: str | None = None
    freeze_convolutions: bool = False

    def __post_init__(self) -> None:
        one_of("use of side cameras", self.side_cameras, SIDE_CAMERAS)
        if self.side_correction is not None and self.side_cameras != "fixed":
            raise InputError("--side-correction is for side cameras by a fixed correction: add --side-cameras fixed")
        if self.freeze_convolutions and self.init is None:
            raise InputError("--freeze-convolutions keeps what a model has learned: add --init MODEL")
        for name in ("blocks", "gap", "patience"):
            if getattr(self, name) is not None and self.hold_out is None:
                raise InputError(f"--{name} is for what is held out: add --hold-out 0.2")

    @property
    def is_given(self) -> bool:
        """Whether anything of it was typed."""
        return self != PreparationOptions()


def add_preparation(command: ArgumentParser) -> None:
    """`PreparationOptions`."""
    people = command.add_argument_group("bc from people's recordings: keys in spikes, one way round, unknown cameras")
    people.add_argument(
        "--rows", type=row_range, metavar="A-B", help="learn from these rows alone, counted from 0, B too (0-599)"
    )
    people.add_argument(
        "--side-cameras",
        default="none",
        metavar="HOW",
        help="left and right pictures as samples of their own: fixed (the command and a fixed steering back to the "
        "middle; no camera need be known), geometric (the arc back from where they sit; takes --camera) or none "
        "(default)",
    )
    people.add_argument(
        "--side-correction",
        type=between(0.001, 1.0),
        metavar="S",
        help="that steering, where 1 is Udacity's 25 degrees of wheel (default: the tutorials' 0.2)",
    )
    people.add_argument(
        "--smooth",
        type=positive(MOST_SMOOTHING_S),
        metavar="S",
        help="average the commands over time within each drive, before and after each moment: a Gaussian of that "
        "standard deviation in seconds (default: commands as they were given)",
    )
    _add_holding_out(people)
    _add_averaging(people)
    _add_transfer(people)


def _add_holding_out(people: _ActionsContainer) -> None:
    people.add_argument(
        "--hold-out",
        type=between(0.01, 0.5),
        metavar="SHARE",
        help="hold out that share in blocks of time, and keep the network that predicts them best; single rows at "
        "random would not do, since neighbouring frames are near copies",
    )
    people.add_argument("--blocks", type=whole(1, 1000), metavar="N", help="blocks that are held out (default: 5)")
    people.add_argument(
        "--gap", type=between(0.0, 60.0), metavar="S", help="seconds beside a block that are left out (default: 1)"
    )
    people.add_argument(
        "--patience",
        type=whole(1, 10_000),
        metavar="ROUNDS",
        help="stop after so many rounds of 100 steps in a row that predict the blocks no better",
    )


def _add_averaging(people: _ActionsContainer) -> None:
    people.add_argument(
        "--networks",
        type=whole(1, 100),
        default=1,
        metavar="N",
        help="so many networks learn the same, each from weights of its own, and steer by their mean: what they do not "
        "agree on averages out (default: 1)",
    )
    people.add_argument(
        "--weight-average",
        type=between(0.0001, 1.0),
        metavar="RATE",
        help="keep a running mean of the weights, which each step moves by that share (0.01) towards the latest: few "
        "frames with labels in spikes are not learned by heart",
    )
    people.add_argument(
        "--weight-decay",
        type=between(0.0, 10.0),
        metavar="W",
        help="by which share, times the learning rate, weights shrink each step (default: 0.0001)",
    )


def _add_transfer(people: _ActionsContainer) -> None:
    people.add_argument(
        "--init",
        metavar="MODEL",
        help="begin with the weights of a model, by name (pilotnet) or folder, as far as the layers of --network are "
        "its own; its camera may be another: a few minutes of a person are little to learn to see by; one of two "
        "frames may begin with one of one (pilotnet-two-frames with pilotnet), which sees the picture of now",
    )
    people.add_argument(
        "--freeze-convolutions",
        action="store_true",
        help="leave the convolutions of --init as they are: only the fully connected layers learn, and faster; of a "
        "network of two frames the first layer, too, which sees nothing of the picture before yet",
    )


def preparation(options: PreparationOptions, *, mirror: bool) -> Preparation:
    """What is done, as `bc.Config` takes it."""
    from drive_sim.learn.preparation import Preparation

    usual = Preparation()
    return Preparation(
        mirror,
        options.smooth or 0.0,
        options.side_cameras,  # pyright: ignore[reportArgumentType] - checked
        usual.side_correction if options.side_correction is None else options.side_correction,
        _blocks(options),
    )


def _blocks(options: PreparationOptions) -> HeldOutBlocks | None:
    from drive_sim.learn.validation_split import HeldOutBlocks

    if options.hold_out is None:
        return None
    given = {"num_blocks": options.blocks, "gap_s": options.gap, "patience": options.patience}
    return HeldOutBlocks(options.hold_out, **{name: value for name, value in given.items() if value is not None})


def picked_rows(demos: Demonstrations, rows: tuple[int, int] | None) -> Demonstrations:
    """The rows A to B, both included, counted from 0 over what was read. Raises InputError where there are fewer."""
    if rows is None:
        return demos
    first, last = rows
    if last >= len(demos):
        raise InputError(f"{demos.where}: it has rows 0 to {len(demos) - 1}, and {first}-{last} were asked for")
    return demos.rows(slice(first, last + 1))


def sides_in_words(demos: Demonstrations, config: Preparation) -> str:
    """How much of what is learned from turns left and right, before and after the mirror and the side cameras."""
    from drive_sim.data.check_demonstrations import balance
    from drive_sim.learn.preparation import as_learned

    before, after = balance(demos), balance(as_learned(config, demos))
    words = [f"{of.left:.0%} left, {of.straight:.0%} straight, {of.right:.0%} right" for of in (before, after)]
    return f"driven: {words[0]}; learned from: {words[1]}"
