"""`ceasefire optimise`: forces that no other beats in every aim."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli import types

if TYPE_CHECKING:
    from sim.sizing.optimisation import Optimum


KIND = "optimisation"


def add(commands: types.Commands) -> None:
    """Add `ceasefire optimise`."""
    optimise = types.add(
        commands,
        "optimise",
        "search for Pareto-optimal forces under several aims",
        "Search for good forces under several aims with Optuna (extra: optimise). Prints and "
        "writes the forces that no other tested one beats in every aim, all trials, and a figure.",
    )
    optimise.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    types.add_vary(optimise, "may be given several times")
    for name in ("maximise", "minimise"):
        optimise.add_argument(
            f"--{name}", action="append", default=[], metavar="AIM",
            help='such as detection_rate, "p90(response_time_min)" or cost; may be given several '
            "times",
        )  # fmt: skip
    optimise.add_argument("--cost", metavar="FORMULA", help="formula of keys for the aim cost")
    optimise.add_argument(
        "--trials", type=types.replications, default=100, metavar="N",
        help="forces to try (default: 100)",
    )  # fmt: skip
    optimise.add_argument(
        "--replications", type=types.replications, default=10, metavar="N",
        help="runs per force (default: 10)",
    )  # fmt: skip
    optimise.add_argument(
        "--sampler", choices=("nsga2", "tpe"), default="nsga2",
        help="sampler that proposes forces (default: nsga2)",
    )  # fmt: skip
    types.add_given(optimise)
    types.add_runs(optimise, "optimise")


def execute(options: argparse.Namespace) -> int:
    """Search for good forces and write what was found.

    Parameters
    ----------
    options
        ``scenario``, ``vary``, ``maximise``, ``minimise``, ``cost``, ``trials``,
        ``replications``, ``sampler``, ``given``, ``first_seed``, ``workers``, ``out``, ``quiet``.

    Returns
    -------
    int
        Exit status 0.
    """
    from sim.cli.common import OUTPUTS, announce_compilation, naming, show, show_paths, tell_notes
    from sim.manifest import claim_directory, environment, now, timing
    from sim.output.figures.sizing import force_table
    from sim.scenario import Scenario
    from sim.setup.plan import load_line
    from sim.sizing.optimisation import load_optuna, optimise

    optuna = load_optuna()
    scenario = Scenario.load(options.scenario)
    out: Path = options.out or OUTPUTS / f"optimise-{options.scenario.stem}"
    claim_directory(out, KIND)
    if not options.quiet:
        with naming(options.scenario, options):
            tell_notes(load_line(scenario))
        announce_compilation()
    started = now()
    with naming(options.scenario, options):
        found = optimise(
            scenario,
            vary=options.vary,
            maximise=options.maximise,
            minimise=options.minimise,
            cost=options.cost,
            trials=options.trials,
            replications=options.replications,
            sampler=options.sampler,
            given=options.given,
            first_seed=options.first_seed,
            workers=options.workers,
        )
    manifest = {
        "kind": KIND,
        **environment(),
        "optuna": optuna.__version__,
        **timing(started),
        **describe(found, options),
        "scenario": scenario.with_values(found.given).model_dump(mode="json"),
    }
    names = write_results(found, manifest, out)
    if not options.quiet:
        show(force_table("Forces that no other tested one beats in every aim", found.front))
        print(f"\n{summary(found)}")
        show_paths(out / name for name in names)
    return 0


def describe(found: Optimum, options: argparse.Namespace) -> dict[str, Any]:
    """Describe what was asked, ready to be written as JSON."""
    return {
        "vary": {f.key: [f.levels[0], f.levels[-1], f.levels.step] for f in found.factors},
        "maximise": [aim.text for aim in found.objectives if aim.maximise],
        "minimise": [aim.text for aim in found.objectives if not aim.maximise],
        "cost": options.cost,
        "given": dict(found.given),
        "trials": options.trials,
        "sampler": options.sampler,
        "replications": found.replications,
        "first_seed": found.first_seed,
        "first_fresh_seed": found.first_fresh_seed,
        "runs": found.runs,
    }


def summary(found: Optimum) -> str:
    """Say how many forces were run with which seeds."""
    from sim.sizing.given import given_text
    from sim.sizing.optimisation import CHECK_RUNS

    last = found.first_seed + found.replications - 1
    fresh = found.first_fresh_seed
    given = f"Given {given_text(found.given)}: " if found.given else ""
    return (
        f"{given}{len(found.trials):,} trials with seeds {found.first_seed} to {last}; those on "
        f"the front again with seeds {fresh} to {fresh + CHECK_RUNS * found.replications - 1} "
        f"(fresh); {found.runs:,} runs in all."
    )


def write_results(found: Optimum, manifest: dict[str, Any], out: Path) -> list[str]:
    """Write the tables, the figure and the manifest of a search; their names."""
    from sim.files import staging
    from sim.manifest import write_manifest
    from sim.output import save_figure
    from sim.output.figures.pareto import draw_pareto

    with staging(out) as folder:
        found.trials.to_csv(folder / "trials.csv", index_label="trial")
        found.front.to_csv(folder / "front.csv", index=False)
        write_manifest(folder, manifest, files=folder.iterdir())
        aims = [(aim.text, aim.maximise) for aim in found.objectives]
        figure = draw_pareto(found.trials, found.front, aims, summary(found))
        save_figure(figure, folder / "pareto")
        return sorted(file.name for file in folder.iterdir())
