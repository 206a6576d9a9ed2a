"""Every command and snippet of the README and the pages is executed.

Each page is executed from top to bottom in a folder of its own with a copy of `configs/` in which
runs are shorter and fewer. What can not be executed here is named in `SKIPPED`, with the reason.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sim import Scenario
from sim.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"(?P<before>[^\n]*\n?)\n```(?P<language>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL
)
SAVED = re.compile(r"[Ss]ave this as `([\w./]+)`")
SKIPPED = {
    "ceasefire app": "serves until it is stopped; tests/app drives it in a browser",
    "solara run": "the same; tests/app/test_elsewhere.py",
    "--dask tcp://": "needs a cluster that is there",
    "dask_jobqueue": "needs SLURM",
    "pip install": "needs a package registry",
    "duckdb": "a program of its own",
    "import polars": "a library of its own",
    ". .venv/bin/activate": "the tests have their environment",
    ".venv/bin/python scripts/": "tests/test_reference.py compares what these write",
}
SHARDS = 8
MINE = 'extends = "configs/minimal.toml"\n[monitors.male]\ncount = 30\n'
MY_SWEEP = """
scenario = "configs/minimal.toml"
replications = 2
[factors]
"monitors.male.count" = [10, 20]
[constants]
"run.duration_days" = 5
"""

pytestmark = pytest.mark.slow


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Return language, text, and the line before, of the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = [(one["language"], one["text"], one["before"]) for one in BLOCK.finditer(text)]
    assert len(found) == len(re.findall(r"^```\w", text, re.MULTILINE))
    return [one for one in found if one[0] != "text" and one[0] != "{eval"]


def is_skipped(text: str) -> bool:
    return any(words in text for words in SKIPPED)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder as the pages suppose it, with the results they speak of."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "configs", folder / "configs")
    for path in (folder / "configs").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^replications = \d+", "replications = 2", text)
        text = re.sub(r"(?m)^(\"run\.duration_days\"|duration_days) = \d+", r"\1 = 12", text)
        path.write_text(re.sub(r"(?m)^samples = \d+", "samples = 4", text), encoding="utf-8")
    for name in ("my.toml", "my_scenario.toml"):
        (folder / name).write_text(MINE, encoding="utf-8")
    (folder / "my_sweep.toml").write_text(MY_SWEEP, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, out in (
            ("demo_sweep", "outputs/demo"),
            ("demo_sweep", "outputs/demo_sweep"),
            ("screening_sweep", "outputs/screening_sweep"),
        ):
            sweep = ["-q", "sweep", f"configs/{name}.toml", "--threads", "--out", out]
            assert main(sweep) == 0
    return folder


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """Give each page a folder of its own."""
    return shutil.copytree(prepared, tmp_path / "home")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_is_true(page: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Catches a command, a snippet or a file in the documentation that does not work."""
    monkeypatch.chdir(home)
    earlier = ""
    for language, text, before in blocks(page):
        if language == "toml":
            write_or_check(text, before, home)
        elif language == "python":
            earlier = earlier + text if text.startswith("# continues") else text
            execute(earlier, home)
        elif language == "diff":
            continue  # tests/docs/test_contributing.py applies these
        else:
            assert language == "sh", f"{page.name}: blocks in {language} are not known here"
            for line in commands(text):
                run(line, monkeypatch)


def commands(text: str) -> list[str]:
    """Return the lines of a block for the shell, joined where they go on."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [line.strip() for line in joined.splitlines() if not re.match(r"\s*(#|$)", line)]


def write_or_check(text: str, before: str, home: Path) -> None:
    """Write a file that the page tells to save; else see that the keys of a fragment exist."""
    if saved := SAVED.search(before):
        (home / saved[1]).write_text(text, encoding="utf-8")
        return
    tables = tomllib.loads(text)
    core = Scenario.load(ROOT / "configs" / "core.toml")
    named = {*tables.get("variables", ()), "variant"}
    variants = [key for variant in tables.get("variants", {}).values() for key in variant]
    keys = [*tables.get("factors", {}), *tables.get("derived", {}), *variants]
    assert keys
    for key in keys:
        assert key in named or core.value(key) is not None


def execute(text: str, home: Path) -> None:
    """Run Python as a program of its own, as with processes it has to be."""
    if is_skipped(text):
        compile(text, "page", "exec")
        return
    script = home / "snippet.py"
    script.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def run(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a line of a page; one of an array of jobs for each of its numbers."""
    if is_skipped(line):
        return
    if line.startswith("make "):
        target = shlex.split(line, comments=True)[1]
        assert re.search(rf"(?m)^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"))
        return
    numbers = range(1, SHARDS + 1) if "$SLURM" in line else (1,)
    for number in numbers:
        monkeypatch.setenv("SLURM_ARRAY_TASK_ID", str(number))
        words = shlex.split(os.path.expandvars(line), comments=True)
        assert words[0] == "ceasefire", line
        assert main([*quicker(words[1:])]) == 0, line


def quicker(words: list[str]) -> list[str]:
    """Return a command that takes less time, and the files that a pattern stands for."""
    found: list[str] = []
    for word in words:
        found += sorted(map(str, Path().glob(word))) if "*" in word and "/" in word else [word]
    if found[0] == "sweep" and "--dask" not in found:
        found.append("--threads")
    if "--hours" in found:
        found[found.index("--hours") + 1] = "2"
    if found[0] == "compare" and "--replications" not in found:
        found += ["--replications", "2"]
    return found
