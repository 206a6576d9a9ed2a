"""`ceasefire compare`: scenarios run with the same seeds, and how they differ from the first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import types

if TYPE_CHECKING:
    from sim.experiment import Comparison
    from sim.geography import ContactLine
    from sim.scenario import Scenario


ALL_FAILED = 1
KIND = "comparison"
END_DAY = "ceasefire_end_day"
HOLDING = "holding"
LONGEST_NAME = 100
"""Letters of a directory that is named after many scenarios."""


def add(commands: types.Commands) -> None:
    """Add `ceasefire compare`."""
    compare = types.add(
        commands,
        "compare",
        "run scenarios with the same seeds and show how they differ",
        "Run two or more scenarios with the same seeds. Prints and writes how the others differ "
        "from the first, with 95 % intervals (the run is the unit), figures, and every run as "
        "Parquet.",
    )
    compare.add_argument(
        "scenarios", metavar="SCENARIO", type=Path, nargs="+",
        help="scenario files (TOML); the first is the reference",
    )  # fmt: skip
    compare.add_argument(
        "--replications", type=types.replications, default=40, metavar="N",
        help="runs per scenario (default: 40)",
    )  # fmt: skip
    compare.add_argument(
        "--seed", type=types.first_seed, default=1, metavar="FIRST",
        help="seed of the first run; the others follow it (default: 1)",
    )  # fmt: skip
    types.add_measures(compare, "the headline")
    types.add_workers(compare)
    types.add_out(compare, "compare-<scenarios>")


def execute(options: argparse.Namespace) -> int:
    """Compare scenarios and write the results.

    Parameters
    ----------
    options
        ``scenarios``, ``replications``, ``seed``, ``workers``, ``measures``, ``window``, ``out``,
        ``quiet``.

    Returns
    -------
    int
        Exit status: 0, or 1 if so many runs failed that nothing is left to compare.
    """
    from sim.cli.common import (
        OUTPUTS,
        announce_compilation,
        asked_measures,
        show_paths,
        tell_failures,
        tell_notes,
    )
    from sim.experiment import compare
    from sim.experiment.comparison import check_measures, load_scenarios
    from sim.manifest import claim_directory, now, timing
    from sim.results.measures import headline

    scenarios = load_scenarios(options.scenarios)
    measures = check_measures(
        asked_measures(options, list(scenarios.values()), lambda scenario: headline([scenario]))
    )
    out: Path = options.out or OUTPUTS / default_name(options.scenarios)
    claim_directory(out, KIND)
    if not options.quiet:
        tell_notes(*_lines(options.scenarios, list(scenarios.values())))
        announce_compilation()
    started = now()
    comparison = compare(
        scenarios,
        measures=measures,
        replications=options.replications,
        first_seed=options.seed,
        workers=options.workers,
        progress=not options.quiet,
    )
    manifest = describe(comparison, options) | timing(started)
    if not options.quiet:
        for note in comparison.notes:
            print(f"ceasefire: note: {note}", file=sys.stderr)
    errors = comparison.runs["error"]
    failed = errors.ne("")
    tell_failures(int(failed.sum()), len(errors), next(iter(errors[failed]), ""))
    done = set(comparison.runs.loc[~failed, "scenario"])
    if comparison.reference not in done or len(done) < 2:
        return ALL_FAILED
    files = {label: Path(file) for label, file in manifest["files"].items()}
    names = write_results(comparison, manifest, options.replications, out, files)
    if not options.quiet:
        _show(comparison, options.replications)
        show_paths(out / name for name in names)
    return 0


def _lines(paths: Sequence[Path], scenarios: Sequence[Scenario]) -> Iterator[ContactLine]:
    """Read the contact line of each scenario."""
    from sim.cli.common import naming
    from sim.setup.plan import load_line

    for path, scenario in zip(paths, scenarios, strict=True):
        with naming(path):
            yield load_line(scenario)


def default_name(paths: list[Path]) -> str:
    """Name a directory after the scenarios."""
    return f"compare-{'-'.join(path.stem for path in paths)}"[:LONGEST_NAME]


def describe(comparison: Comparison, options: argparse.Namespace) -> dict[str, Any]:
    """Describe a comparison, so that it can be repeated."""
    from sim.manifest import environment

    return {
        "kind": KIND,
        **environment(),
        "reference": comparison.reference,
        "first_seed": options.seed,
        "replications": options.replications,
        "files": {
            label: str(path)
            for label, path in zip(comparison.scenarios, options.scenarios, strict=True)
        },
        "notes": list(comparison.notes),
        "scenarios": {
            label: scenario.model_dump(mode="json")
            for label, scenario in comparison.scenarios.items()
        },
    }


def write_results(
    comparison: Comparison,
    manifest: dict[str, Any],
    replications: int,
    out: Path,
    files: dict[str, Path],
) -> list[str]:
    """Write runs, tables, figures and the manifest of a comparison.

    Parameters
    ----------
    comparison
        The comparison.
    manifest
        What it was made with.
    replications
        Runs per scenario.
    out
        Where the files go.
    files
        File of each scenario, for the comments beside its values.

    Returns
    -------
    list of str
        The names of the files.
    """
    from sim.cli.common import keep_sources
    from sim.files import staging
    from sim.manifest import write_manifest
    from sim.output import (
        draw_differences,
        draw_holding,
        holding_table,
        save_figure,
        write_comparison_tables,
    )

    with staging(out) as folder:
        comparison.runs.to_parquet(folder / "runs.parquet", index=False)
        write_comparison_tables(comparison.table, replications, folder)
        keep_sources(folder, files)
        seeds = comparison.runs["seed"]
        note = f"Seeds {seeds.min()} to {seeds.max()}."
        save_figure(draw_differences(comparison.table, replications, note), folder / "differences")
        if END_DAY in comparison.runs and comparison.runs[END_DAY].notna().any():
            days = {k: s.run.duration_days for k, s in comparison.scenarios.items()}
            save_figure(draw_holding(comparison.runs, END_DAY, days), folder / HOLDING)
            table = holding_table(comparison.runs, END_DAY, days)
            table.to_csv(folder / f"{HOLDING}.csv", index=False)
        write_manifest(folder, manifest, files=folder.iterdir())
        names = sorted(file.name for file in folder.iterdir())
    for ending in ("png", "svg", "csv"):
        if f"{HOLDING}.{ending}" not in names:  # of an earlier comparison, in the same place
            (out / f"{HOLDING}.{ending}").unlink(missing_ok=True)
    return names


def _show(comparison: Comparison, replications: int) -> None:
    from rich.console import Console

    from sim.cli.common import show
    from sim.output import comparison_tables

    for label, scenario in comparison.scenarios.items():
        print(f"{label}: {'; '.join(filter(None, (scenario.title, scenario.question)))}")
    print()
    show(*comparison_tables(comparison.table, replications, Console().width))
