"""Numbers as they are typed: what no computer can hold or nobody means is refused."""

from argparse import ArgumentTypeError
from collections.abc import Callable

import pytest

from drive_sim.cli.numbers import positive, size_px, whole

SLIPS = ("", " ", "nan", "inf", "1_000", "１２", "²", "0x10", "1e400", "-1", "9" * 5000, "1,5", "--")


@pytest.mark.parametrize("text", [*SLIPS, "0", "1.5", "1e3", "101"])
def test_what_is_no_whole_number_of_the_range(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"from 1 to 100 is wanted, got '.{0,40}'"):
        whole(1, 100)(text)


@pytest.mark.parametrize("text", [*SLIPS, "0", "1e308", "100.1"])
def test_what_is_no_number_of_the_range(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"above 0, at most 100, is wanted, got '.{0,40}'"):
        positive(100.0)(text)


def test_numbers_are_read_as_people_write_them() -> None:
    assert [whole(0, 100)(text) for text in ("0", "7", " 42 ", "100")] == [0, 7, 42, 100]
    assert [positive(1e6)(text) for text in ("1", ".5", "2.", "+3", "1e3", "2.5E-1")] == [
        1.0,
        0.5,
        2.0,
        3.0,
        1000.0,
        0.25,
    ]


@pytest.mark.parametrize("text", ["", "x", "960", "960x", "９６０x540", "1x1", "99999x99999", "9" * 5000 + "x540"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="width x height"):
        size_px(text)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["record", "--seconds", "1e308"], "at most 86400"),
        (["evaluate", "expert", "--distance", "1e306"], "at most 100000"),
        (["train", "rec", "--steps", "1" + "0" * 30], "to 10000000"),
        (["train", "--rounds", "1_000", "--method", "dagger"], "to 10000"),
        (["calibrate", "log", "--rows", "1" + "0" * 30], "to 1000000"),
        (["train", "--resume=--"], "cannot be --"),
    ],
)
def test_every_command_says_what_is_possible(
    typed: list[str], said: str, complaint: Callable[[list[str]], str]
) -> None:
    assert said in complaint(typed)
