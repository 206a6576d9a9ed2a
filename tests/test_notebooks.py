"""The notebooks: each runs, and is committed with what it shows."""

from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_BYTES = 1_000_000


def ids(path: Path) -> str:
    return path.stem


def test_there_are_notebooks() -> None:
    """Catches a folder that was moved, with which the tests below would fall silent."""
    assert len(NOTEBOOKS) >= 7


@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_committed_with_what_it_shows(path: Path) -> None:
    """Catches a notebook committed half run, with an error in it, or too large to read online."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    kinds = {output.output_type for output in outputs}
    assert "error" not in kinds
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert path.stat().st_size < MOST_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=ids)
def test_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a notebook that the code has left behind."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from run_notebooks import execute

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = execute(path)
    committed = nbformat.read(path, as_version=4)
    assert [shown(cell) for cell in notebook.cells] == [shown(cell) for cell in committed.cells]


def shown(cell: nbformat.NotebookNode) -> list[str]:
    """Return the kinds of what a cell shows."""
    if cell.cell_type != "code":
        return []
    return sorted(kind for output in cell.outputs for kind in output.get("data", {"text": ""}))
