"""The layers of the house, the homes of the large libraries, and its sizes, read off the syntax trees."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "drive_sim"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Lowest first; a module imports its own layer or a lower one.
LAYERS = (
    {"__init__", "arrays", "errors", "files", "geometry"},
    {"sim"},
    {"policies"},
    {"data"},
    {"evaluate"},
    {"learn", "irl"},
    {"report"},
    {"lessons"},
    {"app"},
    {"cli", "cli_arguments", "cli_display", "cli_inputs"},
)
HOMES = {
    "pygame": ("app/",),
    "torch": ("policies/", "learn/"),
    "safetensors": ("policies/",),
    "matplotlib": ("report/",),
    "numba": ("sim/", "data/augment"),
    "cv2": ("data/",),
    "pyarrow": ("data/",),
    "av": ("report/",),
    "jinja2": ("report/",),
    "rich": ("cli",),
    "argparse": ("cli",),
}
# Importing these takes longer than answering --help may.
HEAVY = ("torch", "numba", "pyarrow", "matplotlib", "scipy", "cv2", "pygame", "av", "numpy", "rich")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "factory"}
SEEDED = {"default_rng", "Generator", "SeedSequence", "BitGenerator", "PCG64"}
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 60


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


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
            module = node.module or ""
            # `from drive_sim import geometry` names the module only in its second half.
            yield from (f"{module}.{name.name}" if module == "drive_sim" else module for name in node.names)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def public(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """The public functions, classes and methods of a module."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield f"{owner}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


@pytest.fixture(params=MODULES, ids=place)
def module(request: pytest.FixtureRequest) -> tuple[str, ast.Module]:
    return place(request.param), ast.parse(request.param.read_text(encoding="utf-8"))


def test_imports_go_downwards(module: tuple[str, ast.Module]) -> None:
    where, tree = module
    own = Path(where).parts[0].removesuffix(".py")
    for name in imports(tree):
        if name.startswith("drive_sim."):
            other = name.split(".")[1]
            if other == "__version__":
                continue
            assert layer_of(other) <= layer_of(own), f"drive_sim/{where} imports {name}, which lies above it"


def test_large_libraries_stay_at_home(module: tuple[str, ast.Module]) -> None:
    where, tree = module
    for name in imports(tree):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or where.startswith(homes), f"drive_sim/{where} imports {name}; its home is {homes}"


def test_only_the_command_line_prints(module: tuple[str, ast.Module]) -> None:
    where, tree = module
    prints = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "print"]
    assert where == "cli.py" or not prints, f"drive_sim/{where} prints on lines {prints}: return the text instead"


def test_randomness_is_an_argument(module: tuple[str, ast.Module]) -> None:
    where, tree = module
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in {"np.random", "numpy.random"}:
            assert node.attr in SEEDED, f"drive_sim/{where}:{node.lineno}: np.random.{node.attr} has hidden state"


def test_sizes(module: tuple[str, ast.Module]) -> None:
    where, tree = module
    num_lines = len((PACKAGE / where).read_text(encoding="utf-8").splitlines())
    assert num_lines <= MAX_MODULE_LINES, f"drive_sim/{where} has {num_lines} lines, more than {MAX_MODULE_LINES}"
    for node in functions(tree):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        assert length <= MAX_FUNCTION_LINES, (
            f"drive_sim/{where}: {node.name} has {length} lines, more than {MAX_FUNCTION_LINES}"
        )


def test_what_is_public_is_documented(module: tuple[str, ast.Module]) -> None:
    where, tree = module
    assert ast.get_docstring(tree) or where.endswith("__init__.py"), f"drive_sim/{where} has no docstring"
    bare = [name for name, node in public(tree.body) if not ast.get_docstring(node)]
    assert not bare, f"drive_sim/{where}: {', '.join(bare)} without a docstring"


def test_every_argument_is_typed(module: tuple[str, ast.Module]) -> None:
    where, tree = module
    for node in functions(tree):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        bare = [a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}]
        # A numba kernel's types are those that it is called with; its callers are typed.
        is_kernel = any("njit" in ast.unparse(d) or "vectorize" in ast.unparse(d) for d in node.decorator_list)
        assert is_kernel or not bare, f"drive_sim/{where}:{node.lineno}: {node.name}({', '.join(bare)}) without types"


def test_names_say_something(module: tuple[str, ast.Module]) -> None:
    where, _ = module
    words = {word for part in Path(where).with_suffix("").parts for word in part.split("_")}
    assert not words & VAGUE_NAMES, f"drive_sim/{where}: name it after what it does"


def test_the_command_line_starts_light() -> None:
    """`--help` must answer at once: nothing large is imported before a command needs it."""
    code = f"import sys, drive_sim, drive_sim.cli; print(*sorted(set(sys.modules) & set({HEAVY})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []
