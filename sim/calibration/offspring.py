"""What earlier incidents set off: sums of the engine's kernel over the past.

The engine gives each incident a Poisson number of offspring at exponential delays (mean tau) and
normal distances along the line (standard deviation sigma, reflected at its ends). The intensity of
offspring at an incident is the mean number n times the sums below.

References
----------
Ozaki, T. (1979), Maximum likelihood estimation of Hawkes' self-exciting point processes, Annals of
the Institute of Statistical Mathematics 31, 145-155.
"""

import numpy as np

from sim.arrays import Floats
from sim.kernel.compile import compiled

FARTHEST = 30.0
"""Delays longer than this many means count as none (a share of 1e-13)."""


@compiled
def sums_in_time(time_h: Floats, decay_h: float) -> tuple[Floats, Floats]:
    """Sum the kernel over the past of each incident, where places are not known.

    Parameters
    ----------
    time_h
        Times of the incidents, ascending, shape (incidents,).
    decay_h
        Mean delay tau.

    Returns
    -------
    tuple
        The sums (1/h) and their derivatives by log tau, both (incidents,).
    """
    sums, slopes = np.zeros(len(time_h)), np.zeros(len(time_h))
    level, moment = 0.0, 0.0  # sums of exp(-d / tau) and of d / tau exp(-d / tau) over delays d
    for i in range(1, len(time_h)):
        step = (time_h[i] - time_h[i - 1]) / decay_h
        fade = np.exp(-step)
        moment = fade * (moment + step * (level + 1.0))
        level = fade * (level + 1.0)
        sums[i] = level / decay_h
        slopes[i] = (moment - level) / decay_h
    return sums, slopes


@compiled
def sums_in_space(
    time_h: Floats, chainage_km: Floats, length_km: float, decay_h: float, spread_km: float
) -> tuple[Floats, Floats, Floats]:
    """Sum the kernel over the past of each incident, in time and along the line.

    Parameters
    ----------
    time_h, chainage_km
        Times, ascending, and places of the incidents, both (incidents,).
    length_km
        Length of the line.
    decay_h, spread_km
        Mean delay tau and standard deviation sigma of the distance.

    Returns
    -------
    tuple
        The sums (1/(h km)) and their derivatives by log tau and log sigma, all (incidents,).
    """
    number = len(time_h)
    sums, by_decay, by_spread = np.zeros(number), np.zeros(number), np.zeros(number)
    scale = 1.0 / (decay_h * spread_km * np.sqrt(2.0 * np.pi))
    oldest = 0
    for i in range(number):
        while time_h[i] - time_h[oldest] > FARTHEST * decay_h:
            oldest += 1
        for j in range(oldest, i):
            delay = (time_h[i] - time_h[j]) / decay_h
            apart = (chainage_km[i] - chainage_km[j]) / spread_km
            mirrored = (chainage_km[i] + chainage_km[j]) / spread_km
            images = (apart, mirrored, 2.0 * length_km / spread_km - mirrored)
            for distance in images:
                if delay + 0.5 * distance * distance > FARTHEST:
                    continue
                term = scale * np.exp(-delay - 0.5 * distance * distance)
                sums[i] += term
                by_decay[i] += term * (delay - 1.0)
                by_spread[i] += term * (distance * distance - 1.0)
    return sums, by_decay, by_spread
