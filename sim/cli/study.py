"""The arguments of the commands that study a scenario with many runs."""

import argparse
from pathlib import Path

from sim.cli import types as words


def add_sweep(commands: words.Commands) -> None:
    """Add `ceasefire sweep`."""
    sweep = words.add(
        commands,
        "sweep",
        "run a grid of scenarios, each with several seeds",
        "Run a scenario over a grid of values, each point with the same seeds. Prints and writes "
        "means with 95 % intervals (the run is the unit), figures, and every run as Parquet. The "
        "same command takes up a sweep that was interrupted.",
    )
    sweep.add_argument("sweep", metavar="SWEEP", type=Path, help="sweep file (TOML)")
    sweep.add_argument(
        "--workers",
        type=words.workers,
        metavar="N",
        help="runs made at a time (default: one a processor); the results do not depend on it",
    )
    sweep.add_argument(
        "--dry-run",
        action="store_true",
        help="time a few runs, say what the sweep will take, and write nothing",
    )
    sweep.add_argument(
        "--run-limit",
        type=words.seconds_above_0,
        default=3600.0,
        metavar="S",
        help="seconds after which a run is given up as failed (default: 3600)",
    )
    sweep.add_argument(
        "--threads",
        action="store_true",
        help="threads of one process instead of processes: starts sooner, but a run that hangs or "
        "crashes takes the sweep along",
    )
    sweep.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="make the runs on a Dask cluster, such as tcp://host:8786, or local for one of this "
        "machine's own",
    )
    sweep.add_argument(
        "--shard",
        metavar="I/N",
        help="make the i-th of n parts of the runs only, for arrays of jobs; join them with merge",
    )
    sweep.add_argument(
        "--precision",
        action="append",
        default=[],
        metavar="MEASURE=HALF",
        help="make replications of each point until the 95 %% interval of the measure is no wider "
        "than this to either side, as detection_rate=0.01; may be given several times",
    )
    sweep.add_argument(
        "--max-replications",
        type=words.replications,
        default=1000,
        metavar="N",
        help="replications of a point at most, with --precision (default: 1000)",
    )
    words.add_measures(sweep, "what the sweep file asks for; these are kept beside it")
    sweep.add_argument("--retry-failed", action="store_true", help="make failed runs again")
    sweep.add_argument(
        "--out",
        type=words.place_of,
        metavar="DIR",
        help="directory or URL for the results (default: outputs/<sweep>)",
    )


def add_sensitivity(commands: words.Commands) -> None:
    """Add `ceasefire sensitivity`."""
    sensitivity = words.add(
        commands,
        "sensitivity",
        "show which factors the results of a sweep hang on",
        "Analyse a finished sweep of a morris or saltelli design: Morris screening or Sobol "
        "indices with 95 % intervals, as a table and a ranked figure for each measure.",
    )
    sensitivity.add_argument(
        "directory", metavar="DIR", type=words.place_of, help="directory of a sweep"
    )
    sensitivity.add_argument(
        "--measure",
        action="append",
        metavar="NAME",
        help="a measure to analyse; may be given several times (default: detection rate, response "
        "time and answered share)",
    )
    sensitivity.add_argument(
        "--out",
        type=words.place_of,
        metavar="DIR",
        help="directory for table and figures (default: sensitivity in DIR)",
    )


def add_status(commands: words.Commands) -> None:
    """Add `ceasefire status`."""
    status = words.add(
        commands,
        "status",
        "say what a directory of results holds",
        "Say how many runs of a sweep are there, how many failed and why. Exit status 1 if any is "
        "missing or failed.",
    )
    status.add_argument(
        "directory", metavar="DIR", type=words.place_of, help="directory of a sweep"
    )


def add_report(commands: words.Commands) -> None:
    """Add `ceasefire report`."""
    report = words.add(
        commands,
        "report",
        "write a page to read and print from results",
        "Write one HTML page from the results of run, sweep, compare, size or calibrate: the "
        "question, the answer in two sentences, figures, tables, limits, how to reproduce it, and "
        "every assumption with its source. It needs no other file and no network.",
    )
    report.add_argument(
        "directory", metavar="DIR", type=words.place_of, help="directory of the results"
    )
    report.add_argument(
        "--out", type=Path, metavar="FILE", help="the page (default: report.html in DIR)"
    )


