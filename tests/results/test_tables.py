"""The tables of a run as files: of the same types whatever happened."""

from itertools import permutations
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engine_scenarios import RICH, TINY, Tables, scenario

from sim.cli.run import write_results
from sim.results.outcome import simulate

NOTHING: Tables = {
    "title": "nothing at all",
    "run": {"duration_days": 2.0},
    "line": {"length_km": 60.0},
    "violations": {"rate_per_day": 0.0, "kinds": {"shelling": {"mean_duration_min": 30.0}}},
}
CASES = {
    "nothing": scenario(NOTHING),
    "no violation": scenario(TINY, violations__rate_per_day=0.0),
    "no drone": scenario(TINY, monitors__eyes__count=0),
    "no unit": scenario(TINY, support__units__count=0),
    "tiny": scenario(
        TINY, headquarters={"tent": {"task": "ruling", "desks": 1, "service_min": 9.0}}
    ),
    "rich": scenario(RICH, run__duration_days=3.0),
    "many drones": scenario(TINY, monitors__eyes__count=200),
}
NAMES = ("events", "sorties", "units", "reports", "headquarters", "forces")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the folder with the results of each case."""
    made = {}
    for name, case in CASES.items():
        made[name] = tmp_path_factory.mktemp(name.replace(" ", "_"))
        outcome = simulate(case, 1)
        write_results(outcome, outcome.measures, made[name])
    return made


@pytest.mark.parametrize("name", NAMES)
def test_tables_of_all_runs_have_one_schema(folders: dict[str, Path], name: str) -> None:
    """Catches columns whose type depends on what happened, or on how many drones there are."""
    schemas = {case: pq.read_schema(folder / f"{name}.parquet") for case, folder in folders.items()}
    first = schemas["rich"]
    assert not any(pa.types.is_null(field.type) for field in first)
    for case, schema in schemas.items():
        assert schema.equals(first), (case, schema, first)


@pytest.mark.parametrize("name", NAMES)
def test_tables_of_two_runs_can_be_read_as_one(folders: dict[str, Path], name: str) -> None:
    """Catches files that do not fit together, in either order."""
    for one, other in permutations(("nothing", "no drone", "rich", "tiny"), 2):
        files = [folders[case] / f"{name}.parquet" for case in (one, other)]
        both = pd.read_parquet(files)
        assert len(both) == sum(len(pd.read_parquet(file)) for file in files)
        assert list(both.columns) == list(pd.read_parquet(files[0]).columns)


def test_what_is_written_is_what_the_run_left(folders: dict[str, Path]) -> None:
    """Catches text or names that are lost or changed on the way into the file."""
    outcome = simulate(CASES["rich"], 1)
    tables = {"events": outcome.violations, "sorties": outcome.sorties, "units": outcome.units}
    for name, table in tables.items():
        found = pd.read_parquet(folders["rich"] / f"{name}.parquet")
        assert len(found) > 5
        pd.testing.assert_frame_equal(
            found.astype(dict.fromkeys(table.select_dtypes("category"), str)),
            table.astype(dict.fromkeys(table.select_dtypes("category"), str)),
        )
