"""How learning rates rise and fall."""

import math

LEAST_STEPS, STEPS_A_ROW = 600, 2


def steps_of(num_rows: int) -> int:
    """Steps of gradient descent that suit so many rows: 600 for thirty seconds of ten a second, more for more."""
    return max(LEAST_STEPS, STEPS_A_ROW * num_rows)


def half_cosine(share: float) -> float:
    """From 1 where nothing is done (share 0) down to 0 at the end (Loshchilov and Hutter 2017, arXiv 1608.03983)."""
    return 0.5 * (1.0 + math.cos(math.pi * share))


def warm_up_and_cosine(step_idx: int, num_steps: int, peak: float, warmup_share: float) -> float:
    """The rate of a step, counted from 0: a linear warm-up to the peak, then half a cosine down to zero."""
    num_warmup = max(1, round(warmup_share * num_steps))
    if step_idx < num_warmup:
        return peak * (step_idx + 1) / num_warmup
    return peak * half_cosine((step_idx - num_warmup) / max(1, num_steps - num_warmup))
