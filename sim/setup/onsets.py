"""When and where the candidates of a run take place, and what provokes them: drawn before the run.

See `sim.setup.violations` for the process.
"""

from typing import NamedTuple

import numpy as np

from sim.arrays import Floats, Ints
from sim.geography import ContactLine
from sim.kernel.compile import compiled
from sim.rules.violation import REAL
from sim.setup.streams import stream
from sim.setup.violations import Law, ViolationProcess
from sim.statistics.order import in_order


class Onsets(NamedTuple):
    """Candidates of one origin before all is drawn that they are to have; in order of onset."""

    onset: Floats  # h
    chainage: Floats  # km
    parents: Ints  # places among these; -1 for none
    rng: np.random.Generator  # the stream of their process
    prefix: str  # what the names of their other streams begin with
    law: Law
    nature: int = REAL
    look_kind: int = -1  # column of the look chances; -1 = that of their kind


class _Clusters(NamedTuple):
    """How incidents set off others, for compiled code."""

    branching_ratio: float
    decay_h: float
    spread_km: float
    horizon_h: float
    length_km: float  # of the line


@compiled
def _times_of_shares(shares: Floats, cumulative: Floats, edges_h: Floats) -> Floats:
    """Return onsets (h), ascending, from where they fall among all expected incidents (0 to 1)."""
    onsets = np.empty(len(shares))
    order = in_order(shares, 1.0)
    row = 0
    for v in range(len(shares)):
        mark = shares[order[v]] * cumulative[-1]
        while row + 2 < len(cumulative) and cumulative[row + 1] <= mark:
            row += 1
        if mark >= cumulative[row + 1]:  # by rounding: nothing is expected after it
            onsets[v] = edges_h[row + 1]
            continue
        slope = (edges_h[row + 1] - edges_h[row]) / (cumulative[row + 1] - cumulative[row])
        onsets[v] = slope * (mark - cumulative[row]) + edges_h[row]
    return onsets


def _background_onsets(process: ViolationProcess, rng: np.random.Generator) -> Floats:
    expected = process.expected
    if process.dispersion_k is not None:
        activity = rng.gamma(process.dispersion_k, 1.0 / process.dispersion_k, process.days)
        expected = expected * activity[process.day_of_bin]
    cumulative = np.concatenate([[0.0], np.cumsum(expected)])
    count = rng.poisson(cumulative[-1])
    onsets: Floats = _times_of_shares(rng.random(count), cumulative, process.edges_h)
    return onsets


@compiled
def _fold(chainage: float, length_km: float) -> float:
    """Reflect a place beyond the ends of the line back onto it."""
    folded = abs(chainage)
    if folded >= 2.0 * length_km:
        folded %= 2.0 * length_km
    return 2.0 * length_km - folded if folded > length_km else folded


@compiled
def _around_spots(
    rng: np.random.Generator,
    count: int,
    edges: Floats,
    at_km: Floats,
    spread_km: Floats,
    length_km: float,
) -> Floats:
    """Draw places (km) around hot spots, or anywhere on the line."""
    spot_marks, places = np.empty(count), np.empty(count)
    for v in range(count):
        spot_marks[v] = rng.random()
    for v in range(count):
        places[v] = rng.random() * length_km
    for v in range(count):
        scatter = rng.standard_normal()
        spot = 0
        while spot < len(edges) and spot_marks[v] >= edges[spot]:
            spot += 1
        if spot < len(edges):
            places[v] = at_km[spot] + spread_km[spot] * scatter
        places[v] = _fold(places[v], length_km)
    return places


def _background_places(
    process: ViolationProcess, rng: np.random.Generator, count: int, length_km: float
) -> Floats:
    if len(process.spot_edges) == 0:
        return rng.random(count) * length_km
    edges, at_km, spread_km = process.spot_edges, process.spot_at_km, process.spot_spread_km
    places: Floats = _around_spots(rng, count, edges, at_km, spread_km, length_km)
    return places


@compiled
def _with_offspring(
    rng: np.random.Generator, background_h: Floats, background_km: Floats, law: _Clusters
) -> tuple[Floats, Floats, Ints]:
    """Add the offspring of all generations; return onset, chainage and parent of all incidents.

    Those of one generation come in the order of their parents.
    """
    end = len(background_h)
    room = 2 * end + 64
    onset, chainage = np.empty(room), np.empty(room)
    parents = np.full(room, -1)
    onset[:end], chainage[:end] = background_h, background_km
    first = 0
    while first < end:
        children = np.empty(end - first, dtype=np.int64)
        for place in range(end - first):
            children[place] = rng.poisson(law.branching_ratio)
        count = children.sum()
        if end + count > len(onset):
            more = np.empty(end + count)
            onset, chainage = np.concatenate((onset, more)), np.concatenate((chainage, more))
            parents = np.concatenate((parents, np.full(end + count, -1)))
        delays, scatter = np.empty(count), np.empty(count)
        for child in range(count):
            delays[child] = rng.standard_exponential()
        for child in range(count):
            scatter[child] = rng.standard_normal()
        child = 0
        born = end
        for parent in range(first, end):
            for _ in range(children[parent - first]):
                t = onset[parent] + law.decay_h * delays[child]
                if t < law.horizon_h:
                    place_km = chainage[parent] + law.spread_km * scatter[child]
                    onset[born], chainage[born] = t, _fold(place_km, law.length_km)
                    parents[born] = parent
                    born += 1
                child += 1
        first, end = end, born
    return onset[:end], chainage[:end], parents[:end]


@compiled
def _by_onset(
    background: int, onset: Floats, chainage: Floats, parents: Ints, horizon_h: float
) -> tuple[Floats, Floats, Ints]:
    """Merge offspring into the background, which comes in order."""
    count = len(onset)
    order = in_order(onset[background:], horizon_h)
    sorted_h, sorted_km = np.empty(count), np.empty(count)
    origin, place_of = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    one = other = 0
    for place in range(count):
        v = background + order[other] if other < len(order) else count
        if one < background and (v == count or onset[one] <= onset[v]):
            v = one
            one += 1
        else:
            other += 1
        sorted_h[place], sorted_km[place] = onset[v], chainage[v]
        origin[place], place_of[v] = parents[v], place
    for place in range(count):
        if origin[place] >= 0:
            origin[place] = place_of[origin[place]]
    return sorted_h, sorted_km, origin


def _clusters(
    process: ViolationProcess,
    rng: np.random.Generator,
    onset: Floats,
    chainage: Floats,
    length_km: float,
) -> tuple[Floats, Floats, Ints]:
    """Return onset, chainage and parent of the background and all its offspring, by onset."""
    if process.branching_ratio == 0.0:
        return onset, chainage, np.full(len(onset), -1)
    law = _Clusters(
        process.branching_ratio, process.decay_h, process.spread_km, process.horizon_h, length_km
    )
    all_h, all_km, parents = _with_offspring(rng, onset, chainage, law)
    clusters: tuple[Floats, Floats, Ints] = _by_onset(
        len(onset), all_h, all_km, parents, process.horizon_h
    )
    return clusters


def draw_onsets(process: ViolationProcess, line: ContactLine, seed: int) -> Onsets:
    """Draw when and where the candidate violations of a run take place, and what provokes them.

    Parameters
    ----------
    process, line
        The process, and the line it follows.
    seed
        Seed of the run.
    """
    rng = stream(seed, "violations")
    onset = _background_onsets(process, rng)
    chainage = _background_places(process, rng, len(onset), line.length_km)
    return Onsets(*_clusters(process, rng, onset, chainage, line.length_km), rng, "", process.law)
