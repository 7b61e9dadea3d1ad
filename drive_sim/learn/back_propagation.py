"""Back-propagation as ALVINN learned by it: a step after every pattern, written out (Pomerleau 1991, NIPS 3)."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from drive_sim.policies.alvinn import AlvinnNetwork, Outputs, Retina

Singles = npt.NDArray[np.float32]


def back_propagate(network: AlvinnNetwork, retinas: Retina, targets: Outputs, learning_rate: float) -> float:
    """One pass over the patterns, in their order, a step down 1/2 |o - target|^2 after each; changes the network.

    Returns the mean squared error of an output unit, each pattern's before its step.
    """
    W1, b1 = network.hidden.weight.detach().numpy(), network.hidden.bias.detach().numpy()  # the same memory
    W2, b2 = network.units.weight.detach().numpy(), network.units.bias.detach().numpy()
    squared_error = 0.0
    for x, target in zip(retinas, targets.astype(np.float32), strict=True):
        h = expit(_sums(W1, x) + b1)
        o = expit(_sums(W2, h) + b2)
        error = o - target
        delta_o = error * o * (1.0 - o)
        delta_h = (delta_o @ W2) * h * (1.0 - h)
        W2 -= learning_rate * np.outer(delta_o, h)
        b2 -= learning_rate * delta_o
        W1 -= learning_rate * np.outer(delta_h, x)
        b1 -= learning_rate * delta_h
        squared_error += float(np.mean(np.square(error)))
    return squared_error / len(retinas)


@np.errstate(invalid="ignore")
def _sums(weights: Singles, inputs: Singles) -> Singles:
    """`weights @ inputs`, without a false alarm.

    With five columns, OpenBLAS (0.3.31, sgemv_t for AVX-512) also adds up words that it finds on the stack, and throws
    those sums away; in some processes the words are no numbers, and NumPy warns of a result that is in order.
    """
    return weights @ inputs
