"""Measure how often claims with a confidence hold; write the table into docs/verification.md.

The claims and the planted truths stand in tests/verification/claims.py. Those of `ceasefire size`
have a script of their own, benchmarks/sizing.py.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT), str(ROOT / "scripts"), str(ROOT / "tests" / "verification")]

from claims import CLAIMS, Claim, falls_short  # noqa: E402 - the claims live with their tests
from generate_verification import CLAIMS_TITLE, PAGE  # noqa: E402

SEED = 20
PROSE = """\

Samples are drawn from laws whose truth is known, and what counts is how often a claim is right:
with 95 %, in 19 of 20. *s.e.* is the standard error of the share that held. A claim in bold type
fell short of 95 % by more than three of these. `python scripts/measure_coverage.py` makes this
table again; the tests repeat a smaller one.

| claim | truth | runs | held | of | share | s.e. |
|---|---|---:|---:|---:|---:|---:|
"""
WORDS = """
What falls short, and why:

* **A course that is seldom seen.** Where one run in ten goes quite differently, the interval of a
  mean misses it as long as no such run is in the sample, which nothing in the sample tells: with 5
  runs, six in ten intervals do. With 40 runs about nine in ten hold. Such a measure is better asked
  for as a chance, as in `P(detection_rate >= 0.8) >= 0.9`.
* **Skew values.** Means of very skew counts, times and shares near 0 or 1 are held by 90 to 94 %.
* **Chances near 0 or 1.** Wilson's interval holds 95 % in the mean over all chances, not at each.
* **`--precision`** stops at samples that happen to vary little.
* **Differences in a few pairs alone** are held by 92 % of the intervals of 40 pairs.
* **Kaplan-Meier.** With 5 runs the interval of a share that lasts is held by 93 %.

Intervals of two runs hold about as often as those of five or twenty: they are only wider. So
there is one rule for few runs: two give an interval.
"""


def row_of(number: int, claim: Claim) -> str:
    """Try a claim and write its row."""
    held = claim.held(np.random.default_rng([SEED, number]), claim.trials)
    share, error = float(held.mean()), float(held.std() / len(held) ** 0.5)
    what = f"**{claim.what}**" if falls_short(held) else claim.what
    return (
        f"| {what} | {claim.truth} | {claim.runs} | {int(held.sum()):,} | {len(held):,} "
        f"| {100 * share:.1f} % | {100 * error:.1f} % |\n"
    )


def main() -> None:
    """Measure all claims and write them into the page."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    rows = "".join(row_of(number, claim) for number, claim in enumerate(CLAIMS))
    page = PAGE.read_text(encoding="utf-8").partition(f"\n{CLAIMS_TITLE}\n")[0]
    PAGE.write_text(f"{page}\n{CLAIMS_TITLE}\n{PROSE}{rows}{WORDS}", encoding="utf-8")


if __name__ == "__main__":
    main()
