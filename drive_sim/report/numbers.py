"""Numbers as people write them."""


def number(value: float | None, digits: int = 1) -> str:
    """A number with so many digits after the point; a dash where there is none."""
    return "–" if value is None else f"{value:z.{digits}f}".replace("-", "−").replace("inf", "∞")


def rate(value: float | None) -> str:
    """How often something happens, with as many digits as say something: 24, 3.5, 0.35, 0.012, and 0 for never."""
    if value is None or value == 0.0:
        return number(value, 0)
    return number(value, 0 if value >= 10.0 else 1 if value >= 1.0 else 2 if value >= 0.1 else 3)


def signed(value: float, digits: int = 1) -> str:
    """A number that shows its sign; what is rounded to nothing has none."""
    text = f"{value:+.{digits}f}".replace("-", "−").replace("inf", "∞")
    return text if text.strip("+−0.") else text[1:]


def counted(num: int, what: str) -> str:
    """How many of something, in the singular for one: "1 intervention", "0 interventions"."""
    return f"{num} {what}" if num == 1 else f"{num} {what}s"