def add_merge(commands: words.Commands) -> None:
    """Add `ceasefire merge`."""
    merge = words.add(
        commands,
        "merge",
        "put the results of several directories of one sweep into one",
        "Put the results of several directories of one sweep, such as its shards, into another. "
        "The sweep command with that directory then writes summary and figures. Exit status 1 if "
        "runs are missing or failed.",
    )
    merge.add_argument(
        "directories",
        metavar="DIR",
        type=words.place_of,
        nargs="+",
        help="directories of one sweep",
    )
    merge.add_argument(
        "--out", type=words.place_of, metavar="DIR", required=True, help="directory for all of them"
    )


def add_export(commands: words.Commands) -> None:
    """Add `ceasefire export`."""
    export = words.add(
        commands,
        "export",
        "write the runs of a sweep as CSV",
        "Write all runs of a sweep as one CSV file, one row a run.",
    )
    export.add_argument(
        "directory", metavar="DIR", type=words.place_of, help="directory of a sweep"
    )
    export.add_argument("--csv", type=Path, metavar="FILE", required=True, help="the file to write")


def add_size(commands: words.Commands) -> None:
    """Add `ceasefire size`."""
    size = words.add(
        commands,
        "size",
        "find the smallest forces that meet requirements",
        "Find the smallest forces that meet every requirement, with a stated confidence. All "
        "forces are run with the same seeds, each until its verdict is clear. Prints and writes "
        "the forces that suffice, those that do not, all that was tested, and a figure.",
    )
    size.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    size.add_argument(
        "--require", action="append", required=True, metavar="RULE",
        help='such as "detection_rate >= 0.9", "p90(response_time_min) <= 60", '
        '"P(answered_share >= 0.8) >= 0.9" or, with --cost, "cost <= 100e6"; may be given several '
        "times",
    )  # fmt: skip
    _add_vary(size, "one size, or two by giving it twice")
    size.add_argument(
        "--cost", metavar="FORMULA", help="seek the cheapest force: a formula of keys"
    )
    size.add_argument(
        "--confidence", type=float, default=0.95, metavar="C",
        help="chance that all verdicts on forces that are run are right (default: 0.95)",
    )  # fmt: skip
    size.add_argument(
        "--max-replications", type=words.replications, default=320, metavar="N",
        help="runs of one force at most (default: 320)",
    )  # fmt: skip
    size.add_argument(
        "--max-forces", type=words.replications, default=60, metavar="N",
        help="forces that are run at most (default: 60)",
    )  # fmt: skip
    _add_given(size)
    _add_runs(size, "size")


def add_optimise(commands: words.Commands) -> None:
    """Add `ceasefire optimise`."""
    optimise = words.add(
        commands,
        "optimise",
        "search for forces that no other beats in every aim",
        "Search for good forces under several aims with Optuna (extra: optimise). Prints and "
        "writes the forces that no other tested one beats in every aim, all trials, and a figure.",
    )
    optimise.add_argument("scenario", metavar="SCENARIO", type=Path, help="scenario file (TOML)")
    _add_vary(optimise, "may be given several times")
    for name in ("maximise", "minimise"):
        optimise.add_argument(
            f"--{name}", action="append", default=[], metavar="AIM",
            help='such as detection_rate, "p90(response_time_min)" or cost; may be given several '
            "times",
        )  # fmt: skip
    optimise.add_argument(
        "--cost", metavar="FORMULA", help="what the aim cost is: a formula of keys"
    )
    optimise.add_argument(
        "--trials", type=words.replications, default=100, metavar="N",
        help="forces that are tried (default: 100)",
    )  # fmt: skip
    optimise.add_argument(
        "--replications", type=words.replications, default=10, metavar="N",
        help="runs of each (default: 10)",
    )  # fmt: skip
    optimise.add_argument(
        "--sampler", choices=("nsga2", "tpe"), default="nsga2",
        help="what proposes forces (default: nsga2)",
    )  # fmt: skip
    _add_given(optimise)
    _add_runs(optimise, "optimise")


def _add_vary(command: argparse.ArgumentParser, how_often: str) -> None:
    command.add_argument(
        "--vary", action="append", required=True, metavar="KEY=FROM:TO",
        help="what is varied, such as monitors.male.count=20:400 (or 20:400:10 in steps of ten); "
        f"monitors.count is the total of all groups; {how_often}",
    )  # fmt: skip


