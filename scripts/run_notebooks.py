"""Execute the notebooks and keep what they show: run_notebooks.py [NAME ...].

Each is executed from its own folder, in a kernel of this environment.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
CELL_LIMIT_S = 300


def execute(path: Path) -> nbformat.NotebookNode:
    """Return a notebook with what it shows now.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises.
    """
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=CELL_LIMIT_S,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,  # the same run gives the same file
    ).execute()
    notebook.metadata.pop("language_info", None)  # names the very version of Python
    return notebook


def main() -> None:
    """Execute the notebooks named, or all, in place."""
    chosen = [NOTEBOOKS / name for name in sys.argv[1:]] or sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in chosen:
        notebook = execute(path)
        nbformat.write(notebook, path)
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
