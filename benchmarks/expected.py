"""The expected detection rate of the job, by integration instead of simulation.

A violation at a given place is looked at by the drone of its stretch and, near the ends of the
stretch, by the neighbour. Their phases are independent, so the chance that a violation of duration
d is missed is the product over drones of the mean of (1 - p) ** (number of looks within d), and the
detection rate follows by integrating over durations and places.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from benchmarks.job import (
    DRONE_SPEED_KMH,
    LINE_KM,
    LOOK_CHANCE,
    MEAN_DURATION_MIN,
    RADIUS_KM,
)

type Floats = NDArray[np.float64]

PLACES = 60
PHASES = 600
DURATIONS = 400


def expected_detection_rate(n_drones: int = 60) -> float:
    """Return the expected share of violations detected.

    Parameters
    ----------
    n_drones
        Drones that share the line; their stretches are at least two footprints long.

    Raises
    ------
    ValueError
        When the stretches are shorter: two drones would no longer be the most that see a place.
    """
    stretch_km = LINE_KM / n_drones
    if stretch_km < 4.0 * RADIUS_KM:
        message = f"{n_drones} drones: stretches must be at least {4.0 * RADIUS_KM} km long"
        raise ValueError(message)
    inside = _mean(_middles(RADIUS_KM, stretch_km - RADIUS_KM), stretch_km, shared=False)
    outer = _mean(_middles(0.0, RADIUS_KM), stretch_km, shared=False)
    shared = _mean(_middles(0.0, RADIUS_KM), stretch_km, shared=True)
    margins_km = 2.0 * n_drones * RADIUS_KM  # both ends of each stretch
    outer_km = 2.0 * RADIUS_KM  # the ends of the line have no neighbour
    parts = (LINE_KM - margins_km) * inside + (margins_km - outer_km) * shared + outer_km * outer
    return float(parts / LINE_KM)


def _middles(low: float, high: float) -> Floats:
    return low + (high - low) * (np.arange(PLACES) + 0.5) / PLACES


def _mean(places_km: Floats, stretch_km: float, *, shared: bool) -> float:
    """Return the mean detection rate over places along a stretch, seen by a neighbour or not."""
    shares = (np.arange(DURATIONS) + 0.5) / DURATIONS
    durations = -MEAN_DURATION_MIN * np.log1p(-shares)  # equally likely
    total = 0.0
    for place_km in places_km:
        missed = _missed(float(place_km), stretch_km, durations)
        if shared:
            missed = missed * _missed(-float(place_km), stretch_km, durations)
        total += 1.0 - float(missed.mean())
    return total / len(places_km)


def _missed(place_km: float, stretch_km: float, durations_min: Floats) -> Floats:
    """Return the chance that one drone misses a violation of each duration, over its phases.

    Parameters
    ----------
    place_km
        Distance from the low end of the drone's stretch; negative beyond it.
    stretch_km
        Length of the stretch.
    durations_min
        Durations, shape (n,).
    """
    circle_min = 120.0 * stretch_km / DRONE_SPEED_KMH
    phase_min = circle_min * (np.arange(PHASES) + 0.5) / PHASES
    looks = np.zeros((PHASES, len(durations_min)))
    for begin_km, length_km in _views(place_km, stretch_km):
        since = (phase_min - 60.0 * begin_km / DRONE_SPEED_KMH) % circle_min
        looks += (since < 60.0 * length_km / DRONE_SPEED_KMH)[:, None]
        to_next = circle_min - since
        looks += np.maximum(0.0, np.ceil((durations_min - to_next[:, None]) / circle_min))
    missed: Floats = ((1.0 - LOOK_CHANCE) ** looks).mean(axis=0)
    return missed


def _views(place_km: float, stretch_km: float) -> Iterator[tuple[float, float]]:
    """Go through the parts (begin, length in km) of a round trip with the place in view."""
    if place_km < RADIUS_KM:
        yield -place_km - RADIUS_KM, 2.0 * (place_km + RADIUS_KM)
    elif place_km > stretch_km - RADIUS_KM:
        yield from _views(stretch_km - place_km, stretch_km)
    else:
        yield place_km - RADIUS_KM, 2.0 * RADIUS_KM
        yield 2.0 * stretch_km - place_km - RADIUS_KM, 2.0 * RADIUS_KM
