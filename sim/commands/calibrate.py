"""`ceasefire calibrate`: fit the violation process to a record."""

import argparse
from pathlib import Path
from typing import Any

from sim.calibration import FRAGMENT, Calibration, calibrate, fragment_text, read_table
from sim.commands.common import OUTPUTS, show, show_paths
from sim.files import json_text, staging
from sim.manifest import MANIFEST, claim_directory, environment, now
from sim.report import save_figure
from sim.report.calibration import calibration_table, draw_calibration
from sim.scenario import Scenario

KIND = "calibration"


def execute(options: argparse.Namespace) -> int:
    """Fit the violation process to a table and write what was found.

    Parameters
    ----------
    options
        ``table``, ``scenario``, ``first``, ``last``, ``split``, ``confidence``, ``out``,
        ``quiet``.

    Returns
    -------
    int
        Exit status 0.
    """
    table_path: Path = options.table
    scenario = Scenario.load(options.scenario) if options.scenario else None
    table = read_table(table_path, options.first, options.last)
    out: Path = options.out or OUTPUTS / f"calibrate-{table_path.stem}"
    started = now()
    found = calibrate(table, splits=tuple(options.split), confidence=options.confidence)
    claim_directory(out, KIND)
    manifest = {
        "kind": KIND,
        **environment(),
        "started": started.isoformat(timespec="seconds"),
        "duration_s": round((now() - started).total_seconds(), 3),
        "table": str(table_path),
        "scenario": None if scenario is None else scenario.model_dump(mode="json"),
    }
    names = write_results(found, manifest, options.scenario, out)
    if not options.quiet:
        _show(found)
        show_paths(out / name for name in names)
    return 0


def write_results(
    found: Calibration, manifest: dict[str, Any], scenario: Path | None, out: Path
) -> list[str]:
    """Write the numbers, the fragment, the figure and the manifest; their names."""
    with staging(out) as folder:
        (folder / "calibration.json").write_text(json_text(found.describe()), encoding="utf-8")
        (folder / FRAGMENT).write_text(fragment_text(found, scenario, out), encoding="utf-8")
        (folder / MANIFEST).write_text(json_text(manifest), encoding="utf-8")
        save_figure(draw_calibration(found), folder / "calibration")
        return sorted(file.name for file in folder.iterdir())


def _show(found: Calibration) -> None:
    show(calibration_table(found))
    check = found.residuals
    print(f"\nModel: {found.model}; log-likelihood {found.log_likelihood:.2f}.")
    print(
        f"Fit: Kolmogorov-Smirnov distance {check.distance:.3f} over {len(check.uniform):,} "
        f"{check.what}, p = {check.p_value:.2g}."
    )
    for line in (*found.cannot, *found.notes):
        print(f"- {line}")
