"""A shader's functions of numbers as a JavaScript module: one text of the law for both renderers.

The text (`glsl/shading.glsl`) has constants, records of numbers and functions with local variables; what is left of
them without their types is JavaScript. A record becomes a function that makes it, with the same arguments as in GLSL.
"""

import re

_IMPORTS = 'import { clamp, mix } from "../js/geometry.js";\nimport { lookUp } from "../js/tiles.js";\n'
_CONSTANT = re.compile(r"^const float ", re.MULTILINE)
_RECORD = re.compile(r"^struct (\w+) \{\s*((?:float [\w, ]+;\s*)+)\};", re.MULTILINE)
_FUNCTION = re.compile(r"^\w+ (\w+)\((.*)\) \{$", re.MULTILINE)
_PARAMETER = re.compile(r"\w+ (\w+)(?:\[\d+\])?")
_LOCAL = re.compile(r"^( +)(?:float|[A-Z]\w*) (?=\w+ =)", re.MULTILINE)
_BUILT_IN = re.compile(r"\b(abs|floor|max|min|sqrt)\(")


def shading_script(shading: str) -> str:
    """The module that exports all that the text has; `clamp`, `mix` and `lookUp` are those of the page's modules."""
    script = _CONSTANT.sub("export const ", shading)
    script = _RECORD.sub(_record_maker, script)
    script = _FUNCTION.sub(_function_head, script)
    script = _LOCAL.sub(r"\1let ", script)
    return _IMPORTS + _BUILT_IN.sub(r"Math.\1(", script)


def _record_maker(record: re.Match[str]) -> str:
    fields = ", ".join(re.findall(r"\w+", re.sub(r"\bfloat\b", "", record[2])))
    return f"export const {record[1]} = ({fields}) => ({{ {fields} }});"


def _function_head(function: re.Match[str]) -> str:
    parameters = _PARAMETER.sub(r"\1", function[2])
    return f"export function {function[1]}({parameters}) {{"
