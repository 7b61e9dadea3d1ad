"""The layers of the house, no circles, the homes of the large libraries, and its sizes, read off the syntax trees."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "drive_sim"
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
MODULES = {
    where: ".".join(["drive_sim", *Path(where).with_suffix("").parts]).removesuffix(".__init__") for where in TREES
}
"""The full name of each file's module."""

# Lowest first; a module imports its own layer or a lower one.
LAYERS = (
    {
        "__init__",
        "arrays",
        "checkout",
        "errors",
        "files",
        "geometry",
        "malloc",
        "records",
        "registration",
        "stops",
        "threads",
    },
    {"sim"},
    {"policies"},
    {"data"},
    {"evaluate"},
    {"learn", "irl"},
    {"gym"},
    {"report"},
    {"lessons"},
    {"assignments"},
    {"app"},
    {"cli", "__main__"},
)
HOMES = {
    "pygame": ("app/*",),
    "tensorboard": ("learn/tensorboard_files.py",),
    "torch": ("policies/*", "learn/*", "irl/deep*"),
    "safetensors": ("policies/*",),
    "matplotlib": (
        "report/*",
        "lessons/kit/lesson.py",
        "lessons/*_figures.py",
        "lessons/*_page.py",
        "assignments/files/*",
    ),
    "numba": ("sim/compiled.py",),
    "cv2": ("data/*",),
    "pyarrow": ("data/*",),
    "gymnasium": ("gym/*",),
    "stable_baselines3": ("gym/stable_baselines.py",),
    "onnx": ("policies/*",),
    "onnxruntime": ("policies/*",),
    "av": ("report/*", "data/film_frames.py"),
    "h5py": ("data/formats/*",),
    "jinja2": ("report/*",),
    "rich": ("cli/*",),
    "argparse": ("cli/*", "assignments/files/*"),
}
# Importing these takes longer than answering --help may.
HEAVY = ("torch", "numba", "pyarrow", "matplotlib", "scipy", "cv2", "pygame", "av", "numpy", "rich")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "factory"}
SEEDED = {"default_rng", "Generator", "SeedSequence", "BitGenerator", "PCG64"}
MAX_MODULE_LINES = 250
MAX_FUNCTION_LINES = 60


def layer_of(name: str) -> int:
    found = [number for number, layer in enumerate(LAYERS) if name in layer]
    assert found, f"drive_sim.{name} has no layer: give it one in LAYERS, and in docs/architecture.md"
    return found[0]


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported, at the top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: import by full name, not relative"
            named = [f"{node.module}.{name.name}" for name in node.names]
            # `from drive_sim.data import rollout` names the module only in its second half.
            yield from (name if name in MODULES.values() else node.module or "" for name in named)


def reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    """All that is imported from a module on; the module itself only where a circle leads back to it."""
    found: set[str] = set()
    ahead = [*graph[start]]
    while ahead:
        module = ahead.pop()
        if module not in found:
            found.add(module)
            ahead += graph[module]
    return found


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def public(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """The public functions, classes and methods of a module."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{owner}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


def test_imports_go_downwards() -> None:
    for where, tree in TREES.items():
        own = layer_of(where.split("/")[0].removesuffix(".py"))
        for name in imports(tree):
            if name.startswith("drive_sim."):
                assert layer_of(name.split(".")[1]) <= own, f"drive_sim/{where} imports {name}, which lies above it"


def test_no_circle_of_imports() -> None:
    graph = {
        MODULES[where]: {name for name in imports(tree) if name in MODULES.values()} for where, tree in TREES.items()
    }
    circles = {module for module in graph if module in reachable(module, graph)}
    open_ones = {module: graph[module] & circles for module in circles}
    assert not open_ones, f"modules import each other in a circle; move what both need into a lower one: {open_ones}"


def test_large_libraries_stay_at_home() -> None:
    for where, tree in TREES.items():
        for name in imports(tree):
            homes = HOMES.get(name.split(".")[0], ("*",))
            at_home = any(fnmatch(where, home) for home in homes)
            assert at_home, f"drive_sim/{where} imports {name}, whose home is {' or '.join(homes)}"


def test_arguments_in_lessons_have_types_that_say_something() -> None:
    """At most one in twenty is `Any`, `object` or a bare container; what flows through lessons are records."""
    loose = re.compile(r"\b(?:Any|object|Json)\b|^(?:dict|list|tuple|Mapping|Sequence|Callable)$")
    kinds = [
        "" if argument.annotation is None else ast.unparse(argument.annotation)
        for where, tree in TREES.items()
        if where.startswith("lessons/")
        for function in functions(tree)
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if argument.arg not in ("self", "cls")
    ]
    assert sum(not kind or bool(loose.search(kind)) for kind in kinds) <= 0.05 * len(kinds)


def test_only_the_command_line_prints() -> None:
    for where, tree in TREES.items():
        if where.startswith("assignments/files/"):  # a student's scripts say what they do
            continue
        lines = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "print"]
        assert where.startswith("cli/") or not lines, f"drive_sim/{where} prints on lines {lines}: return text instead"


def test_randomness_is_an_argument() -> None:
    for where, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"np.random", "numpy.random"}:
                assert node.attr in SEEDED, f"drive_sim/{where}:{node.lineno}: np.random.{node.attr} has hidden state"


def test_modules_are_short() -> None:
    lengths = {where: len((PACKAGE / where).read_text(encoding="utf-8").splitlines()) for where in TREES}
    too_long = {where: length for where, length in lengths.items() if length > MAX_MODULE_LINES}
    assert not too_long, f"more than {MAX_MODULE_LINES} lines; part what does two things: {too_long}"


def test_functions_are_short() -> None:
    too_long = {
        f"{where}: {node.name}": length
        for where, tree in TREES.items()
        for node in functions(tree)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert not too_long, f"more than {MAX_FUNCTION_LINES} lines; part what does two things: {too_long}"


def test_what_is_public_is_documented() -> None:
    for where, tree in TREES.items():
        assert ast.get_docstring(tree), f"drive_sim/{where} has no docstring"
        bare = [name for name, node in public(tree.body) if not ast.get_docstring(node)]
        assert not bare, f"drive_sim/{where}: {', '.join(bare)} without a docstring"


def test_every_argument_is_typed() -> None:
    for where, tree in TREES.items():
        for node in functions(tree):
            # A numba kernel's types are those that it is called with; its callers are typed.
            if any("njit" in ast.unparse(decorator) for decorator in node.decorator_list):
                continue
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            bare = [a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}]
            assert not bare, f"drive_sim/{where}:{node.lineno}: {node.name}({', '.join(bare)}) without types"


def test_names_say_something() -> None:
    for where in TREES:
        words = {word for part in Path(where).with_suffix("").parts for word in part.split("_")}
        assert not words & VAGUE_NAMES, f"drive_sim/{where}: name it after what it does"


def test_the_command_line_starts_light() -> None:
    """`--help` must answer at once: nothing large is imported before a command needs it."""
    code = f"import sys, drive_sim, drive_sim.cli; print(*sorted(set(sys.modules) & set({HEAVY})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []
