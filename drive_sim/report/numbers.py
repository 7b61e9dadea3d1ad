"""Numbers as people write them."""


def number(value: float | None, digits: int = 1) -> str:
    """A number with so many digits after the point; a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def signed(value: float, digits: int = 1) -> str:
    """A number that always shows its sign."""
    return f"{value:+.{digits}f}".replace("-", "−")


def counted(num: int, what: str) -> str:
    """How many of something, in the singular for one: "1 intervention", "0 interventions"."""
    return f"{num} {what}" if num == 1 else f"{num} {what}s"
