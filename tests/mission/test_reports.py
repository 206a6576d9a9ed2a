"""Sources of reports, clutter and false reports, and the measures made of them."""

import numpy as np
import pandas as pd
import pytest
from mission_scenarios import (
    MOST_Z,
    SHELLING,
    WATCHED,
    Tables,
    made,
    run,
    z_of_share,
)
from scipy import stats
from textbook import estimate

from sim.results.outcome import Outcome
from sim.setup.draw import make_world
from sim.setup.plan import build_plan

LEAST_P = 5e-4
"""A right program falls below it in one of 2,000 tests; the seeds are fixed."""
COMPLAINT: Tables = {"share": 0.3, "delay_min": 45.0}
TOLD: Tables = {
    **WATCHED,
    "run": {"duration_days": 100.0},
    "monitors": {},
    "violations": {
        "rate_per_day": 60.0,
        "kinds": {"shelling": SHELLING, "incursion": {"mean_duration_min": 240.0}},
    },
    "reports": {"complaint": COMPLAINT},
    "support": {"units": {"nation": "any", "count": 20, "on_scene_h": 0.5}},
}


def early(outcome: Outcome) -> pd.DataFrame:
    """Return the violations whose reports the end of the run does not cut off."""
    rows = outcome.violations
    return rows[rows["onset_h"] < outcome.plan.horizon_h - 24.0]


@pytest.mark.parametrize("law", ["exponential", "fixed"])
def test_a_source_reports_its_share_after_its_delay(law: str) -> None:
    """Catches a share or a delay that is not used, or the law of one taken for the other."""
    rows = early(run(TOLD, reports__complaint__delay=law))
    told = rows["reported_h"].notna()
    assert abs(z_of_share(int(told.sum()), len(rows), 0.3)) < MOST_Z
    delay_min = 60.0 * (rows["reported_h"] - rows["onset_h"])[told]
    if law == "fixed":
        assert delay_min.to_numpy() == pytest.approx(45.0)
    else:
        assert stats.kstest(delay_min, stats.expon(scale=45.0).cdf).pvalue > LEAST_P


def test_a_source_tells_of_its_kinds_only() -> None:
    """Catches a source that reports what it can not know of."""
    rows = early(run(TOLD, reports__complaint__kinds=["incursion"]))
    share = rows.groupby("kind", observed=True)["reported_h"].agg(["count", "size"])
    assert share.loc["shelling", "count"] == 0
    of = share.loc["incursion"]
    assert abs(z_of_share(int(of["count"]), int(of["size"]), 0.3)) < MOST_Z


def test_the_first_of_two_sources_opens_the_report() -> None:
    """Catches a report counted twice, or named after the later source: 1 - (1 - a)(1 - b)."""
    radar = {"share": 0.5, "delay_min": 90.0}
    outcome = run({**TOLD, "reports": {"complaint": COMPLAINT, "radar": radar}})
    rows = early(outcome)
    told = rows["reported_h"].notna()
    assert abs(z_of_share(int(told.sum()), len(rows), 1.0 - 0.7 * 0.5)) < MOST_Z
    reports = outcome.reports
    assert reports["violation"].is_unique
    at = outcome.world.report_at[reports["violation"]]
    assert np.all(reports["reported_h"] == at.min(axis=1))
    assert np.all(reports["source"] == np.array(["complaint", "radar"])[at.argmin(axis=1)])


def test_a_complaint_is_no_detection_until_a_monitor_has_seen_it() -> None:
    """Catches complaints counted as detections, and looks that a complaint makes surer."""
    alone = run(TOLD)
    assert alone.measures["detection_rate"] == 0.0
    assert alone.measures["reported_share"] > 0.25
    assert set(alone.reports["grade"]) == {"unconfirmed"}
    balloon = {"radius_km": 100.0, "look_chance": 0.1, "look_interval_min": 10.0}
    watched = {
        **TOLD,
        "platforms": {"mast": balloon},
        "monitors": WATCHED["monitors"],
        "reports": {"complaint": {**COMPLAINT, "delay_min": 5.0}},
    }
    both, without = run(watched), run({**watched, "reports": {}})
    same = ["violation", "onset_h", "detected_h", "detected_by", "looks"]
    pd.testing.assert_frame_equal(both.violations[same], without.violations[same])
    reports = both.reports.set_index("violation")
    detected_h = both.violations.set_index("violation")["detected_h"].loc[reports.index]
    confirmed = reports["grade"] == "confirmed"
    assert np.all(confirmed == detected_h.notna())
    assert np.all(reports["confirmed_h"][confirmed] == detected_h[confirmed])
    complained = confirmed & (reports["source"] == "complaint")
    assert complained.sum() > 300
    assert np.all(reports["reported_h"][complained] < reports["confirmed_h"][complained])


