"""Stops: one KeyboardInterrupt a wish to stop, never inside of what is held together."""

import signal
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

import pytest

from drive_sim import stops


@pytest.mark.parametrize("number", stops.SIGNALS)
def test_a_signal_stops_once_and_is_handed_back_afterwards(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stops.taken() as stop:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        signal.raise_signal(number)  # the second press of the same wish
        assert stop.number == number
    assert signal.getsignal(number) is before


def test_whoever_presses_again_after_a_while_is_obeyed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    with stops.taken() as stop:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        monkeypatch.setattr(stops, "_PATIENCE_S", -1.0)
        monkeypatch.setattr(signal, "raise_signal", ended.append)
        stop.handle(signal.SIGINT, None)
        assert ended == [signal.SIGINT]
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL


def test_what_is_held_together_is_finished_first() -> None:
    done: list[str] = []
    with stops.taken(), pytest.raises(KeyboardInterrupt), stops.held():
        with stops.held():
            signal.raise_signal(signal.SIGTERM)
            done.append("inner")
        done.append("outer")
    assert done == ["inner", "outer"]


def test_a_failure_in_what_is_held_does_not_hide_the_stop() -> None:
    with stops.taken(), pytest.raises(KeyboardInterrupt), stops.held():
        signal.raise_signal(signal.SIGTERM)
        raise ValueError


def test_what_was_ignored_stays_ignored() -> None:
    """As under `nohup`, or Ctrl-C for a job in a shell's background."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stops.taken() as stop:
            signal.raise_signal(signal.SIGTERM)
        assert stop.number is None
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_stop_that_python_could_only_report_comes_once_more(capsys: pytest.CaptureFixture[str]) -> None:
    class Finalised:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    with stops.taken(), pytest.raises(KeyboardInterrupt):
        Finalised()
        deadline_s = time.monotonic() + 5.0
        while time.monotonic() < deadline_s:
            time.sleep(0.01)
    assert capsys.readouterr().err == ""
    assert sys.unraisablehook is not stops._raised_again


def test_no_import_is_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an exception comes out of one, torch ends the process (SIGABRT), and NumPy says that it is broken."""
    (tmp_path / "imported_slowly.py").write_text(
        "import signal, time\nsignal.raise_signal(signal.SIGTERM)\ntime.sleep(0.2)\ndone = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with stops.taken(), pytest.raises(KeyboardInterrupt):
        stops.begin_work()
        import_module("imported_slowly")
        time.sleep(5.0)
    assert sys.modules.pop("imported_slowly").done


def test_before_any_work_what_is_imported_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(stops, "_is_importing", lambda _: True)
    monkeypatch.setattr(stops, "_end_process", ended.append)
    with stops.taken():
        signal.raise_signal(signal.SIGTERM)
    assert ended == [signal.SIGTERM]


def test_what_is_done_is_not_stopped() -> None:
    with stops.taken() as stop:
        stops.end_work()
        signal.raise_signal(signal.SIGTERM)
    assert stop.number == signal.SIGTERM


def test_other_threads_take_and_hold_nothing() -> None:
    before, found = signal.getsignal(signal.SIGINT), []

    def work() -> None:
        with stops.taken(), stops.held():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [before]
