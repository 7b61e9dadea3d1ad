"""Shows what a test has found as the sentence that it is; of errors in your own code the traceback stays."""

import textwrap
from collections.abc import Generator

import pytest

from drive_sim.assignments.sentences import NotRightError


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Called by pytest after each test."""
    report = yield
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, NotImplementedError):
        asked = (getattr(getattr(item, "obj", None), "__doc__", None) or "").strip()
        report.longrepr = f"{_wrapped(f'Not written yet. {error}.')}\n\n{_wrapped(f'What this test asks: {asked}')}"
    elif isinstance(error, NotRightError):
        report.longrepr = _wrapped(str(error))
    return report


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100)
