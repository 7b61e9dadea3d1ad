"""Gaps in a source file: statements are taken out by the syntax tree, and the comments between them stay as hints."""

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDTH = 84
"""Of what an error asks for on one line; the file then keeps within 120."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is to be written: the whole body of a function, or from its statement that begins with `first` to `last`.

    `asks` says what is missing, as the error of whoever runs the file before that.
    """

    function: str
    asks: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The lines of a gap in its source, counted from 0, `end` not among them, and how far they are indented."""

    start: int
    end: int
    indent: str


def with_gaps(source: str, gaps: Sequence[Gap]) -> str:
    """The source with every gap open: the comments' lines are kept, and what stood between them raises an error."""
    lines = source.splitlines()
    for gap, span in sorted(_spans(source, gaps), key=lambda pair: pair[1].start, reverse=True):
        hints = [line for line in lines[span.start : span.end] if line.lstrip().startswith("#")]
        lines[span.start : span.end] = [*hints, *_error(gap, span.indent)]
    return "\n".join(lines) + "\n"


def _spans(source: str, gaps: Sequence[Gap]) -> Iterator[tuple[Gap, Span]]:
    """Each gap with its place. Raises LookupError where the source has no such function or statement."""
    lines = source.splitlines()
    functions = {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    for gap in gaps:
        if gap.function not in functions:
            raise LookupError(f"there is no function {gap.function}")
        yield gap, _span(lines, gap, functions[gap.function])


def _span(lines: Sequence[str], gap: Gap, function: ast.FunctionDef) -> Span:
    block, first, last = _statements(lines, gap, function)
    after = block[first - 1] if first else None
    start = (after.end_lineno or after.lineno) if after else block[first].lineno - 1
    if after is None or gap.first:  # only the comments that belong to the first statement
        start = block[first].lineno - 1
        while lines[start - 1].lstrip().startswith("#"):
            start -= 1
    end = block[last].end_lineno or block[last].lineno
    return Span(start, end, lines[block[first].lineno - 1][: block[first].col_offset])


def _statements(lines: Sequence[str], gap: Gap, function: ast.FunctionDef) -> tuple[list[ast.stmt], int, int]:
    """The block that a gap lies in, and the numbers of its first and last statement there."""
    if not gap.first:
        return function.body, int(ast.get_docstring(function) is not None), len(function.body) - 1
    for block in _blocks(function):
        begins = [lines[statement.lineno - 1].lstrip() for statement in block]
        firsts = [number for number, text in enumerate(begins) if text.startswith(gap.first)]
        lasts = [number for number, text in enumerate(begins) if text.startswith(gap.last or gap.first)]
        if firsts and lasts:
            return block, firsts[0], lasts[-1]
    raise LookupError(f"{gap.function} has no statements from {gap.first!r} to {gap.last!r}")


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """All blocks of statements within, outer ones first."""
    for inner in ast.walk(node):
        for field in ("body", "orelse"):
            block = getattr(inner, field, None)
            if isinstance(block, list):
                yield block


def _error(gap: Gap, indent: str) -> list[str]:
    """The statement that stands in a gap until it is filled."""
    text = f"{gap.function}: {gap.asks}"
    parts = textwrap.wrap(text, _WIDTH - len(indent), drop_whitespace=False)
    if len(parts) == 1:
        return [f"{indent}raise NotImplementedError({_quoted(text)})"]
    return [f"{indent}raise NotImplementedError(", *(f"{indent}    {_quoted(part)}" for part in parts), f"{indent})"]


def _quoted(text: str) -> str:
    """A string literal in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
