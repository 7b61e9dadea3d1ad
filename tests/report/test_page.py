import base64
import io
from pathlib import Path

import numpy as np
import pytest
from jinja2 import UndefinedError
from PIL import Image

from drive_sim.report import page


def test_a_picture_comes_back_from_its_uri():
    picture = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    kind, content = page.picture_uri(picture).split(",")
    assert kind == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))), picture)


def test_a_page_is_not_made_of_half_its_content(tmp_path: Path):
    (tmp_path / "a.html.j2").write_text("{{ first }} {{ second }}")
    assert page.render_page("a.html.j2", [tmp_path], first="1 <", second="2") == "1 &lt; 2"
    with pytest.raises(UndefinedError):
        page.render_page("a.html.j2", [tmp_path], first="1")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (1.25, "1.2"), (-1.0, "−1.0"), (-0.01, "0.0"), (0.0, "0.0"), (12345.678, "12345.7")],
)
def test_numbers_are_written_as_people_do(value: float | None, text: str):
    assert page.number(value) == text
    if value is not None and value > 0:
        assert page.signed(value) == f"+{text}"


def test_one_is_told_as_one():
    assert [page.counted(num, "road") for num in (0, 1, 2)] == ["0 roads", "1 road", "2 roads"]
