"""How many runs sizing takes, and how often its claims are right: `python benchmarks/sizing.py`.

The models are planted, so the answer is known; 300 repetitions of each (`--trials`) take some
minutes. Noise has a standard deviation over runs of 0.05, of which 0.8 is the seed's, the same for
all sizes. The grid that finds the same answer without the search has as many runs of every size as
the search spends on the closest ones.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import lru_cache
from math import exp
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.experiment import Engine
from sim.scenario import Scenario
from sim.sizing import Sizing, size

type Floats = NDArray[np.float64]

TRIALS, MOST_RUNS, MOST_MONITORS = 300, 320, 400
KEY = "monitors.male.count"
TABLES = {
    "title": "Planted",
    "violations": {"rate_per_day": 20.0, "kinds": {"shelling": {"mean_duration_min": 30.0}}},
    "monitors": {"male": {"platform": "male", "count": 20, "patrol": "shuttle"}},
}
BUDGET = "monitor_cost_usd <= 12e6"


class Planted(NamedTuple):
    """A planted mean of the detection rate, the rules asked for, and the sizes that meet them."""

    mean: Callable[[int], float]
    rules: list[str]
    sizes: range
    suffice: range


def _rising(n: int) -> float:
    return n / (n + 20)


CASES: dict[str, Planted] = {
    "rises, 20 to 400": Planted(
        _rising, ["detection_rate >= 0.9"], range(20, 401), range(180, 401)
    ),
    "rises": Planted(_rising, ["detection_rate >= 0.5"], range(1, 101), range(20, 101)),
    "falls (a budget)": Planted(_rising, [BUDGET], range(1, 101), range(1, 13)),
    "both, by two rules": Planted(
        _rising, ["detection_rate >= 0.3", BUDGET], range(1, 101), range(9, 13)
    ),
    "both, by one rule": Planted(
        lambda n: 0.9 - ((n - 60) / 60) ** 2,
        ["detection_rate >= 0.8"], range(1, 101), range(42, 79),
    ),
    "nothing suffices, by two rules": Planted(
        _rising, ["detection_rate >= 0.5", BUDGET], range(1, 101), range(0)
    ),
    "nothing suffices, on a plateau": Planted(
        lambda n: 0.216 * (1 - exp(-n / 5)), ["detection_rate >= 0.8"], range(1, 101), range(0)
    ),
    "no trend, all suffice": Planted(
        lambda _: 0.7, ["detection_rate >= 0.6"], range(1, 101), range(1, 101)
    ),
    "no trend, at the limit": Planted(
        lambda _: 0.7, ["detection_rate >= 0.7"], range(1, 101), range(1, 101)
    ),
}  # fmt: skip


class Here(Executor):
    """Makes runs where they are asked for: a planted one is shorter than the way to a thread."""

    def map(self, fn: Callable[..., Any], *iterables: Any, **_: Any) -> Iterator[Any]:
        """Call the function as `map` does."""
        return map(fn, *iterables)


class Trial(NamedTuple):
    """What came of sizing a planted force once."""

    right: bool
    """Whether every verdict and every claim was."""
    left_open: int
    runs: int


@lru_cache(maxsize=MOST_RUNS)
def noise_of(seed: int) -> Floats:
    """Draw the noise of a seed: its own, and that of every number of monitors."""
    return np.random.default_rng(seed).normal(size=MOST_MONITORS + 1)


def engine_of(mean: Callable[[int], float]) -> Engine:
    """Make an engine of a planted mean; a monitor costs a million."""

    def run(monitors: int, seed: int) -> Mapping[str, float]:
        shared, own = noise_of(seed)[[0, monitors]]
        return {
            "detection_rate": mean(monitors) + 0.05 * (0.8 * shared + 0.6 * own),
            "monitor_cost_usd": 1e6 * monitors * (1 + 0.02 * shared),
        }

    return Engine(lambda scenario: scenario.monitors["male"].count, run)


def sized(case: Planted, first_seed: int) -> Sizing:
    """Size a planted force once."""
    return size(
        Scenario.from_dict(TABLES),
        require=case.rules,
        vary=[f"{KEY}={case.sizes[0]}:{case.sizes[-1]}"],
        max_replications=MOST_RUNS,
        first_seed=first_seed,
        executor=Here(),
        engine=engine_of(case.mean),
    )


def is_right(case: Planted, found: Sizing) -> bool:
    """Tell whether every verdict, and every claim about sizes that were not run, is so."""
    claims = zip(case.sizes, found.states[0].tolist(), strict=True)
    verdicts = zip(found.evaluations[KEY], found.evaluations["verdict"], strict=True)
    return all((n in case.suffice) == (state > 0) for n, state in claims if state) and all(
        (n in case.suffice) == (verdict == "met")
        for n, verdict in verdicts
        if verdict != "undecided"
    )


def tried(name: str, number: int) -> Trial:
    """Size the planted force of a case once, with seeds of its own."""
    case = CASES[name]
    found = sized(case, 1 + 1000 * number)
    return Trial(is_right(case, found), int((found.states == 0).sum()), found.runs)


def main() -> None:
    """Print how often all claims are right, how much stays open, and what it takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=TRIALS, help="repetitions of each case")
    trials = parser.parse_args().trials
    print("| the rules | all claims right | sizes left open | mean runs | of the full grid |")
    print("|---|---|---|---|---|")
    with ProcessPoolExecutor() as pool:
        for name, case in CASES.items():
            found = list(pool.map(tried, [name] * trials, range(trials), chunksize=5))
            right = sum(one.right for one in found)
            left, runs = (float(np.mean(column)) for column in list(zip(*found, strict=True))[1:])
            grid = len(case.sizes) * MOST_RUNS / runs
            print(
                f"| {name} | {right} of {trials} | {left:.1f} | {runs:,.0f} | 1/{grid:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
