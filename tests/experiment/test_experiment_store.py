"""The store: resumed exactly, never mixed, never half written."""

import json
import shutil
import subprocess
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
from sim.experiment.merge import merge_results, sweep_status
from sim.experiment.shard import Shard
from sim.experiment.store import ResultStore, part_files

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
    with pytest.raises(InputError, match="first_seed = 1 there and 2 here"):
        perform(make_design(first_seed=2), tmp_path, engine=engine)


def test_replications_may_be_added_but_not_taken_away(
    make_design: Make, engine: Engine, tmp_path: Path
) -> None:
    """Catch runs made anew, or rows beyond what was asked for, when the number changes."""
    perform(make_design(replications=3), tmp_path, engine=engine)
    report = perform(make_design(replications=5), tmp_path, engine=engine)
    assert (report.n_before, report.n_made) == (18, 12)
    whole = sweep(make_design(replications=5), engine=engine)
    pd.testing.assert_frame_equal(load_results(tmp_path), whole, check_exact=True)
    with pytest.raises(InputError, match="holds 5 replications a point"):
        perform(make_design(replications=3), tmp_path, engine=engine)


def test_failed_runs_can_be_made_again(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch another attempt that is not made, or replaces rows that went well."""

    def run(plan: Any, seed: int) -> Mapping[str, float]:
        if seed == 2:
            raise ZeroDivisionError
        return engine.run(plan, seed)

    design = make_design()
    perform(design, tmp_path, engine=Engine(engine.prepare, run))
    assert perform(design, tmp_path, engine=engine).n_made == 0
    assert sweep_status(tmp_path).failed == 6
    assert sweep_status(tmp_path).first_error == "ZeroDivisionError"
    assert perform(design, tmp_path, engine=engine, retry_failed=True).n_made == 6
    assert sweep_status(tmp_path).failed == 0
    whole = sweep(design, engine=engine)
    pd.testing.assert_frame_equal(load_results(tmp_path), whole, check_exact=True)


def test_two_writers_are_refused(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch two sweeps that write into one directory at a time."""
    design = make_design()
    refused = pytest.raises(InputError, match="another sweep is writing there")
    with ResultStore(tmp_path, design).writing(), refused:
        perform(design, tmp_path, engine=engine)
    assert perform(design, tmp_path, engine=engine).n_made == 18


@pytest.mark.parametrize("parts", [1, 3, 7])
def test_shards_together_are_the_sweep(
    make_design: Make, engine: Engine, tmp_path: Path, parts: int
) -> None:
    """Catch runs that no shard makes, or several do, and a merge that changes rows."""
    design = make_design(replications=5)
    folders = [tmp_path / f"{number}" for number in range(1, parts + 1)]
    made = [
        perform(design, folder, engine=engine, shard=Shard.parse(f"{number}/{parts}")).n_made
        for number, folder in enumerate(folders, 1)
    ]
    assert sum(made) == design.n_runs
    assert max(made) - min(made) <= 6
    assert sweep_status(folders[0]).is_complete == (parts == 1)
    merged = merge_results([*folders, folders[0]], tmp_path / "all")
    assert merged.is_complete
    whole = sweep(design, engine=engine)
    pd.testing.assert_frame_equal(load_results(tmp_path / "all"), whole, check_exact=True)
    assert perform(design, tmp_path / "all", engine=engine).n_made == 0


def test_other_sweeps_are_not_merged(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch results of two designs in one table."""
    perform(make_design(), tmp_path / "one", engine=engine)
    perform(make_design(first_seed=2), tmp_path / "other", engine=engine)
    with pytest.raises(InputError, match="first_seed = 1 there and 2 here"):
        merge_results([tmp_path / "one", tmp_path / "other"], tmp_path / "all")
    with pytest.raises(InputError, match="holds no sweep"):
        merge_results([tmp_path / "one", tmp_path], tmp_path / "all")
    with pytest.raises(InputError, match="is where all of them go"):
        merge_results([tmp_path / "one"], tmp_path / "other" / ".." / "one")


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3", "1/3/5"])
def test_wrong_shards_are_refused(text: str) -> None:
    """Catch a job that makes no runs, or those of another one."""
    with pytest.raises(InputError, match="must be i/n"):
        Shard.parse(text)


def test_results_may_lie_elsewhere(make_design: Make, engine: Engine) -> None:
    """Catch a store that needs a disk: any URL of fsspec will do."""
    design = make_design(replications=4)
    url = "memory://results/sweep"
    perform(design, url, engine=engine)
    assert perform(design, url, engine=engine).n_made == 0
    whole = sweep(design, engine=engine)
    pd.testing.assert_frame_equal(load_results(url), whole, check_exact=True)
    assert sweep_status(url).is_complete
    assert len(summarise_results(url, design)) == 6


def test_a_full_disk_keeps_what_is_whole(make_design: Make, engine: Engine, tmp_path: Path) -> None:
    """Catch half a part, or lost parts, on a disk that is really full (a small tmpfs)."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        design = make_design(replications=4000)
        with pytest.raises(OSError, match="No space left"):
            perform(design, disk / "out", engine=engine)
        kept = load_results(disk / "out")
        assert (kept["error"] == "").all()
        assert not list(disk.rglob(".tmp-*"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


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
    whole = summarise(load_results(tmp_path), list(design.columns))
    streamed = summarise_results(tmp_path, design)
    pd.testing.assert_frame_equal(streamed, whole, check_exact=True)
    assert streamed["failed"].tolist() == [1] * 6


def test_levels_of_several_types_become_text(make_design: Make, engine: Engine) -> None:
    """Catch a factor such as [10, "none"] that breaks the table at the end of a sweep."""
    design = make_design(factors={"monitors.male.posts": [10, "none"]})
    runs = sweep(design, engine=engine)
    assert runs["monitors.male.posts"].unique().tolist() == ["10", "none"]