def test_a_confirmed_source_detects() -> None:
    """Catches a radar picture that is no detection, or is put down to a monitor."""
    outcome = run(TOLD, reports__complaint__confirmed=True)
    violations = outcome.violations
    assert violations["detected_h"].equals(violations["reported_h"])
    assert set(violations["detected_by"]) == {""}
    assert set(outcome.reports["grade"]) == {"confirmed"}


FALSE: Tables = {
    **TOLD,
    "violations": {**TOLD["violations"], "rate_per_day": 20.0},
    "reports": {"complaint": {**COMPLAINT, "false_per_day": 8.0}},
    "platforms": WATCHED["platforms"],
    "monitors": WATCHED["monitors"],
    "clutter": {
        "fires": {
            "rate_per_day": 12.0,
            "mean_duration_min": 30.0,
            "taken_for": "incursion",
            "look_chance": {"mast": 0.4},
        }
    },
    "headquarters": {
        "analysis": {
            "task": "analysis",
            "desks": 2,
            "service_min": 10.0,
            "recognises_false": 0.3,
        },
        "ruling": {"task": "ruling", "desks": 2, "service_min": 15.0},
    },
}


def test_false_incidents_come_at_their_rates_evenly() -> None:
    """Catches rates per hour taken for rates per day, and false reports in bunches."""
    rows = make_world(build_plan(made(FALSE, run__duration_days=3000.0)), 1).violations
    for nature, per_day in ((1, 12.0), (2, 8.0)):
        mine = rows[rows["nature"] == nature]
        expected = 3000.0 * per_day
        assert abs(len(mine) - expected) < MOST_Z * np.sqrt(expected)
        assert stats.kstest(mine["onset"] / 72_000.0, "uniform").pvalue > LEAST_P
        assert stats.kstest(mine["chainage"] / 40.0, "uniform").pvalue > LEAST_P
    fires = rows[rows["nature"] == 1]
    lasts_h = fires["end"] - fires["onset"]
    assert stats.kstest(lasts_h, stats.expon(scale=0.5).cdf).pvalue > LEAST_P


def test_clutter_is_reported_with_the_chance_of_its_looks() -> None:
    """Catches clutter seen like the kind it is taken for: looks every 4 min with chance 0.4."""
    outcome = run(FALSE, run__duration_days=300.0)
    reports = outcome.reports
    seen = int((reports["nature"] == "clutter").sum())
    there = int((outcome.world.violations["nature"] == 1).sum())
    # one look on onset, and one after each interval that it outlasts
    lasts_on = np.exp(-4.0 / 30.0)
    expected = 0.4 / (1.0 - 0.6 * lasts_on)
    assert abs(z_of_share(seen, there, expected)) < MOST_Z
    clutter = reports[reports["nature"] == "clutter"]
    assert set(clutter["kind"]) == {"incursion"}
    assert set(clutter["source"]) == {"monitor"}


def test_false_reports_are_no_violations() -> None:
    """Catches false reports in the table of violations, or violations that they displace."""
    false = run(FALSE)
    true = run({**FALSE, "clutter": {}}, reports__complaint__false_per_day=0.0)
    assert false.measures["false_reports"] > 1000
    assert true.measures["false_reports"] == 0.0
    assert false.measures["n_violations"] == true.measures["n_violations"]
    same = ["onset_h", "end_h", "chainage_km", "kind", "severity", "reported_h", "detected_h"]
    pd.testing.assert_frame_equal(false.violations[same], true.violations[same])
    natures = false.reports.set_index("violation")["nature"]
    assert np.all(natures.reindex(false.violations["violation"]).dropna() == "violation")


def share(part: int | np.integer, whole: int | np.integer) -> float:
    return float(part) / float(whole)


