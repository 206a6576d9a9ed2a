"""The report of a calibration."""

from pathlib import Path
from typing import Any

from sim.calibration.reading import reading_of
from sim.manifest import read_json
from sim.output.html.content import Grid, Page, Picture
from sim.output.html.words import listed, quoted

_RATE = "violations.rate_per_day"
_NAMES = {
    _RATE: "rate per day",
    "violations.overdispersion_k": "overdispersion k",
    "violations.branching_ratio": "branching ratio",
}
_LIMITS = (
    "The fit is to what was recorded. Violations that nobody recorded are not in it.",
    "A record of one place and time says nothing certain of another ceasefire.",
    "Intervals hold chance within the fitted process only, not that the process may be wrong.",
)


def calibration_page(folder: Path, manifest: dict[str, Any]) -> Page:
    """Make the report of a calibration from its folder."""
    found = read_json(folder / "calibration.json")
    reading = reading_of(found.get("reading", {}))
    return Page(
        kind="calibration",
        title=f"Violations fitted to {Path(manifest['table']).name}",
        question="Which process of violations fits this record, and how closely is it known?",
        answer=[_answer(found), _fit(found)],
        cautions=list(reading.warnings),
        pictures=[Picture(folder / "calibration.svg", "The record and the fitted process")],
        grids=[
            _estimates(found),
            Grid("What was read, and how", ("What", "How it was read"), reading.told),
            _remarks(found),
        ],
        manifest=manifest,
        commands=[_command(manifest)],
        limits=_LIMITS,
    )


def _answer(found: dict[str, Any]) -> str:
    phased = any(one["key"].startswith("violations.phases.") for one in found["estimates"])
    names = {**_NAMES, _RATE: "rate per day in the first phase"} if phased else _NAMES
    parts = [
        f"{names[one['key']]} {_value(one['estimate'])} ({_interval(one)})"
        for one in found["estimates"]
        if one["key"] in names
    ]
    share = f"{100 * found['confidence']:g} %"
    return f"{found['record']}: {listed(parts)}; in brackets, {share} intervals."


def _fit(found: dict[str, Any]) -> str:
    fit = found["residuals"]
    return (
        f"Model: {found['model']}. Fit: Kolmogorov-Smirnov distance {fit['ks_distance']:.3f} over "
        f"{fit['number']:,} {fit['of']}, p = {fit['ks_p_value']:.2g}."
    )


def _value(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"


def _interval(one: dict[str, Any]) -> str:
    low, high = ("no bound" if one[end] is None else f"{one[end]:.4g}" for end in ("low", "high"))
    return f"{low} to {high}"


def _estimates(found: dict[str, Any]) -> Grid:
    check = found["self_check"]
    held = check["held"] if check else {}
    heads = ["Parameter", "Estimate", f"{100 * found['confidence']:g} % interval", "Unit"]
    rows = [
        [
            one["key"], _value(one["estimate"]), _interval(one), one["unit"], one["interval"],
            "/".join(str(number) for number in held.get(one["key"], ())),
        ]
        for one in found["estimates"]
    ]  # fmt: skip
    note = "Held: in how many of the tables drawn from the fit the interval held what was planted."
    return Grid("Fitted numbers", [*heads, "Interval by", "Held"], rows, note if check else "")


def _remarks(found: dict[str, Any]) -> Grid:
    rows = [["What the table cannot tell", text] for text in found["cannot_tell"]]
    rows += [["What to know of the numbers", text] for text in found["notes"]]
    return Grid("Remarks", ("About", "Remark"), rows)


def _command(manifest: dict[str, Any]) -> str:
    options = manifest.get("options", {})
    words = [f"ceasefire calibrate {quoted(str(manifest['table']))}"]
    words += [
        f"--{name.replace('_', '-')} {quoted(str(options[name]))}"
        for name in ("scenario", "from", "to", "time_zone", "confidence", "trials")
        if options.get(name) is not None
    ]
    words += [f"--split {day}" for day in options.get("split", ())]
    if options.get("by_day"):
        words.append("--by-day")
    return " ".join(words)
