"""What the page saves is the run on display, by content and by name, in a real browser."""

import json

import pandas as pd
import pytest

from sim import Scenario, simulate
from sim.app.export import events_csv, events_geojson
from sim.app.scenarios import CONFIGS
from sim.mesa.model import CeasefireModel

pytest.importorskip("solara")
pytest.importorskip("selenium")

from chromium import (
    PICTURES,
    answered,
    by_text,
    canvas,
    choose,
    click,
    find,
    saved,
    saves_into,
    text,
    until,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEY, UNITS = "monitors.male.count", "support.patrols.count"


@pytest.fixture
def page(page, tmp_path):
    saves_into(page, tmp_path)
    choose(page, "#speed", "180")
    return page


def save(page, folder, ending, run="now"):
    """Save the run in a form; return the name that the page gave the file, and its text."""
    click(page, f"[data-save='{run} {ending}']")
    file = saved(folder, ending)
    return file.name, file.read_text()


def play_to_the_end(page):
    click(page, "#play")
    until(lambda: "end of the run" in text(page, "#clock"), seconds=60)


def to_hour(scenario, seed, hours):
    """Return the run of a scenario and seed, without the page, at an hour."""
    model = CeasefireModel(scenario, rng=seed, step_minutes=60 * hours)
    model.step()
    return model


def test_what_is_saved_is_the_run_on_display(page, scenario, tmp_path):
    """Would catch files of the tab's first run, or under its name, after a change."""
    first, own = Scenario.load(scenario), {KEY: 5, UNITS: 3}
    for hours in (3, 6):
        answered(page, lambda: click(page, "#step"))
        name, table = save(page, tmp_path, "events.csv")
        assert name == f"short-seed1-{hours}h-events.csv"
        assert table == events_csv(to_hour(first, 1, hours))
    for key, value in own.items():
        answered(page, lambda key=key, value=value: choose(page, f"[data-key='{key}']", value))
    answered(page, lambda: choose(page, "#seed", "7"))
    stem = f"short-{KEY}=5-{UNITS}=3-seed7"
    changed = first.with_values(own)
    for _ in range(4):
        answered(page, lambda: click(page, "#step"))
    name, table = save(page, tmp_path, "events.csv")
    assert (name, table) == (f"{stem}-12h-events.csv", events_csv(to_hour(changed, 7, 12)))
    play_to_the_end(page)
    outcome = simulate(changed, seed=7)
    assert not outcome.violations.equals(simulate(first, seed=7).violations)
    name, table = save(page, tmp_path, "events.csv")
    assert (name, table) == (f"{stem}-72h-events.csv", outcome.violations.to_csv(index=False))
    name, points = save(page, tmp_path, "events.geojson")
    rows = [one["properties"] for one in json.loads(points)["features"]]
    assert name == f"{stem}-72h-events.geojson"
    assert [row["violation"] for row in rows] == outcome.violations["violation"].tolist()
    seen = [None if pd.isna(at) else at for at in outcome.violations["detected_h"]]
    assert [row["detected_h"] for row in rows] == seen
    name, drawing = save(page, tmp_path, "map.svg")
    assert name == f"{stem}-72h-map.svg"
    assert "<svg" in drawing
    click(page, "#picture")
    file = saved(tmp_path, "map.png")
    assert file.name == f"{stem}-72h-map.png"
    assert file.read_bytes().startswith(b"\x89PNG")


def test_changes_taken_back_leave_the_name(page, tmp_path):
    """Would catch a name that tells of a change that is none, or of another scenario's."""
    answered(page, lambda: choose(page, f"[data-key='{KEY}']", "5"))
    answered(page, lambda: choose(page, f"[data-key='{KEY}']", "20"))
    assert save(page, tmp_path, "events.csv")[0] == "short-seed1-0h-events.csv"
    answered(page, lambda: choose(page, f"[data-key='{KEY}']", "5"))
    answered(page, lambda: choose(page, "#scenario", "minimal"))
    answered(page, lambda: click(page, "#step"))
    name, table = save(page, tmp_path, "events.csv")
    assert name == "minimal-seed1-3h-events.csv"
    minimal = Scenario.load(CONFIGS / "minimal.toml")
    assert table == events_csv(to_hour(minimal, 1, 3))


def test_nothing_is_lost_while_the_run_plays(page, scenario, tmp_path):
    """Would catch a file that the next frame takes away, or that is of two moments."""
    choose(page, "#speed", "5")
    answered(page, lambda: choose(page, f"[data-key='{KEY}']", "9"))
    click(page, "#play")
    until(lambda: int(canvas(page, "number")) > 5)
    script = "document.querySelectorAll('[data-save]').forEach((button) => button.click())"
    page.execute_script(script)
    files = {ending: saved(tmp_path, ending) for ending in ("events.csv", "events.geojson")}
    saved(tmp_path, "map.svg")
    assert text(page, "#play") == "Pause"
    changed = Scenario.load(scenario).with_values({KEY: 9})
    for ending, make in (("events.csv", events_csv), ("events.geojson", events_geojson)):
        stem = files[ending].name.removesuffix(f"-{ending}")
        hours, minutes = stem.removeprefix(f"short-{KEY}=9-seed1-").split("h")
        time_h = int(hours) + int(minutes.removesuffix("min") or 0) / 60
        assert files[ending].read_text() == make(to_hour(changed, 1, time_h))


def test_each_of_two_runs_is_saved_under_its_name(page, scenario, tmp_path):
    """Would catch the kept run saved as the other, or either under one name for both."""
    answered(page, lambda: choose(page, f"[data-key='{KEY}']", "12"))
    answered(page, by_text(page, "button", "Keep this force and compare").click)
    answered(page, lambda: choose(page, f"[data-key='{KEY}']", "2"))
    play_to_the_end(page)
    first = Scenario.load(scenario)
    for run, count in (("kept", 12), ("now", 2)):
        name, table = save(page, tmp_path, "events.csv", run)
        assert name == f"short-{KEY}={count}-seed1-72h-events.csv"
        assert table == simulate(first.with_values({KEY: count})).violations.to_csv(index=False)
    pictures = find(page, ".ceasefire-save")
    for button, count in zip(pictures, (12, 2), strict=True):
        button.click()
        name = saved(tmp_path, "map.png").name
        assert name == f"short-{KEY}={count}-seed1-72h-map.png"
    page.execute_script("document.querySelector('.ceasefire-downloads').scrollIntoView()")
    assert page.save_screenshot(str(PICTURES / "saving.png"))