@pytest.mark.parametrize("warmup_days", [0.0, 30.0])
def test_measures_of_reports_follow_from_the_tables(warmup_days: float) -> None:
    """Catches false reports mixed into shares of true ones, and reports of the warm-up counted."""
    ear = {"radius_km": 15.0, "look_chance": 0.5, "confirms": False}
    mast = WATCHED["monitors"]["mast"]
    monitors = {"ears": {**mast, "platform": "ear"}, "mast": mast}
    clutter = {"fires": {**FALSE["clutter"]["fires"], "look_chance": {"ear": 0.4}}}
    platforms = {"ear": ear, "mast": {**WATCHED["platforms"]["mast"], "radius_km": 5.0}}
    tables = {**FALSE, "platforms": platforms, "monitors": monitors, "clutter": clutter}
    outcome = run(tables, run__warmup_days=warmup_days)
    first_h, now = 24.0 * warmup_days, outcome.plan.horizon_h
    onset = outcome.world.violations["onset"]
    reports = outcome.reports
    reports = reports[onset[reports["violation"]] >= first_h]
    rows = outcome.violations[outcome.violations["onset_h"] >= first_h]
    true = reports[reports["nature"] == "violation"]
    false = reports[reports["nature"] != "violation"]
    ruled = true[true["ruling"] != "none"]
    reports_due = outcome.world.report_at[rows["violation"]]
    due = ((reports_due > now) & np.isfinite(reports_due)).any(axis=1)
    over = (rows["end_h"] <= now) & rows["reported_h"].isna() & ~due
    silent = rows["end_h"].where(over)
    calls = true[true["called_h"].notna()]
    expected = {
        "false_reports": len(false),
        "false_attributed": (false["ruling"] == "attributed").sum(),
        "false_trips": false["dispatched_h"].notna().sum(),
        "attributed_share": share((ruled["ruling"] == "attributed").sum(), len(ruled)),
        "attribution_rate": share(
            (ruled["ruling"] == "attributed")[onset[ruled["violation"]] <= now - 24.0].sum(),
            (rows["onset_h"] <= now - 24.0).sum(),
        ),
        "dismissed_share": share((ruled["ruling"] == "false_alarm").sum(), len(ruled)),
        "reported_share": estimate(rows, rows["reported_h"], silent, now)[0],
        "confirmed_share": share((true["grade"] == "confirmed").sum(), len(true)),
        "chain_time_mean_min": 60.0 * (calls["called_h"] - calls["reported_h"]).mean(),
    }
    for name, value in expected.items():
        assert value > 0
        assert outcome.measures[name] == pytest.approx(value), name


def test_what_is_still_live_is_attributed_once_it_is_reported() -> None:
    """Catches a share above 1: rulings on violations that are not over, and were not detected."""
    kinds = {"camp": {"mean_duration_min": 2e6}}
    complaints = {"share": 0.9, "delay_min": 10.0, "attribution_chance": 1.0}
    tables = {
        **FALSE,
        "violations": {"rate_per_day": 5.0, "kinds": kinds},
        "reports": {"complaints": complaints},
        "clutter": {},
        "monitors": {},
    }
    outcome = run(tables)
    rows = outcome.reports[outcome.reports["nature"] == "violation"]
    last = outcome.plan.horizon_h - outcome.scenario.measures.follow_up_h
    early = outcome.violations[outcome.violations["onset_h"] <= last]
    attributed = (rows.set_index("violation")["ruling"] == "attributed").reindex(early["violation"])
    over = outcome.violations["end_h"] <= outcome.plan.horizon_h
    assert attributed.sum() > over.sum()
    share_of_all = attributed.astype(float).fillna(0.0).mean()
    assert outcome.measures["attribution_rate"] == pytest.approx(share_of_all)
    assert outcome.measures["attribution_rate"] < 1.0


def test_the_wait_for_desks_is_the_mean_over_all_reports() -> None:
    """Catches waits of false reports left out, or those of a second station forgotten."""
    outcome = run(FALSE, headquarters__ruling__desks=1, headquarters__analysis__desks=1)
    waits = outcome.reports["desk_wait_min"]
    waiting = int(outcome.world.stations["queued"].sum())
    assert waiting <= 3
    assert outcome.measures["desk_wait_mean_min"] == pytest.approx(waits.mean(), rel=0.01)
    assert waits.mean() > 1.0
