"""The store: resumed exactly, never mixed, never half written."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copytree
from typing import Any

import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiment import (
    Engine,
    SweepDesign,
    load_results,
    perform,
    summarise,
    summarise_results,
    sweep,
)
from sim.experiment.store import part_files

Make = Callable[..., SweepDesign]


def test_interrupted_sweep_resumes_to_the_same_rows(
    make_design: Make, engine: Engine, tmp_path: Path
) -> None:
    """Catch runs that a resumed sweep makes twice, forgets or makes differently."""
    design = make_design(replications=20)
    made: list[int] = []

    def run(plan: Any, seed: int) -> Mapping[str, float]:
        made.append(seed)
        if len(made) == 50:
            raise KeyboardInterrupt
        return engine.run(plan, seed)

    with pytest.raises(KeyboardInterrupt):
        perform(design, tmp_path, engine=Engine(engine.prepare, run), workers=1)
    before = len(load_results(tmp_path))
    assert 0 < before < design.n_runs
    report = perform(design, tmp_path, engine=engine)
    assert (report.n_before, report.n_made) == (before, design.n_runs - before)
    whole = sweep(design, engine=engine)
    pd.testing.assert_frame_equal(load_results(tmp_path), whole, check_exact=True)


def test_complete_sweep_is_not_run_again(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch a second call that repeats the work or spoils the manifest."""
    design = make_design()
    perform(design, tmp_path, engine=engine)
    assert perform(design, tmp_path, engine=engine).n_made == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["complete"]
    assert manifest["digest"] == design.digest()
    assert manifest["design"]["scenario"]["title"] == "Test"
    assert not list(tmp_path.rglob(".tmp-*"))


def test_other_design_is_refused(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch results of two designs in one directory, and a refusal that does not say why."""
    perform(make_design(), tmp_path, engine=engine)
    with pytest.raises(InputError, match="replications = 3 there and 4 here"):
        perform(make_design(replications=4), tmp_path, engine=engine)


def test_foreign_directory_is_refused(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch a sweep that spreads over a directory with a user's own files."""
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(InputError, match="is not empty and holds no sweep"):
        perform(make_design(), tmp_path, engine=engine)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_damaged_files_are_named(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch a traceback from a truncated part or manifest."""
    perform(make_design(), tmp_path, engine=engine)
    part = part_files(tmp_path)[0]
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(InputError, match=f"{part.name}: is damaged"):
        load_results(tmp_path)
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest\.json: is not valid JSON"):
        load_results(tmp_path)


def test_failed_write_leaves_no_part(
    make_design: Make, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catch half a part under its final name when the disk is full."""

    def full(_: object, path: Path, **__: object) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.experiment.store.pq.write_table", full)
    with pytest.raises(OSError, match="No space left"):
        perform(make_design(), tmp_path, engine=engine)
    assert not list((tmp_path / "runs").iterdir())


def test_merging_is_copying(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch part names that clash, and rows that count twice, when two halves are merged."""
    design = make_design(replications=30)
    perform(design, tmp_path / "a", engine=engine)
    copytree(tmp_path / "a", tmp_path / "b")
    first, *rest = part_files(tmp_path / "a")
    first.unlink()
    for part in rest:
        (tmp_path / "b" / "runs" / part.name).unlink()
    copytree(tmp_path / "b" / "runs", tmp_path / "a" / "runs", dirs_exist_ok=True)
    whole = sweep(design, engine=engine)
    pd.testing.assert_frame_equal(load_results(tmp_path / "a"), whole, check_exact=True)


def test_columns_can_be_chosen(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch a load that reads all columns, or loses the keys."""
    perform(make_design(), tmp_path, engine=engine)
    runs = load_results(tmp_path, columns=["delay_min"])
    assert list(runs.columns) == ["point", "replication", "delay_min"]


@pytest.mark.parametrize("rows", [1, 70, 10_000])
def test_streamed_summary_is_the_whole_one(
    make_design: Make, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """Catch a summary by parts that differs from that of all rows, or loses a point."""
    monkeypatch.setattr("sim.experiment.store.BATCH_ROWS", rows)

    def run(plan: Any, seed: int) -> Mapping[str, float]:
        if seed == 4:
            message = "poison"
            raise RuntimeError(message)
        return engine.run(plan, seed)

    design = make_design(replications=50)
    perform(design, tmp_path, engine=Engine(engine.prepare, run), workers=2)
    whole = summarise(load_results(tmp_path), list(design.factors))
    streamed = summarise_results(tmp_path, design)
    pd.testing.assert_frame_equal(streamed, whole, check_exact=True)
    assert streamed["failed"].tolist() == [1] * 6


def test_levels_of_several_types_become_text(make_design: Make, engine: Engine) -> None:
    """Catch a factor such as [10, "none"] that breaks the table at the end of a sweep."""
    design = make_design(factors={"monitors.male.posts": [10, "none"]})
    runs = sweep(design, engine=engine)
    assert runs["monitors.male.posts"].unique().tolist() == ["10", "none"]
