"""What `run` tells a waiting user: a bar on a terminal once it takes long, nothing elsewhere."""

import io

import pytest
from rich.console import Console

from sim.cli import waiting
from sim.results.outcome import run_plan
from sim.scenario import Scenario
from sim.setup.plan import build_plan

SCENARIO = Scenario.from_dict(
    {
        "title": "short",
        "run": {"duration_days": 3.0},
        "line": {"length_km": 50.0},
        "violations": {"rate_per_day": 20.0, "kinds": {"shelling": {"mean_duration_min": 30.0}}},
        "monitors": {"male": {"platform": "male", "count": 2, "patrol": "shuttle"}},
        "support": {"patrols": {"nation": "France", "count": 2}},
    }
)


def half_a_run(console: Console, after_s: float) -> None:
    """Tell of a run that is interrupted half-way."""
    with waiting.waiting(show=True, console=console) as bar:
        bar.at("Running")
        bar.reached(0.5)
        if after_s == 0.0:
            bar._begin.join(timeout=10.0)  # the bar is shown by a thread
        raise KeyboardInterrupt


def shown(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, after_s: float) -> str:
    """Return what a user sees of a run that is interrupted half-way."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=terminal, force_interactive=terminal, width=80)
    monkeypatch.setattr(waiting, "SHOW_AFTER_S", after_s)
    with pytest.raises(KeyboardInterrupt):
        half_a_run(console, after_s if terminal else 60.0)
    return screen.getvalue()


def test_a_bar_is_shown_on_a_terminal_and_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches long runs without a sign of life, and a cursor that an interrupt leaves hidden."""
    found = shown(monkeypatch, terminal=True, after_s=0.0)
    assert "Running" in found
    assert "50%" in found
    assert found.rindex("\x1b[?25h") > found.rindex("\x1b[?25l")


@pytest.mark.parametrize(("terminal", "after_s"), [(False, 0.0), (True, 60.0)])
def test_nothing_is_shown_elsewhere_or_of_what_is_short(
    terminal: bool, after_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catches bars in logs and pipes, and bars that flicker past."""
    assert shown(monkeypatch, terminal=terminal, after_s=after_s) == ""


def test_a_run_that_is_watched_is_the_same_run() -> None:
    """Catches a run that goes another way for being watched, or shares that do not reach 1."""
    plan, shares = build_plan(SCENARIO), []
    watched = run_plan(plan, 3, shares.append)
    plain = run_plan(plan, 3)
    assert repr(watched.measures) == repr(plain.measures)  # some are nan
    assert watched.violations.equals(plain.violations)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 5


def test_an_interrupt_between_two_steps_ends_a_run() -> None:
    """Catches a run of hours that Ctrl-C does not end before its end."""

    def interrupt(share: float) -> None:
        if share > 0.01:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_plan(build_plan(SCENARIO), 1, interrupt)
