"""The candidates of a run: true and false ones, and all reports of them, in the order of onset."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints
from sim.geography import ContactLine
from sim.kernel.columns import Records
from sim.rules.violation import CLUTTER, MADE_UP
from sim.setup.marks import Terrain, fill_candidates
from sim.setup.onsets import Onsets, draw_onsets
from sim.setup.reports import Reporting, draw_cases, draw_desk_hours, draw_report_times
from sim.setup.streams import stream
from sim.setup.violations import ViolationProcess
from sim.world.rows import CaseRow, ViolationRow


@dataclass(frozen=True)
class Candidates:
    """The candidates of a run with all that is drawn for their reports."""

    rows: Records
    cases: Records
    report_at: Floats  # (rows, sources)
    desk_hours: Floats  # (rows, stations)


def _draw_false_onsets(
    spec: Reporting, line: ContactLine, seed: int, prefix: str, per_h: float
) -> tuple[Floats, Floats, Ints, np.random.Generator]:
    """Draw when and where false incidents take place: evenly in time and along the line."""
    rng = stream(seed, prefix)
    count = rng.poisson(per_h * spec.horizon_h)
    onset = np.sort(rng.random(count)) * spec.horizon_h
    chainage = rng.random(count) * line.length_km
    return onset, chainage, np.full(count, -1), rng


def _draw_all_false(spec: Reporting, line: ContactLine, seed: int) -> list[tuple[Onsets, int]]:
    """Draw false incidents of all origins, each with the source that made them up, -1 for none."""
    found = []
    for clutter in spec.clutter:
        prefix = f"clutter/{clutter.name}"
        drawn = _draw_false_onsets(spec, line, seed, prefix, clutter.per_h)
        law, look_kind = clutter.law, clutter.look_kind
        found.append((Onsets(*drawn, f"{prefix}/", law, CLUTTER, look_kind), -1))
    for column, source in enumerate(spec.sources):
        if source.false_law is not None:
            prefix = f"reports/{source.name}/false"
            drawn = _draw_false_onsets(spec, line, seed, prefix, source.false_per_h)
            law, look_kind = source.false_law, spec.made_up_kind
            found.append((Onsets(*drawn, f"{prefix}/", law, MADE_UP, look_kind), column))
    return found


def _interleaved(real: Floats, false: list[Floats]) -> list[Ints]:
    """Return the places of candidates of several origins, in the order of all their onsets."""
    if not false:
        return [np.arange(len(real))]
    onset = np.concatenate(false)
    order = np.argsort(onset, kind="stable")
    place_of = np.empty(len(onset), dtype=np.int64)
    place_of[order] = np.searchsorted(real, onset[order], side="right") + np.arange(len(onset))
    others = np.ones(len(real) + len(onset), dtype=np.bool_)
    others[place_of] = False
    ends = np.cumsum([len(part) for part in false])
    return [np.flatnonzero(others), *np.split(place_of, ends[:-1])]


def draw_candidates(
    spec: Reporting, process: ViolationProcess, terrain: Terrain, seed: int
) -> Candidates:
    """Draw the candidates of a run, true and false, and all reports of them.

    Parameters
    ----------
    spec, process, terrain
        What is drawn, and where incidents take place.
    seed
        Seed of the run.

    Returns
    -------
    Candidates
        In the order of onset.
    """
    real = draw_onsets(process, terrain.line, seed)
    false = _draw_all_false(spec, terrain.line, seed)
    places = _interleaved(real.onset, [onsets.onset for onsets, _ in false])
    count = sum(map(len, places))
    drawn = Candidates(
        np.empty(count, dtype=ViolationRow.dtype),
        np.empty(count, dtype=CaseRow.dtype),
        np.empty((count, len(spec.sources))),
        np.empty((count, len(spec.desks))),
    )
    kinds = fill_candidates(drawn.rows, places[0], real, terrain, seed, process.regimes)
    draw_report_times(spec, seed, drawn.report_at, places[0], real.onset, kinds)
    for (onsets, source), at in zip(false, places[1:], strict=True):
        fill_candidates(drawn.rows, at, onsets, terrain, seed)
        drawn.report_at[at] = np.inf
        if source >= 0:
            drawn.report_at[at, source] = onsets.onset
    for onsets, at in zip([real, *(onsets for onsets, _ in false)], places, strict=True):
        draw_cases(spec, seed, onsets.prefix, drawn.cases, at)
        draw_desk_hours(spec, seed, onsets.prefix, drawn.desk_hours, at)
    return drawn


def draw_violations(process: ViolationProcess, terrain: Terrain, seed: int) -> Records:
    """Draw the candidate violations of a run, in the order of their onsets.

    Parameters
    ----------
    process, terrain
        The process, and where it takes place.
    seed
        Seed of the run.

    Returns
    -------
    ndarray of `ViolationRow`
    """
    onsets = draw_onsets(process, terrain.line, seed)
    rows = np.empty(len(onsets.onset), dtype=ViolationRow.dtype)
    fill_candidates(rows, np.arange(len(rows)), onsets, terrain, seed, process.regimes)
    return rows
