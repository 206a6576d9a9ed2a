"""`ceasefire calibrate`: fit the violation process to a record."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import types

if TYPE_CHECKING:
    from sim.calibration import Calibration, Counts, Events, Recovery
    from sim.scenario import Scenario

KIND = "calibration"


def add(commands: types.Commands) -> None:
    """Add `ceasefire calibrate`."""
    calibrate = types.add(
        commands,
        "calibrate",
        "fit the violation process to a record of counts or incidents",
        "Fit the violation process to a table (CSV) by maximum likelihood: date and count, or "
        "incidents with datetime or date, and chainage_km or lon and lat; the columns of UCDP, "
        "ACLED and FIRMS are known. Prints and writes the numbers with intervals, how the table "
        "was read, a figure, and a fragment of a scenario file.",
    )
    calibrate.add_argument("table", metavar="TABLE", type=Path, help="table (CSV)")
    calibrate.add_argument(
        "--scenario", type=Path, metavar="SCENARIO",
        help="scenario file (TOML) that the fragment extends; its line and hot spots say what "
        "places mean",
    )  # fmt: skip
    calibrate.add_argument(
        "--from", dest="first", type=types.day, metavar="DATE",
        help="first day of the record (default: that of the table)",
    )  # fmt: skip
    calibrate.add_argument(
        "--to", dest="last", type=types.day, metavar="DATE",
        help="last day of the record (default: that of the table)",
    )  # fmt: skip
    calibrate.add_argument(
        "--by-day", action="store_true",
        help="ignore times of day and count incidents by day",
    )  # fmt: skip
    calibrate.add_argument(
        "--time-zone", metavar="ZONE",
        help="time zone (such as Europe/Kyiv) whose clocks times with an offset from UTC are "
        "brought to (default: as they stand)",
    )  # fmt: skip
    calibrate.add_argument(
        "--split", action="append", default=[], type=types.day, metavar="DATE",
        help="first day of a phase with its own rate; may be given several times",
    )  # fmt: skip
    calibrate.add_argument(
        "--confidence", type=float, default=0.95, metavar="C",
        help="confidence level of the intervals (default: 0.95)",
    )  # fmt: skip
    calibrate.add_argument(
        "--trials", type=types.trials, default=20, metavar="N",
        help="tables simulated from the fit and refitted, to check the intervals (default: 20; 0 = "
        "none)",
    )  # fmt: skip
    types.add_out(calibrate, "calibrate-<table>")


def execute(options: argparse.Namespace) -> int:
    """Fit the violation process to a table and write what was found.

    Parameters
    ----------
    options
        ``table``, ``scenario``, ``first``, ``last``, ``by_day``, ``time_zone``, ``split``,
        ``confidence``, ``trials``, ``out``, ``quiet``.

    Returns
    -------
    int
        Exit status 0.
    """
    from sim.calibration import calibrate, read_table
    from sim.cli.common import OUTPUTS, show_paths
    from sim.manifest import claim_directory, environment, now, timing
    from sim.scenario import Scenario

    table_path: Path = options.table
    scenario = Scenario.load(options.scenario) if options.scenario else None
    table = read_table(
        table_path, options.first, options.last, by_day=options.by_day, time_zone=options.time_zone
    )
    for warning in table.reading.warnings:
        print(f"ceasefire: warning: {table_path}: {warning}", file=sys.stderr)
    out: Path = options.out or OUTPUTS / f"calibrate-{table_path.stem}"
    started = now()
    found = calibrate(
        table, splits=tuple(options.split), confidence=options.confidence, scenario=scenario
    )
    claim_directory(out, KIND)
    check = _check(found, table, scenario, options) if options.trials else None
    manifest = {
        "kind": KIND,
        **environment(),
        **timing(started),
        "table": str(table_path),
        "options": _asked(options),
        "scenario": None if scenario is None else scenario.model_dump(mode="json"),
    }
    names = write_results(found, check, manifest, options.scenario, out)
    if not options.quiet:
        _show(found, check)
        show_paths(out / name for name in names)
    return 0


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    """Return what was asked for, for the manifest."""
    return {
        "scenario": None if options.scenario is None else str(options.scenario),
        "from": options.first, "to": options.last, "by_day": options.by_day,
        "time_zone": options.time_zone, "split": list(options.split),
        "confidence": options.confidence, "trials": options.trials,
    }  # fmt: skip


def _check(
    found: Calibration,
    table: Counts | Events,
    scenario: Scenario | None,
    options: argparse.Namespace,
) -> Recovery | None:
    """Draw tables from the fit and fit them again; say on stderr how far it is."""
    from sim.calibration import recover
    from sim.errors import InputError

    def tell(done: int) -> None:
        print(f"\r  self-check: {done} of {options.trials}", end="", file=sys.stderr, flush=True)

    try:
        return recover(
            found, table, trials=options.trials, scenario=scenario,
            tell=None if options.quiet else tell,
        )  # fmt: skip
    except InputError as error:  # a run cannot be as long or as busy as the record
        print(f"ceasefire: warning: no self-check: {error}", file=sys.stderr)
        return None
    finally:
        if not options.quiet:
            print(file=sys.stderr)


def write_results(
    found: Calibration,
    check: Recovery | None,
    manifest: dict[str, Any],
    scenario: Path | None,
    out: Path,
) -> list[str]:
    """Write the numbers, the fragment, the figure and the manifest; their names."""
    from sim.calibration import FRAGMENT, fragment_text
    from sim.files import json_text, staging
    from sim.manifest import write_manifest
    from sim.output import save_figure
    from sim.output.figures.calibration import draw_calibration

    with staging(out) as folder:
        content = {**found.describe(), "self_check": check.describe() if check else None}
        (folder / "calibration.json").write_text(json_text(content), encoding="utf-8")
        (folder / FRAGMENT).write_text(fragment_text(found, scenario, out), encoding="utf-8")
        write_manifest(folder, manifest, files=folder.iterdir())
        save_figure(draw_calibration(found), folder / "calibration")
        return sorted(file.name for file in folder.iterdir())


def _show(found: Calibration, check: Recovery | None) -> None:
    from sim.cli.common import show
    from sim.output.figures.calibration import calibration_table, interval_words

    print(found.record)
    for line in found.reading.words:
        print(f"- {line}")
    print()
    show(calibration_table(found, check))
    fit = found.residuals
    print(f"\nModel: {found.model}; log-likelihood {found.log_likelihood:.2f}.")
    print(f"Intervals: {interval_words(found)}.")
    print(
        f"Fit: Kolmogorov-Smirnov distance {fit.distance:.3f} over {len(fit.uniform):,} "
        f"{fit.what}, p = {fit.p_value:.2g}."
    )
    if check is not None:
        print(
            f"Self-check: {check.trials} tables drawn from the fit by the engine and fitted again; "
            "column held: how often the interval held the planted value."
        )
    for line in (*found.cannot, *found.notes):
        print(f"- {line}")
