"""`page`: one HTML file in which a class drives, clones, fails and learns."""

from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from drive_sim.checkout import model_folder
from drive_sim.cli.command import Command, Result
from drive_sim.cli.options import examples
from drive_sim.cli.outputs import check_new_file
from drive_sim.errors import InputError

DEFAULT_MODELS = ("pilotnet",)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What can be typed after `page`."""

    models: list[str]
    out: Path


def add_arguments(command: ArgumentParser) -> None:
    """The help, and the arguments."""
    command.description = """\
Writes one HTML file that opens by a double click, without a server, an installation or a network. In it a class drives
for twenty seconds, guesses, lets go, and watches a clone of that drive (ALVINN's network, trained in the page) leave
the road; one switch learns from the same frames again, shifted and rotated; DAgger is a button. The models named here
drive in it too, their weights inside. What is shown (road, sky, seed, who drives) stands in the link behind #, and
#hide=controls leaves the buttons out. A drive is taken home as .npz, which `train` reads."""
    command.epilog = examples("page --out play.html", "page pilotnet runs/train-001 --out ours.html")
    command.add_argument(
        "models", nargs="*", metavar="MODEL", help="models that drive in it: folders, or names from models/ (pilotnet)"
    )
    command.add_argument("--out", type=Path, default=Path("play.html"), metavar="FILE", help="(default: play.html)")


def run(args: Arguments) -> Result:
    """Write the page, and say how large it is."""
    from drive_sim.files import whole_file
    from drive_sim.policies.model_folder import load_model
    from drive_sim.report.play.page import PAIR, play_page

    check_new_file(args.out, "--out")
    folders = [model_folder(name, others=()) for name in args.models or DEFAULT_MODELS]
    names = [folder.name for folder in folders]
    if len(set(names)) < len(names) or set(names) & set(PAIR):
        raise InputError(f"page: each model takes a name of its own, and {' and '.join(PAIR)} are in the page already")
    found = {folder.name: load_model(folder, device="cpu") for folder in (*folders, *map(model_folder, PAIR))}
    text = play_page(found)
    with whole_file(args.out) as part:
        part.write_text(text, encoding="utf-8")
    size = args.out.stat().st_size
    print(f"{args.out}: {size / 1e6:.2f} MB, {', '.join(names)} inside; open it by a double click")
    return {"path": str(args.out), "bytes": size, "models": names}


PAGE = Command("one HTML file in which a class drives and a network learns", add_arguments, Arguments, run)
