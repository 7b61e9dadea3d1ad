"""JavaScript modules as one script: in the order in which they need each other, without `import` and `export`."""

import re
from pathlib import Path

from drive_sim.errors import InputError

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_STAR_IMPORT = re.compile(r"^import \* as \w+ from", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\b|const\b|let\b|class\b|async\b)", re.MULTILINE)
_NAME = re.compile(r"^(?:export )?(?:async )?(?:function\*? |const |let |class )(\w+)", re.MULTILINE)


def joined_modules(folder: Path, entry: str = "main") -> str:
    """The script of the module `entry` and all that it imports.

    Raises InputError where modules import each other in a circle, or two of them give one name to two things.
    """
    sources: dict[str, str] = {}
    _visit(folder, entry, (), sources)
    _check_names(sources)
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)).strip() for source in sources.values())


def _visit(folder: Path, name: str, path: tuple[str, ...], sources: dict[str, str]) -> None:
    """Add what a module imports, in its order, and then the module itself."""
    if name in path:
        raise InputError(f"{folder.name}: modules import each other in a circle: {' > '.join((*path, name))}")
    if name in sources:
        return
    source = (folder / f"{name}.js").read_text(encoding="utf-8")
    for needed in _IMPORT.findall(source):
        _visit(folder, needed, (*path, name), sources)
    sources[name] = source


def _check_names(sources: dict[str, str]) -> None:
    owners: dict[str, str] = {}
    for module, source in sources.items():
        if _STAR_IMPORT.search(source):
            raise InputError(f"{module}.js: import names, not a whole module")
        for name in _NAME.findall(source):
            if owners.setdefault(name, module) != module:
                raise InputError(f"{module}.js and {owners[name]}.js both have a {name}: in one script they are one")
