"""Incidents with times: the likelihood of the engine's process, a Hawkes process on Gamma days.

The intensity at time t and chainage s, given the past and the day's activity G, is

    G(day) m w(hour) f(s) + sum over earlier incidents of n e^(-d/tau) / tau N(s - s_i; sigma)

with m the rate, w the hour's weight, f the density of hot spots and even spread, n the branching
ratio. Without places, f and N drop out. G is summed out exactly (`sim.calibration.days`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, softmax

from sim.arrays import Floats, Ints
from sim.calibration.days import mix_days
from sim.calibration.likelihood import Likelihood
from sim.calibration.offspring import sums_in_space, sums_in_time
from sim.calibration.places import Places

HOURS = 24
_EMPTY = np.empty(0)


@dataclass(frozen=True)
class Record:
    """Incidents made ready for the likelihood.

    Attributes
    ----------
    time_h
        Times, ascending, shape (incidents,).
    days
        Length of the record (days).
    phase
        Phase of each day, from 0, shape (days,).
    block
        Block of hours of each incident, from 0, shape (incidents,).
    blocks
        Number of blocks the day is cut into.
    places
        Where the incidents were; None if that is not known.
    """

    time_h: Floats
    days: int
    phase: Ints
    block: Ints
    blocks: int
    places: Places | None

    @property
    def day(self) -> Ints:
        """Day of each incident."""
        return (self.time_h // HOURS).astype(np.int64)

    @property
    def first(self) -> Ints:
        """First incident of each day, and their number at the end, shape (days + 1,)."""
        return np.searchsorted(self.time_h, HOURS * np.arange(self.days + 1.0)).astype(np.int64)

    @property
    def layout(self) -> "Layout":
        """Where each parameter stands."""
        spots = 0 if self.places is None else len(self.places.spots)
        return Layout(int(self.phase.max()) + 1, self.blocks, spots, self.places is not None)


@dataclass(frozen=True)
class Layout:
    """Where each parameter stands in a point.

    Log rate, log factors of later phases, log k, logit n, log tau, log sigma (with places), the
    hot spots' log shares over that of the even spread, and log weights of the blocks of hours over
    that of the first.
    """

    phases: int
    blocks: int
    spots: int
    placed: bool

    @property
    def k(self) -> int:
        """Place of log k; logit n and log tau come next."""
        return self.phases

    @property
    def spread(self) -> int:
        """Place of log sigma, if there is one."""
        return self.phases + 3

    @property
    def shares(self) -> slice:
        """Places of the hot spots."""
        begin = self.phases + 3 + int(self.placed)
        return slice(begin, begin + self.spots)

    @property
    def hours(self) -> slice:
        """Places of the blocks of hours but the first."""
        return slice(self.shares.stop, self.shares.stop + self.blocks - 1)

    @property
    def size(self) -> int:
        """Number of parameters."""
        return int(self.hours.stop)


@dataclass(frozen=True)
class Process:
    """The process at a point, in the units of a scenario.

    Attributes
    ----------
    rate_per_day, k, branching, decay_h, spread_km
        As in a scenario; spread NaN without places.
    level
        Rate of each phase, shape (phases,).
    share
        Of even spread, then of each hot spot, shape (1 + spots,).
    weight
        Weight of each block of hours, mean 1, shape (blocks,).
    """

    level: Floats
    k: float
    branching: float
    decay_h: float
    spread_km: float
    share: Floats
    weight: Floats


def process_at(point: Floats, layout: Layout) -> Process:
    """Translate a point of the likelihood."""
    level = np.exp(point[0] + np.concatenate([[0.0], point[1 : layout.phases]]))
    k = layout.k
    return Process(
        level=level,
        k=float(np.exp(point[k])),
        branching=float(expit(point[k + 1])),
        decay_h=float(np.exp(point[k + 2])),
        spread_km=float(np.exp(point[layout.spread])) if layout.placed else np.nan,
        share=softmax(np.concatenate([[0.0], point[layout.shares]])),
        weight=layout.blocks * softmax(np.concatenate([[0.0], point[layout.hours]])),
    )


@dataclass(frozen=True)
class Terms:
    """Parts of the likelihood at a point.

    Attributes
    ----------
    background, kernel
        Background intensity, and kernel sums over the past, of each incident (1/h, or 1/(h km)).
    by_decay, by_spread
        Derivatives of the kernel sums by log tau and log sigma.
    exposure
        Background expected on each day at activity 1, shape (days,).
    """

    background: Floats
    kernel: Floats
    by_decay: Floats
    by_spread: Floats
    exposure: Floats


def terms_of(record: Record, process: Process) -> Terms:
    """Work out the intensities of a process at the incidents of a record."""
    exposure = process.level[record.phase]
    background = exposure[record.day] / HOURS * process.weight[record.block]
    places = record.places
    if places is None:
        kernel, by_decay = sums_in_time(record.time_h, process.decay_h)
        return Terms(background, kernel, by_decay, _EMPTY, exposure)
    kernel, by_decay, by_spread = sums_in_space(
        record.time_h, places.chainage_km, places.length_km, process.decay_h, process.spread_km
    )
    background = background * (places.density @ process.share)
    return Terms(background, kernel, by_decay, by_spread, exposure)


def event_likelihood(record: Record) -> Likelihood:
    """Return the likelihood of incidents; `Layout` says what its parameters are."""
    layout = record.layout

    def at(point: Floats) -> tuple[float, Floats]:
        process = process_at(point, layout)
        terms = terms_of(record, process)
        value, chance, by_exposure, by_k = mix_days(
            terms.background, process.branching * terms.kernel, record.first, terms.exposure,
            process.k,
        )  # fmt: skip
        slope = np.zeros(layout.size)
        _by_background(slope, record, process, chance, by_exposure)
        slope[layout.k] = by_k
        left = (HOURS * record.days - record.time_h) / process.decay_h
        faded = np.exp(-left)
        expected = process.branching * float((1.0 - faded).sum())
        from_past = 1.0 - chance
        slope[layout.k + 1] = (1.0 - process.branching) * (float(from_past.sum()) - expected)
        per_kernel = np.divide(
            from_past, terms.kernel, out=np.zeros(len(chance)), where=terms.kernel > 0.0
        )
        slope[layout.k + 2] = per_kernel @ terms.by_decay + process.branching * (left @ faded)
        if layout.placed:
            slope[layout.spread] = per_kernel @ terms.by_spread
        return value - expected, slope

    return Likelihood(at, *_box(record))


def _by_background(
    slope: Floats, record: Record, process: Process, chance: Floats, by_exposure: Floats
) -> None:
    """Write the derivatives by what the background is made of."""
    layout = record.layout
    by_day = by_exposure + np.bincount(record.day, weights=chance, minlength=record.days)
    by_phase = np.bincount(record.phase, weights=by_day, minlength=layout.phases)
    slope[0] = by_phase.sum()
    slope[1 : layout.phases] = by_phase[1:]
    total = chance.sum()
    by_block = np.bincount(record.block, weights=chance, minlength=layout.blocks)
    slope[layout.hours] = (by_block - total * process.weight / layout.blocks)[1:]
    if record.places is not None:
        part = record.places.density * process.share
        part /= part.sum(axis=1, keepdims=True)
        slope[layout.shares] = (chance @ part - total * process.share)[1:]


def _box(record: Record) -> tuple[Floats, Floats]:
    """Return the ends of the box of parameters."""
    layout = record.layout
    low, high = np.full(layout.size, -12.0), np.full(layout.size, 12.0)
    k = layout.k
    low[k : k + 3] = np.log(0.01), logit(1e-5), np.log(1.0 / 60.0)
    high[k : k + 3] = np.log(1e4), logit(0.995), np.log(24.0 * 14.0)
    if layout.placed and record.places is not None:
        low[layout.spread] = np.log(1e-3)
        high[layout.spread] = np.log(record.places.length_km / 4.0)
    return low, high


def starts(record: Record) -> list[Floats]:
    """Return points to climb from: the likelihood may have more than one top along the delay."""
    layout = record.layout
    per_day = np.bincount(record.day, minlength=record.days)
    level = np.array([max(per_day[record.phase == p].mean(), 1e-3) for p in range(layout.phases)])
    base = np.zeros(layout.size)
    base[1 : layout.phases] = np.log(level[1:] / level[0])
    blocks = np.bincount(record.block, minlength=layout.blocks) + 0.5
    base[layout.hours] = np.log(blocks[1:] / blocks[0])
    if layout.placed:
        base[layout.spread] = np.log(2.0)
    points = []
    for decay_h, branching in ((0.5, 0.2), (4.0, 0.3), (24.0, 0.3)):
        point = base.copy()
        point[0] = np.log(level[0] * (1.0 - branching))
        point[layout.k : layout.k + 3] = np.log(2.0), logit(branching), np.log(decay_h)
        points.append(point)
    return points
