"""The scenarios the page offers: a file of the user's, and the configs beside the package."""

from pathlib import Path

from sim.scenario import Scenario

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
"""Where the scenario library lies in a checkout; it is not part of the wheel."""
SCENARIO_VARIABLE = "CEASEFIRE_APP_SCENARIO"
"""Environment variable with the scenario file to begin with; set by `ceasefire app`."""
BUILT_IN = "straight line of 600 km (built in)"
FIRST = "baseline"


def built_in() -> Scenario:
    """Return a small scenario that needs no file, for a wheel without the scenario library."""
    return Scenario.from_dict(
        {
            "title": "A straight line of 600 km, watched by tactical drones",
            "line": {"length_km": 600.0},
            "run": {"duration_days": 90.0},
            "violations": {
                "rate_per_day": 30.0,
                "kinds": {"shelling": {"share": 1.0, "mean_duration_min": 60.0}},
            },
            "monitors": {"tactical": {"platform": "tactical", "count": 60, "patrol": "shuttle"}},
            "support": {"patrols": {"nation": "any", "count": 20, "placement": "even"}},
        }
    )


def find_scenarios(chosen: Path | None = None, folder: Path = CONFIGS) -> dict[str, Path | None]:
    """Return the scenarios to offer, by name; None stands for the built-in one.

    Parameters
    ----------
    chosen
        The user's file; it comes first.
    folder
        Where the scenario library is looked for; sweep files in it are left out.
    """
    found: dict[str, Path | None] = {} if chosen is None else {chosen.stem: chosen}
    files = sorted(folder.glob("*.toml"), key=lambda file: (file.stem != FIRST, file.stem))
    for file in files:
        if not file.stem.endswith("_sweep") and file.stem != "core":
            found.setdefault(file.stem, file)
    return found or {BUILT_IN: None}


def load_scenario(path: Path | Scenario | None) -> Scenario:
    """Read a scenario of `find_scenarios`; one that is read already stays as it is.

    Raises
    ------
    InputError
        When the file cannot be used.
    """
    if isinstance(path, Scenario):
        return path
    if path is None:
        return built_in()
    return Scenario.load(path)