def _add_given(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--given", action="append", default=[], metavar="KEY=VALUE",
        help="a value of the scenario that what is found is conditional on, such as "
        "united_states.engagement=engaged; may be given several times",
    )  # fmt: skip


def _add_runs(command: argparse.ArgumentParser, name: str) -> None:
    command.add_argument(
        "--first-seed", type=words.first_seed, default=1, metavar="FIRST",
        help="seed of the first run of each force, the next ones follow (default: 1)",
    )  # fmt: skip
    command.add_argument(
        "--workers", type=words.workers, metavar="N",
        help="runs made at a time (default: one a processor); the results do not depend on it",
    )  # fmt: skip
    command.add_argument(
        "--out", type=Path, metavar="DIR",
        help=f"directory for the results (default: outputs/{name}-<scenario>)",
    )  # fmt: skip


def add_calibrate(commands: words.Commands) -> None:
    """Add `ceasefire calibrate`."""
    calibrate = words.add(
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
        help="scenario file (TOML) that the fragment is laid over; its line and hot spots say what "
        "places mean",
    )  # fmt: skip
    calibrate.add_argument(
        "--from", dest="first", type=words.day, metavar="DATE",
        help="first day of the record (default: that of the table)",
    )  # fmt: skip
    calibrate.add_argument(
        "--to", dest="last", type=words.day, metavar="DATE",
        help="last day of the record (default: that of the table)",
    )  # fmt: skip
    calibrate.add_argument(
        "--by-day", action="store_true",
        help="set times of day aside and count incidents by day",
    )  # fmt: skip
    calibrate.add_argument(
        "--time-zone", metavar="ZONE",
        help="time zone (such as Europe/Kyiv) whose clocks times with an offset from UTC are "
        "brought to (default: as they stand)",
    )  # fmt: skip
    calibrate.add_argument(
        "--split", action="append", default=[], type=words.day, metavar="DATE",
        help="first day of a phase with a rate of its own; may be given several times",
    )  # fmt: skip
    calibrate.add_argument(
        "--confidence", type=float, default=0.95, metavar="C",
        help="chance that an interval holds the value (default: 0.95)",
    )  # fmt: skip
    calibrate.add_argument(
        "--trials", type=words.trials, default=20, metavar="N",
        help="tables drawn from the fit and fitted again, to check the intervals (default: 20; 0 = "
        "none)",
    )  # fmt: skip
    calibrate.add_argument(
        "--out", type=Path, metavar="DIR",
        help="directory for the results (default: outputs/calibrate-<table>)",
    )  # fmt: skip


def add_line(commands: words.Commands) -> None:
    """Add `ceasefire line`."""
    line = words.add(
        commands,
        "line",
        "derive a contact line from polygons of occupied territory",
        "Derive the contact line from polygons of occupied territory (GeoJSON). Prints its length "
        "and what was left out, and writes the line as GeoJSON with a picture beside it.",
    )
    line.add_argument(
        "occupied", metavar="OCCUPIED", type=Path, help="polygons of what is occupied (GeoJSON)"
    )
    line.add_argument(
        "--country", type=Path, metavar="FILE",
        help="polygons of the whole country (GeoJSON; default: Ukraine as on the base map, "
        "accurate to a few kilometres)",
    )  # fmt: skip
    line.add_argument(
        "--out", type=Path, metavar="FILE", required=True,
        help="the line (.geojson); the picture is FILE.png",
    )  # fmt: skip
    line.add_argument(
        "--opening-km", type=float, metavar="KM",
        help="free land narrower than twice this does not count (default: 1.25)",
    )  # fmt: skip
    line.add_argument(
        "--min-area-km2", type=float, metavar="KM2",
        help="areas cut off from their own side that are smaller do not count (default: 500)",
    )  # fmt: skip
    line.add_argument(
        "--reach-km", type=float, metavar="KM",
        help="greatest distance of the line from occupied land (default: 2)",
    )  # fmt: skip
    line.add_argument(
        "--max-gap-km", type=float, metavar="KM",
        help="pieces of front with gaps up to this are joined, others left out (default: 25)",
    )  # fmt: skip
