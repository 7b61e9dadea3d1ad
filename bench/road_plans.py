"""The plans of the twenty roads of `assets/roads` that a class knows by name; `make_roads` makes them of these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Corner:
    """Where two straights would meet, and the radius of the bend between them; `width_m` holds from here on."""

    x_m: float
    y_m: float
    radius_m: float
    width_m: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A road by its corners. Of an open one the first and the last are its ends."""

    width_m: float
    corners: tuple[Corner, ...]
    two_lane: bool = False
    closed: bool = True


def rounded(radius_m: float, *places_m: tuple[float, float]) -> tuple[Corner, ...]:
    """Corners of one radius."""
    return tuple(Corner(x_m, y_m, radius_m) for x_m, y_m in places_m)


def box(width_m: float, height_m: float, radius_m: float) -> tuple[Corner, ...]:
    """A rectangle to the left."""
    return rounded(radius_m, (0.0, 0.0), (width_m, 0.0), (width_m, height_m), (0.0, height_m))


def zigzag(num: int, reach_m: float, pitch_m: float, radius_m: float) -> tuple[Corner, ...]:
    """Hairpins: there and back `num` times, `pitch_m` higher each time."""
    places = []
    for turn in range(num):
        x_m = reach_m if turn % 2 == 0 else 0.0
        places += [(x_m, turn * pitch_m), (x_m, (turn + 1) * pitch_m)]
    return rounded(radius_m, *places)


PLANS = {
    "alley": Plan(
        3.0,
        rounded(
            12, (0, 0), (90, 0), (90, 55), (150, 55), (150, 120), (60, 120), (60, 160), (-50, 160), (-50, 70), (0, 70)
        ),
    ),
    "vineyard": Plan(
        3.5,
        rounded(
            25,
            *[(0, 0), (70, 18), (140, -10), (210, 14), (280, -6), (330, 60), (260, 110), (190, 84), (120, 112)],
            *[(50, 88), (-40, 110), (-70, 50)],
        ),
    ),
    "forest-road": Plan(
        4.4,
        rounded(
            22,
            *[(0, 0), (60, 30), (100, -20), (165, 5), (190, 70), (260, 85), (250, 160), (180, 150), (150, 215)],
            *[(75, 190), (90, 120), (20, 110), (-45, 150), (-80, 80), (-30, 45)],
        ),
    ),
    "campus": Plan(
        5.0,
        rounded(20, (0, 0), (160, 0), (160, 90), (230, 90), (230, 190), (100, 190), (100, 130), (0, 130)),
    ),
    "village-street": Plan(
        5.5,
        rounded(
            18,
            *[(0, 0), (110, 0), (135, 45), (200, 45), (220, 0), (300, 10), (300, 110), (230, 150), (150, 120)],
            *[(90, 160), (10, 140), (-40, 70)],
        ),
        two_lane=True,
    ),
    "hairpin-pass": Plan(
        7.0,
        (
            Corner(-260, -60, 40),
            Corner(-120, 0, 60),
            *zigzag(6, 130, 26.2, 13),
            Corner(-60, 6 * 26.2, 40),
            Corner(-200, 230, 40),
            Corner(-330, 200, 40),
        ),
        two_lane=True,
        closed=False,
    ),
    "figure-of-eight": Plan(
        6.0,
        rounded(
            45, (-105, -105), (105, 105), (225, 105), (225, -105), (105, -105), (-105, 105), (-225, 105), (-225, -105)
        ),
    ),
    "dam-road": Plan(
        7.0,
        rounded(
            60,
            (0, 0),
            (420, 0),
            (520, 130),
            (460, 290),
            (560, 400),
            (430, 520),
            (250, 440),
            (90, 520),
            (-60, 400),
            (-20, 240),
            (-130, 120),
        ),
        two_lane=True,
    ),
    "serpentine": Plan(
        7.0,
        (
            *rounded(16, *[(35.0 * i, 42.0 * (i % 2)) for i in range(10)]),
            *rounded(30, (400, -10), (400, -110), (-60, -110), (-60, 0)),
        ),
    ),
    "roundabout": Plan(
        8.0,
        (
            *rounded(26, (26, -26), (26, 26), (-26, 26)),
            *rounded(35, (-26, -130), (-200, -130), (-200, -26)),
        ),
    ),
    "kart-track": Plan(
        8.0,
        rounded(
            12,
            *[(0, 0), (150, 0), (165, 40), (110, 58), (108, 96), (170, 100), (172, 140), (60, 142), (58, 76), (26, 74)],
            *[(24, 140), (-60, 130), (-56, 92), (-10, 70), (-18, 34), (-70, 30), (-66, -4)],
        ),
    ),
    "harbour": Plan(
        9.0,
        rounded(
            16,
            *[
                (0, 0),
                (180, 0),
                (180, 70),
                (250, 70),
                (250, 0),
                (340, 0),
                (340, 150),
                (220, 150),
                (220, 210),
                (90, 210),
            ],
            *[(90, 120), (0, 120)],
        ),
    ),
    "running-track": Plan(9.8, box(2 * 41.4 + 84.39, 2 * 41.4, 41.4)),
    "city-block": Plan(10.0, box(190.0, 130.0, 18.0), two_lane=True),
    "plaza-crossing": Plan(
        12.0,
        rounded(35, (0, -150), (0, 150), (130, 150), (130, 0), (-150, 0), (-150, -150)),
    ),
    "chicanes": Plan(
        12.0,
        (
            *rounded(25, (0, 0), (300, 0), (330, 34), (380, 34), (410, 0)),
            *rounded(60, (640, 0), (640, 190)),
            *rounded(25, (420, 190), (395, 160), (345, 160), (320, 190)),
            *rounded(60, (-80, 190), (-80, 0)),
        ),
    ),
    "toll-plaza": Plan(
        7.0,
        (
            Corner(0, 0, 80, 7.0),
            Corner(300, 0, 400, 18.0),
            Corner(420, 4, 400, 7.0),
            *rounded(70, (640, 0), (640, 200)),
            Corner(380, 200, 400, 18.0),
            Corner(260, 204, 400, 7.0),
            *rounded(70, (-110, 200), (-110, 0)),
        ),
    ),
    "motorway": Plan(
        15.0,
        rounded(600, (0, 0), (700, 40), (1300, -130), (2000, 60), (2600, -60), (3050, 0)),
        two_lane=True,
        closed=False,
    ),
    "airfield": Plan(
        18.0,
        (
            Corner(0, 0, 45, 18.0),
            Corner(900, 0, 45, 9.0),
            Corner(900, 110, 30, 9.0),
            Corner(520, 110, 30, 9.0),
            Corner(480, 170, 30, 9.0),
            Corner(300, 170, 30, 9.0),
            Corner(260, 110, 30, 9.0),
            Corner(0, 110, 45, 9.0),
        ),
    ),
    "wide-oval": Plan(18.0, box(520.0, 200.0, 100.0)),
}
