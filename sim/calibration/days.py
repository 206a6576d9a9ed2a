"""Days of Gamma activity: the likelihood of incidents when each day's activity is not seen.

Given the past, the incidents of a day with activity G have the intensity ``G b(t) + c(t)``, where
b is the background at activity 1 and c what earlier incidents set off. With G from a Gamma law of
mean 1 and shape k, the day's likelihood is

    E[ exp(-G M) prod_i (G b_i + c_i) ],    M = background expected on the day at activity 1,

times a factor without G. The product is a polynomial in G; its j-th term stands for j of the day's
incidents being background. So the sum over j is exact and has positive terms only, and it is built
up incident by incident: given j so far, G has a Gamma law with shape k + j and rate k + M. A day of
n incidents takes n^2 / 2 steps. A second pass, backwards, gives the chance that each incident was
background, which is also the derivative of the log-likelihood by log b_i; by log c_i it is the rest
to 1.

References
----------
Hawkes, A. G. (1971), Spectra of some self-exciting and mutually exciting point processes,
Biometrika 58, 83-90.
Brown, E. N. et al. (2002), The time-rescaling theorem and its application to neural spike train
data analysis, Neural Computation 14, 325-346.
"""

import numpy as np

from sim.arrays import Floats, Ints
from sim.kernel.compile import compiled

# Numba sees a change of a compiled function only in its own file, so these call no other file's.


@compiled
def mix_days(
    background: Floats, offspring: Floats, first: Ints, exposure: Floats, k: float
) -> tuple[float, Floats, Floats, float]:
    """Return the log-likelihood of all days and its derivatives.

    Parameters
    ----------
    background, offspring
        Intensities b and c at each incident, shape (incidents,).
    first
        First incident of each day, and their number at the end, shape (days + 1,).
    exposure
        Background expected on each day at activity 1, shape (days,).
    k
        Shape of the activity.

    Returns
    -------
    tuple
        Log-likelihood, without what the offspring expected contribute; the chance that each
        incident was background; the derivative by each day's exposure, times it; and the
        derivative by log k.
    """
    days = len(exposure)
    most = _longest(first)
    ahead = np.zeros((most + 1, most + 1))  # chance of j background among the first i
    behind = np.zeros(most + 2)
    scale = np.ones(most)
    chance = np.zeros(len(background))
    by_exposure = np.zeros(days)
    total, by_k = 0.0, 0.0
    for day in range(days):
        today = slice(first[day], first[day + 1])
        rate = k + exposure[day]
        number = first[day + 1] - first[day]
        none = np.log1p(exposure[day] / k)
        total += _forward(ahead, scale, background[today], offspring[today], k, rate) - k * none
        expected, harmonic = _expected(ahead[number], number, k)
        by_exposure[day] = -exposure[day] * (k + expected) / rate
        by_k += k * (harmonic - none + (exposure[day] - expected) / rate)
        _backward(chance[today], ahead, behind, scale, background[today], offspring[today], k, rate)
    return total, chance, by_exposure, by_k


@compiled
def _longest(first: Ints) -> int:
    """Return the most incidents on a day."""
    most = 0
    for day in range(len(first) - 1):
        most = max(most, first[day + 1] - first[day])
    return most


@compiled
def _forward(
    ahead: Floats, scale: Floats, background: Floats, offspring: Floats, k: float, rate: float
) -> float:
    """Fill in the chances by incident, and what each was scaled by; return the log of that."""
    total = 0.0
    ahead[0, 0] = 1.0
    for i in range(len(background)):
        norm = 0.0
        for j in range(i + 2):
            weight = ahead[i, j] * offspring[i] if j <= i else 0.0
            if j > 0:
                weight += ahead[i, j - 1] * background[i] * (k + j - 1.0) / rate
            ahead[i + 1, j] = weight
            norm += weight
        for j in range(i + 2):
            ahead[i + 1, j] /= norm
        scale[i] = norm
        total += np.log(norm)
    return total


@compiled
def _expected(chances: Floats, number: int, k: float) -> tuple[float, float]:
    """Return the means of j, the day's background, and of digamma(k + j) - digamma(k)."""
    expected, harmonic, psi = 0.0, 0.0, 0.0
    for j in range(number + 1):
        expected += chances[j] * j
        harmonic += chances[j] * psi
        psi += 1.0 / (k + j)
    return expected, harmonic


@compiled
def _backward(
    chance: Floats,
    ahead: Floats,
    behind: Floats,
    scale: Floats,
    background: Floats,
    offspring: Floats,
    k: float,
    rate: float,
) -> None:
    """Fill in the chance that each of a day's incidents was background."""
    number = len(background)
    for j in range(number + 2):
        behind[j] = 1.0
    for i in range(number - 1, -1, -1):
        seen = 0.0
        for j in range(i + 1):
            from_background = background[i] * (k + j) / rate * behind[j + 1] / scale[i]
            seen += ahead[i, j] * from_background
            behind[j] = offspring[i] * behind[j] / scale[i] + from_background
        chance[i] = seen


@compiled
def gap_chances(
    background: Floats,
    offspring: Floats,
    first: Ints,
    exposure: Floats,
    spent: Floats,
    k: float,
    set_off: Floats,
) -> Floats:
    """Return the chance of no incident in each gap before an incident, given all before it.

    These are independent and uniform on 0 to 1 if the process is right.

    Parameters
    ----------
    background, offspring, first, exposure, k
        As for `mix_days`.
    spent
        Exposure from midnight to each incident, shape (incidents,).
    set_off
        Offspring expected in the gap before each incident, shape (incidents,).
    """
    chances = np.empty(len(background))
    weights = np.zeros(_longest(first) + 1)
    quiet = 0.0  # minus the log chance of no background since the last incident
    for day in range(len(exposure)):
        weights[:] = 0.0
        weights[0] = 1.0
        before = 0.0
        number = 0
        for i in range(first[day], first[day + 1]):
            quiet -= np.log(_wait(weights, number, k, before, spent[i]))
            before = spent[i]
            chances[i] = np.exp(-quiet - set_off[i])
            quiet = 0.0
            number += 1
            norm = 0.0
            for j in range(number, -1, -1):
                weight = weights[j] * offspring[i]
                if j > 0:
                    weight += weights[j - 1] * background[i] * (k + j - 1.0) / (k + before)
                weights[j] = weight
                norm += weight
            weights[: number + 1] /= norm
        quiet -= np.log(_wait(weights, number, k, before, exposure[day]))
    return chances


@compiled
def _wait(weights: Floats, number: int, k: float, before: float, after: float) -> float:
    """Bring the weights over a gap without incident; return the chance of the gap."""
    ratio = (k + before) / (k + after)
    total = 0.0
    power = np.exp(-k * np.log1p((after - before) / (k + before)))
    for j in range(number + 1):
        weights[j] *= power
        total += weights[j]
        power *= ratio
    for j in range(number + 1):
        weights[j] /= total
    return total
