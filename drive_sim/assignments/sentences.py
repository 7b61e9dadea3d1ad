"""What the tests of a student's folder say: a sentence that teaches, in place of a traceback."""

import ast
from collections.abc import Sequence
from pathlib import Path


class NotRightError(AssertionError):
    """What a test has found, as a sentence: what was expected, why, and where in the paper."""


def expect(is_right: bool, sentence: str) -> None:
    """Raise NotRightError with the sentence where something is not as it should be."""
    if not is_right:
        raise NotRightError(sentence)


def borrowed(file: Path, answers: Sequence[str]) -> list[str]:
    """Which of the project's modules that hold the answer a file imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
    return [answer for answer in answers if any(name == answer or name.startswith(f"{answer}.") for name in names)]
