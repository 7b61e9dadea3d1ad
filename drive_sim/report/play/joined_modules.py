"""JavaScript modules as one script: in the order in which they need each other, without `import` and `export`.

A module may import a shader's text (`../glsl/NAME.glsl`) where `shading_script.py` can read it.
"""

import re
from pathlib import Path

from drive_sim.errors import InputError
from drive_sim.report.play.shading_script import shading_script

_IMPORT = re.compile(r'^import \{[^}]*\}\s+from "([\w./]+)";\n', re.MULTILINE)
_STAR_IMPORT = re.compile(r"^import \* as \w+ from", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\b|const\b|let\b|class\b|async\b)", re.MULTILINE)
_NAME = re.compile(r"^(?:export )?(?:async )?(?:function\*? |const |let |class )(\w+)", re.MULTILINE)


def joined_modules(folder: Path, entry: str = "main") -> str:
    """The script of the module `entry` and all that it imports.

    Raises InputError where modules import each other in a circle, or two of them give one name to two things.
    """
    sources: dict[Path, str] = {}
    _visit((folder / f"{entry}.js").resolve(), (), sources)
    _check_names(sources)
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)).strip() for source in sources.values())


def _visit(file: Path, path: tuple[Path, ...], sources: dict[Path, str]) -> None:
    """Add what a module imports, in its order, and then the module itself."""
    if file in path:
        circle = " > ".join(each.name for each in (*path, file))
        raise InputError(f"{file.parent.name}: modules import each other in a circle: {circle}")
    if file in sources:
        return
    source = file.read_text(encoding="utf-8")
    if file.suffix == ".glsl":
        source = shading_script(source)
    for needed in _IMPORT.findall(source):
        _visit((file.parent / needed).resolve(), (*path, file), sources)
    sources[file] = source


def _check_names(sources: dict[Path, str]) -> None:
    owners: dict[str, str] = {}
    for file, source in sources.items():
        module = file.name
        if _STAR_IMPORT.search(source):
            raise InputError(f"{module}: import names, not a whole module")
        for name in _NAME.findall(source):
            if owners.setdefault(name, module) != module:
                raise InputError(f"{module} and {owners[name]} both have a {name}: in one script they are one")
