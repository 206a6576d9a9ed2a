"""The engine against closed forms, published tables and exact numerical solutions.

The seeds are fixed, so a run of this test gives the same result each time. Were they drawn anew,
the chance that any of the numbers lies more than four standard errors off although all is right
would be below 1 % (see `test_false_alarms_are_rare`).
"""

import runpy
from pathlib import Path

import numpy as np
import pytest
from verification_estimates import Estimate, estimate, mean_of, z_score
from verification_registry import EXPERIMENTS, LIMIT, Case, all_cases, compare, false_alarm_rate

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "generate_verification.py"))
PAGE = ROOT / "docs" / "verification.md"
MOST_ERROR = 0.025
"""Largest standard error, relative to what is expected, with which a check still says something."""


@pytest.mark.slow
@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.key)
def test_engine_agrees(case: Case) -> None:
    """Catches a rule of the engine that gives another law than theory, or a check too weak to."""
    for comparison in compare(case):
        assert abs(comparison.z) <= LIMIT, comparison
        weak = comparison.found.standard_error > MOST_ERROR * abs(comparison.expected)
        assert not weak or comparison.expected == 0.0, comparison


def test_every_case_is_checked_in_full() -> None:
    """Catches a case, or a number of it, that no experiment stands for, and one that is idle."""
    cases = all_cases()
    assert {case.id for case in cases} == set(EXPERIMENTS)
    for case in cases:
        assert set(case.expected) <= set(case.experiment.parts), case.key
    assert len({case.key for case in cases}) == len(cases)


def test_false_alarms_are_rare() -> None:
    """Catches a suite that has grown until a limit of four standard errors is too tight."""
    assert false_alarm_rate() < 0.01


def test_standard_error_of_a_mean_is_the_usual_one() -> None:
    """Catches a jackknife that takes runs for more, or fewer, than they are."""
    values = np.random.default_rng(1).standard_normal((40, 1))
    found = estimate(values, mean_of())
    assert found.value == pytest.approx(values.mean())
    assert found.standard_error == pytest.approx(values.std(ddof=1) / np.sqrt(40))


def test_jackknife_follows_a_ratio() -> None:
    """Catches a standard error that ignores how two means vary together: here not at all."""
    column = np.random.default_rng(2).uniform(1.0, 2.0, 30)
    rows = np.column_stack([3.0 * column, column])
    found = estimate(rows, lambda means: means[..., 0] / means[..., 1])
    assert found.value == pytest.approx(3.0)
    assert found.standard_error == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("found", "expected", "z"),
    [
        (Estimate(1.2, 0.1, 10**6), 1.0, 2.0),
        (Estimate(0.8, 0.1, 10**6), 1.0, -2.0),
        (Estimate(1.4, 0.1, 11), 1.0, 3.02),  # t of 10 degrees: 4 standard errors are fewer
        (Estimate(1.0, 0.0, 60), 1.0, 0.0),
        (Estimate(0.99, 0.0, 60), 1.0, -np.inf),
    ],
)
def test_z_score(found: Estimate, expected: float, z: float) -> None:
    """Catches a wrong sign, a limit that few runs pass by luck, and certain errors let through."""
    assert z_score(found, expected) == pytest.approx(z, abs=0.005)


def test_page_has_every_case_as_it_is_now() -> None:
    """Catches a changed case or scenario without a run of scripts/generate_verification.py."""
    text = PAGE.read_text(encoding="utf-8")
    assert SCRIPT["outline"](text) == SCRIPT["outline"](SCRIPT["render"]({}))


def test_page_shows_agreement_only() -> None:
    """Catches a page on which numbers are missing or a disagreement was left standing."""
    rows = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    scores = [row[6] for row in rows if len(row) == 8 and row[0] != "| case"]
    assert len(scores) == sum(len(case.expected) for case in all_cases())
    assert [z for z in scores if not abs(float(z)) <= LIMIT] == []


def test_outline_sees_an_edited_page() -> None:
    """Catches an outline that takes away too much to see a stale page, or too little to pass."""
    outline, page = SCRIPT["outline"], SCRIPT["render"]({})
    assert outline(page.replace("| S9-1 |", "| S9-7 |")) != outline(page)
    assert outline(page.replace("0.585786", "0.585787")) != outline(page)
    assert outline(page.replace("shuttle", "wander")) != outline(page)
    line = next(line for line in page.splitlines() if line.startswith("| S9-1"))
    fresh = " | ".join([*line.split(" | ")[:4], "0.58", "0.001", "-0.5", "9 |"])
    assert outline(page.replace(line, fresh)) == outline(page)
