"""How many runs sizing takes, and how often its answer is right: `python benchmarks/sizing.py`.

The model is planted, so the answer is known: the detection rate of n monitors is n / (n + 20), so
180 give 0.9, with a standard deviation over runs of 0.05. The grid that finds the same answer
without the search has 381 sizes with as many runs as the search spends on the closest ones.
"""

import numpy as np

from sim.experiment import Engine
from sim.scenario import Scenario
from sim.sizing import Sizing, size

TRIALS = 200
LEAST, SIZES, MOST_RUNS = 180, 381, 320
TABLES = {
    "title": "Planted",
    "violations": {"rate_per_day": 20.0, "kinds": {"shelling": {"mean_duration_min": 30.0}}},
    "monitors": {"male": {"platform": "male", "count": 20, "patrol": "shuttle"}},
}


def run(monitors: int, seed: int) -> dict[str, float]:
    """Draw the detection rate of a run: 0.8 of the noise is the seed's, the same for all sizes."""
    shared = np.random.default_rng(seed).normal()
    own = np.random.default_rng([seed, monitors]).normal()
    return {"detection_rate": monitors / (monitors + 20) + 0.05 * (0.8 * shared + 0.6 * own)}


def sized(first_seed: int, confidence: float) -> Sizing:
    """Size the planted force once."""
    return size(
        Scenario.from_dict(TABLES),
        require=["detection_rate >= 0.9"],
        vary=["monitors.male.count=20:400"],
        confidence=confidence,
        max_replications=MOST_RUNS,
        first_seed=first_seed,
        workers=1,
        engine=Engine(lambda scenario: scenario.monitors["male"].count, run),
    )


def main() -> None:
    """Print how often the bracket holds the answer, how wide it is, and what it takes."""
    print(f"{TRIALS} trials; the grid would take {SIZES * MOST_RUNS:,} runs")
    for confidence in (0.8, 0.95):
        found = [sized(1 + 1000 * trial, confidence) for trial in range(TRIALS)]
        ends = [(one.insufficient.iloc[-1, 0], one.sufficient.iloc[0, 0]) for one in found]
        right = np.mean([short < LEAST <= enough for short, enough in ends])
        width = np.mean([enough - short for short, enough in ends])
        runs = np.mean([one.runs for one in found])
        print(
            f"confidence {confidence}: right in {right:.1%}, bracket {width:.0f} sizes wide, "
            f"{runs:,.0f} runs, 1/{SIZES * MOST_RUNS / runs:.0f} of the grid"
        )


if __name__ == "__main__":
    main()
