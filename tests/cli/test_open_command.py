"""`open`: a shared view becomes a film without a display, whole or not at all, or a line says why not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drive_sim.app.roads import Roads
from drive_sim.app.screen import ToWatch
from drive_sim.app.session import Session
from drive_sim.app.shared_film import film_shared
from drive_sim.app.shared_state import from_text, to_text
from drive_sim.app.sharing import shared_route, shared_view
from drive_sim.app.startup import make_screen
from drive_sim.cli import main
from drive_sim.report.video import last_picture

SIZE_PX = (640, 360)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The expert, on an unseen road."""
    session = Session(tmp_path_factory.mktemp("runs"), 3, Roads(3))
    screen = make_screen(session, ToWatch(("expert",)), SIZE_PX)
    view = shared_view(session, screen)
    screen.close()
    session.close()
    assert view is not None
    return to_text(view.state)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out.mp4", "out.gif"])
def test_a_film_needs_no_display(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shared.txt").write_text(f"{text}\n", encoding="ascii")
    typed = ["open", "shared.txt", "--headless", "--film", name, "--seconds", "0.2", "--size", "640x360"]
    assert main(typed) == 0
    if name.endswith("gif"):
        with Image.open(name) as film:
            assert (film.n_frames, film.size) == (3, SIZE_PX)  # type: ignore[attr-defined]
            first = np.asarray(film.convert("RGB"))
            film.seek(2)
            assert (np.asarray(film.convert("RGB")) != first).any(), "it drives on"
    else:
        assert last_picture(Path(name)).shape == (360, 640, 3)
    made = Path(name).read_bytes()
    assert main(typed) == 2
    assert "nothing is overwritten" in capsys.readouterr().err
    assert Path(name).read_bytes() == made


@pytest.mark.slow
def test_a_film_that_is_stopped_leaves_nothing(text: str, tmp_path: Path) -> None:
    def stop(share: float) -> None:
        if share > 0.4:
            raise KeyboardInterrupt

    route = shared_route(from_text(text), [], tmp_path)
    for name in ("out.mp4", "out.gif"):
        with pytest.raises(KeyboardInterrupt):
            film_shared(tmp_path / name, route, Roads(3), tmp_path, SIZE_PX, 0.3, stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["open", "nothing"], "ds1."),
        (["open", "TEXT", "--headless"], "--film"),
        (["open", "TEXT", "--film", "out.gif"], "--headless"),
        (["open", "TEXT", "--headless", "--film", "out.png"], "kind of film"),
        (["open", "TEXT", "--headless", "--film", "out.gif", "--models", "nowhere"], "nowhere"),
        (["open", "TEXT", "--headless", "--film", "out.gif", "--track", "village-loop"], "--track"),
    ],
)
def test_what_cannot_be_opened_is_one_line(
    typed: list[str],
    says: str,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([text if word == "TEXT" else word for word in typed]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
