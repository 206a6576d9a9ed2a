"""Which factors the results hang on: Morris screening and Sobol indices of a finished sweep.

References
----------
Morris, M. D. (1991), Technometrics 33, 161-174; mu* after Campolongo, F., Cariboni, J. and
Saltelli, A. (2007), Environmental Modelling & Software 22, 1509-1518.
Sobol, I. M. (2001), Mathematics and Computers in Simulation 55, 271-280; estimators of Saltelli et
al. (2010), Computer Physics Communications 181, 259-270; bootstrap of Archer et al. (1997).
Iwanaga, T., Usher, W. and Herman, J. (2022), Toward SALib 2.0, Socio-Environmental Systems
Modelling 4, 18155: the implementation.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.errors import InputError
from sim.experiment.sampling import MORRIS_LEVELS, points_a_sample, problem, salib, sample
from sim.experiment.store import load_results, sweep_manifest
from sim.files import checked_path
from sim.manifest import MANIFEST
from sim.results.measures import base_name
from sim.scenario.messages import did_you_mean
from sim.statistics.intervals import CONFIDENCE

RESAMPLES = 1000
SEED = 1
MOST_SEED = 2**53
CONSTANT = "does not vary"
_COLUMNS = {
    "saltelli": ("first", "first_half", "total", "total_half"),
    "morris": ("mu", "mu_star", "mu_star_half", "sigma"),
}


def sensitivity(
    directory: str | Path, measures: Sequence[str] | None = None, *, first_seed: int = SEED
) -> pd.DataFrame:
    """Analyse a finished sweep of a morris or saltelli design.

    Means over the replications of a point are analysed.

    Parameters
    ----------
    directory
        The directory of the sweep.
    measures
        Which measures; None = all that are defined at every point and differ between points.
    first_seed
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        One row a measure and factor, the most important factor of a measure first. Of saltelli
        ``first``, ``total`` and their half widths ``first_half``, ``total_half`` (95 %, bootstrap
        over base points): shares of the variance between points. Of morris ``mu``, ``mu_star``,
        ``sigma`` and ``mu_star_half``: change of the measure when the factor goes from one end of
        its range to the other, its mean, mean size and standard deviation over trajectories.
        NaN for a measure that does not vary.

    Raises
    ------
    InputError
        If the sweep is of another design or not complete, or a measure is undefined somewhere.
    """
    folder = checked_path(directory)
    stored = sweep_manifest(folder)["design"]
    kind = stored.get("design", "grid")
    if kind not in ("morris", "saltelli"):
        raise InputError(
            f"{directory}: is a sweep of a {kind} design; morris or saltelli is needed"
        )
    factors, cube = _points(stored, folder)
    means = _point_means(folder, len(cube))
    rows = []
    for name in _chosen(means, measures, str(directory)):
        values = means[name].to_numpy(dtype=np.float64)
        analyse = _morris if kind == "morris" else _saltelli
        if np.ptp(values) == 0.0:  # there is no variance to share out
            columns = _COLUMNS[kind]
            found = [{"factor": key, **dict.fromkeys(columns, np.nan)} for key in factors]
        else:
            found = analyse(factors, cube, values, first_seed)
        rows += [{"measure": name, **row} for row in found]
    return pd.DataFrame(rows)


def _points(stored: dict[str, Any], folder: Path) -> tuple[list[str], Floats]:
    """Return the factors of a stored design and its points in the unit cube."""
    factors: Any = stored.get("factors")
    samples: Any = stored.get("samples")
    seed: Any = stored.get("design_seed")
    is_sound = isinstance(factors, dict) and factors and _is_count(samples) and _is_count(seed)
    if not is_sound:
        raise InputError(
            f"{folder / MANIFEST}: is damaged: design must have factors, samples and design_seed"
        )
    kind, points = stored["design"], sweep_manifest(folder)["points"]
    if samples * points_a_sample(kind, len(factors)) != points:
        raise InputError(
            f"{folder / MANIFEST}: is damaged: samples = {samples} of {len(factors)} factors do "
            f"not make {points} points"
        )
    return list(factors), sample(kind, len(factors), samples, seed, f"{folder / MANIFEST}: ")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_SEED


def _point_means(folder: Path, points: int) -> pd.DataFrame:
    """Return the mean of each measure at each point; NaN where a run has none."""
    runs = load_results(folder)
    known = [name for name in runs.columns if name not in ("replication", "seed", "error")]
    numbers = runs[known].select_dtypes("number")
    means = numbers.groupby("point").mean()
    undefined = numbers.isna().groupby(numbers["point"]).any()
    means[undefined[means.columns]] = np.nan
    return means.reindex(range(points))


def measure_faults(directory: str | Path, measures: Sequence[str]) -> dict[str, str]:
    """Say of measures why they cannot be analysed.

    Parameters
    ----------
    directory
        The directory of the sweep.
    measures
        Names of measures.

    Returns
    -------
    dict
        By name the reason, such as "does not vary"; without those that can be analysed.

    Raises
    ------
    InputError
        If the directory holds no sweep, or is damaged.
    """
    folder = checked_path(directory)
    means = _point_means(folder, int(sweep_manifest(folder)["points"]))
    faults = {name: _fault(means, name) for name in measures}
    return {name: fault for name, fault in faults.items() if fault}


def _fault(means: pd.DataFrame, name: str) -> str:
    if name not in means:
        return "is not in the sweep"
    bad = means.index[means[name].isna()]
    if len(bad):
        return (
            f"is undefined, or runs are missing or failed, at {len(bad)} of {len(means)} points, "
            f"the first is point {bad[0]}"
        )
    return CONSTANT if np.ptp(means[name]) == 0.0 else ""


def _chosen(means: pd.DataFrame, measures: Sequence[str] | None, source: str) -> list[str]:
    known = [name for name in means.columns if name != "point"]
    if measures is None:
        usable = [n for n in known if "." not in base_name(n) and not _fault(means, n)]
        if not usable:
            raise InputError(f"{source}: no measure is defined at every point; is it complete?")
        return usable
    for name in measures:
        if name not in known:
            raise InputError(f"measure {name}: is not in the sweep{did_you_mean(name, known)}")
        if (fault := _fault(means, name)) not in ("", CONSTANT):
            raise InputError(f"{source}: {name} {fault}")
    return list(measures)


def _saltelli(
    factors: Sequence[str], _cube: Floats, values: Floats, seed: int
) -> list[dict[str, Any]]:
    found = salib("analyze.sobol").analyze(
        problem(factors),
        values,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed,
    )
    order = np.argsort(-found["ST"], kind="stable")
    return [
        {
            "factor": factors[k],
            "first": float(found["S1"][k]),
            "first_half": float(found["S1_conf"][k]),
            "total": float(found["ST"][k]),
            "total_half": float(found["ST_conf"][k]),
        }
        for k in order
    ]


def _morris(
    factors: Sequence[str], cube: Floats, values: Floats, seed: int
) -> list[dict[str, Any]]:
    found = salib("analyze.morris").analyze(
        problem(factors),
        cube,
        values,
        num_levels=MORRIS_LEVELS,
        num_resamples=RESAMPLES,
        conf_level=CONFIDENCE,
        seed=seed,
    )
    order = np.argsort(-np.asarray(found["mu_star"], dtype=np.float64), kind="stable")
    return [
        {
            "factor": factors[k],
            "mu": float(found["mu"][k]),
            "mu_star": float(found["mu_star"][k]),
            "mu_star_half": float(found["mu_star_conf"][k]),
            "sigma": float(found["sigma"][k]),
        }
        for k in order
    ]
