"""Comparing scenarios: pairs by seed, what is told of the scenarios, what is refused."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.experiment import Engine, compare, compare_runs, mean_interval, paired_difference
from sim.experiment.comparison import check_measures, label_files
from sim.experiment.pairing import pairing_notes
from sim.scenario import Scenario

MEASURES = ("detection_rate",)


def changed(scenario: Scenario, key: str, value: object) -> Scenario:
    return scenario.with_values({key: value})


def test_differences_are_paired_by_seed(scenario: Scenario, engine: Engine) -> None:
    """Catch runs paired by their order instead of the seed, or not at all.

    The stand-in's noise is the seed's alone, so that every pair differs by the same.
    """
    found = compare(
        {"few": scenario, "many": changed(scenario, "monitors.male.count", 60)},
        measures=MEASURES, replications=7, first_seed=3, engine=engine,
    )  # fmt: skip
    assert found.reference == "few"
    assert sorted(found.runs.loc[found.runs["scenario"] == "many", "seed"]) == list(range(3, 10))
    few, many = found.table.to_dict(orient="records")
    values = found.runs.groupby("scenario")["detection_rate"]
    expected = mean_interval(values.get_group("many"), scale="share")
    assert (many["mean"], many["low"], many["high"]) == pytest.approx(tuple(expected))
    assert many["difference"] == pytest.approx(0.75 - 0.5)
    # All seven pairs differ by the same: others may by anything, in up to 41 % of runs.
    other = 1 - 0.025 ** (1 / 7)
    assert many["difference_low"] == pytest.approx(0.25 - 1.25 * other)
    assert many["difference_high"] == pytest.approx(0.25 + 0.75 * other)
    assert (many["n"], many["pairs"], many["unequal"], many["unit"]) == (7, 7, 7, "share")
    assert few["pairs"] == 0
    assert np.isnan(few["difference"])


def test_order_of_rows_does_not_matter() -> None:
    """Catch pairs that hold only while the rows come in the order of the runner."""
    rng = np.random.default_rng(1)
    runs = pd.DataFrame({"scenario": ["a"] * 9 + ["b"] * 9, "seed": [*range(9)] * 2})
    runs["sorties"] = rng.normal(size=18)
    shuffled = pd.concat([runs.iloc[:1], runs.iloc[rng.permutation(np.arange(1, 18))]])
    pd.testing.assert_frame_equal(
        compare_runs(runs, ["sorties"]), compare_runs(shuffled, ["sorties"])
    )


def test_undefined_runs_cost_their_pair_only() -> None:
    """Catch a run without a value that spreads, or is left out of one side of the pair only."""
    nan = float("nan")
    runs = pd.DataFrame({"scenario": ["a"] * 4 + ["b"] * 4, "seed": [1, 2, 3, 4] * 2})
    runs["sorties"] = [1.0, 2.0, nan, 4.0, 2.0, nan, 7.0, 9.0]
    runs["flight_h"] = nan
    table = compare_runs(runs, ["sorties", "flight_h"])
    assert set(table["measure"]) == {"sorties"}
    row = table.iloc[1]
    assert (row["n"], row["pairs"], row["unequal"]) == (3, 2, 2)
    assert row["difference"] == pytest.approx(3.0)
    expected = paired_difference([1.0, 4.0], [2.0, 9.0])
    assert (row["difference_low"], row["difference_high"]) == pytest.approx(expected[1:])


def test_paired_intervals_cover_and_are_narrow() -> None:
    """Catch intervals of the difference that are too narrow, or that keep the common noise.

    Known truth 0.3, common noise of 1, own noise of 0.2: 1,000 comparisons of 10 seeds, one a
    measure, tolerance 4 standard errors (false failure in 1 of 16,000).
    """
    rng = np.random.default_rng(5)
    common = rng.normal(0.0, 1.0, (10, 1000))
    values = {label: common + rng.normal(0.0, 0.2, common.shape) for label in "ab"}
    values["b"] += 0.3
    parts = [
        pd.DataFrame(value).assign(scenario=label, seed=range(10))
        for label, value in values.items()
    ]
    table = compare_runs(pd.concat(parts), range(1000))
    rows = table[table["scenario"] == "b"]
    covered = rows["difference_low"].le(0.3) & rows["difference_high"].ge(0.3)
    assert abs(covered.mean() - 0.95) < 4 * (0.95 * 0.05 / 1000) ** 0.5
    width = rows["difference_high"] - rows["difference_low"]
    assert width.mean() < 0.4 * (rows["high"] - rows["low"]).mean()


def test_same_scenario_differs_by_nothing(scenario: Scenario) -> None:
    """Catch a draw that depends on the place of a scenario or on the thread that runs it."""
    short = changed(scenario, "run.duration_days", 3)
    found = sim.compare({"a": short, "b": short}, replications=4, workers=2)
    rows = found.table[found.table["scenario"] == "b"]
    assert len(rows) > 8
    assert (rows[["difference", "unequal"]] == 0.0).all(axis=None)
    assert not (rows["difference_low"] > 0.0).any()
    assert not (rows["difference_high"] < 0.0).any()
    assert found.notes == ("b is the same scenario as a: every difference is 0",)
    again = sim.compare({"a": short, "b": short}, replications=4, workers=1)
    pd.testing.assert_frame_equal(found.runs, again.runs)


def test_more_units_answer_no_less(scenario: Scenario) -> None:
    """Catch a comparison the wrong way round: units added to a waiting room answer no fewer.

    A metamorphic rule: the upper end of the interval must not lie below 0 (up to chance of 1 in
    40 where nothing changes; the seeds are fixed).
    """
    few = scenario.with_values({"run.duration_days": 10, "support.patrols.count": 6})
    many = changed(few, "support.patrols.count", 12)
    found = sim.compare(
        {"few": few, "many": many}, measures=["answered_share", "response_time_p50_min"],
        replications=8,
    )  # fmt: skip
    rows = found.table[found.table["scenario"] == "many"].set_index("measure")
    assert rows.loc["answered_share", "difference_high"] >= 0.0
    assert rows.loc["response_time_p50_min", "difference_high"] < 0.0


def test_notes_tell_what_the_seeds_do_not_pair(scenario: Scenario) -> None:
    """Catch silence where the same seed gives other violations, and noise where it does not."""

    def notes(key: str, value: object) -> str:
        return "\n".join(pairing_notes({"a": scenario, "b": changed(scenario, key, value)}))

    assert "(violations.rate_per_day differs)" in notes("violations.rate_per_day", 30)
    assert "(line.length_km differs)" in notes("line.length_km", 400.0)
    assert "lasts 20 days and a 365" in notes("run.duration_days", 20)
    assert notes("support.patrols.count", 20) == ""
    assert notes("line.sectors", 3) == ""
    assert notes("violations.feedback.calm_effect", 0.5) == ""


def test_later_runs_that_fail_are_rows(scenario: Scenario, engine: Engine) -> None:
    """Catch one failing run that ends the comparison, or that counts as a value."""

    def fragile(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
        if seed == 2 and plan[0] == 40:
            message = "boom"
            raise RuntimeError(message)
        return engine.run(plan, seed)

    found = compare(
        {"a": scenario, "b": changed(scenario, "monitors.male.count", 40)},
        measures=MEASURES, replications=4, engine=Engine(engine.prepare, fragile),
    )  # fmt: skip
    assert list(found.runs["error"][found.runs["error"] != ""]) == ["RuntimeError: boom"]
    assert found.table["pairs"].tolist() == [0, 3]


def test_scenario_that_fits_no_line_is_refused_before_any_run(scenario: Scenario) -> None:
    """Catch a comparison that makes all runs of the first before it refuses the second."""
    spot = {"chainage_km": 5000.0, "share": 0.5, "spread_km": 2.0}
    wrong = changed(scenario, "violations.hot_spots", {"far": spot})
    with pytest.raises(InputError, match=r"^b: violations\.hot_spots\.far"):
        compare({"a": scenario, "b": wrong}, replications=1)


def test_what_is_refused(tmp_path: Path, scenario: Scenario) -> None:
    """Catch nonsense that runs, or an error that does not say what is wrong."""
    path = tmp_path / "a.toml"
    with pytest.raises(InputError, match="1 scenario given: a comparison takes two or more"):
        compare({"a": scenario})
    with pytest.raises(InputError, match="stands there twice"):
        compare([path, tmp_path / "." / "a.toml"])
    with pytest.raises(InputError, match=r"unknown measure detection_rat; did you mean detection_"):
        check_measures(["sorties", "detection_rat"])
    with pytest.raises(InputError, match="no measure is named"):
        check_measures([])
    for wrong in ({"replications": 0}, {"first_seed": -1}, {"first_seed": 2**53 + 1}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            compare({"a": scenario, "b": scenario}, **wrong)


def test_labels_are_unique() -> None:
    """Catch two files of one name that hide each other, or a number that is taken already."""
    paths = [Path("x/base.toml"), Path("base-2.toml"), Path("y/base.toml"), Path("z/base.toml")]
    assert list(label_files(paths)) == ["base", "base-2", "base-3", "base-4"]
