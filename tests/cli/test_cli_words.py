"""The command line itself: help, mistakes, exit status; no run is made here."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim import __version__
from sim.cli.main import main

CHECKOUT = str(Path(__file__).parents[2])
HEAVY = ("numpy", "pandas", "numba", "matplotlib", "pydantic", "mesa", "scipy", "rich")


def shell(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, with the package on its path."""
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
        env={"PYTHONPATH": CHECKOUT},
    )


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    """Catch a heavy import at module level, which makes --help slow (target 0.3 s)."""
    begin = time.perf_counter()
    answer = shell("-m", "sim.cli.main", "--help")
    seconds = time.perf_counter() - begin
    assert answer.returncode == 0
    assert all(
        word in answer.stdout
        for word in ("run", "sweep", "compare", "size", "check", "examples", "exit status")
    )
    assert seconds < 1.0  # the limit of 0.3 s, with room for a busy machine
    loaded = shell("-c", "import sim.cli.main, sys; print(*sys.modules)").stdout.split()
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize("command", ["run", "sweep", "compare", "size", "optimise", "check"])
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Catch a help text that cannot be formatted (a bare % sign) or does not say what is made."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"ceasefire {command}" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Catch a version that differs from the package's."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"ceasefire {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["run"],
        ["run", "a.toml", "--seed", "-1"],
        ["run", "a.toml", "--seed", "one"],
        ["run", "a.toml", "--seed", str(2**63)],
        ["sweep", "a.toml", "--workers", "0"],
        ["compare"],
        ["compare", "a.toml", "b.toml", "--replications", "0"],
        ["compare", "a.toml", "b.toml", "--seed", str(2**53 + 1)],
    ],
)
def test_wrong_words_end_with_status_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Catch a traceback, or status 1, for a mistake on the command line."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("ceasefire")


@pytest.mark.usefixtures("folder")
def test_quiet_stands_before_or_after_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Catch a -q before the command that the command's own default undoes."""
    for words in (["-q", "check", "small.toml"], ["check", "-q", "small.toml"]):
        assert main(words) == 0
        assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("folder")
def test_check_prints_scenario_and_sweep(capsys: pytest.CaptureFixture[str]) -> None:
    """Catch a check that shows nothing of what was read, or takes a sweep for a scenario."""
    assert main(["check", "small.toml"]) == 0
    assert "Small" in capsys.readouterr().out
    assert main(["check", "sweep.toml"]) == 0
    out = capsys.readouterr().out
    assert "4 design points x 3 replications = 12 runs" in out
    assert "factor monitors.male.count: [2, 4]" in out


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("missing.toml", None, "missing.toml: there is no such file"),
        ("bad.toml", "title = ", "bad.toml: is not valid TOML"),
        ("bad.toml", 'title = "x"\nviolatons = 3', "did you mean violations"),
        ("bad.toml", 'scenario = "small.toml"\nreplications = "x"', "replications"),
        ("bad.toml", 'scenario = "small.toml"\n[factors]\nx = [1]', "unknown key x"),
    ],
)
def test_bad_file_is_one_line_and_status_2(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, text: str | None, words: str
) -> None:
    """Catch a traceback, several lines, or status 1 for a bad file."""
    if text is not None:
        (folder / file).write_text(text, encoding="utf-8")
    assert main(["check", file]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("ceasefire: error: ")
    assert err.count("\n") == 1
    assert words in err


@pytest.mark.usefixtures("folder")
def test_interrupt_is_status_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catch a traceback on Ctrl-C, and silence about what is kept."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.scenario.loading.read_toml", interrupt)
    assert main(["check", "small.toml"]) == 130
    assert capsys.readouterr().err == "\nceasefire: interrupted\n"


@pytest.mark.usefixtures("folder")
def test_full_disk_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Catch a traceback when a file cannot be written."""

    def full(_: object) -> None:
        raise OSError(28, "No space left on device", "out/part.parquet")

    monkeypatch.setattr("sim.scenario.loading.read_toml", full)
    assert main(["check", "small.toml"]) == 2
    expected = "ceasefire: error: out/part.parquet: No space left on device\n"
    assert capsys.readouterr().err == expected


def test_closed_pipe_is_quiet(folder: Path) -> None:
    """Catch a BrokenPipeError when the reader has gone (`ceasefire check f | head -0`)."""
    code = (
        "import sys, os, sim.cli.main; r, w = os.pipe(); os.close(r); os.dup2(w, 1); "
        f"sys.exit(sim.cli.main.main(['check', {str(folder / 'small.toml')!r}]))"
    )
    answer = shell("-c", code)
    assert answer.stderr == ""
    assert answer.returncode == 141


def test_simulate_is_the_function_whatever_was_imported_first() -> None:
    """Catch the module `sim.results.outcome` in the place of the function of the same name."""
    code = "import sim.results.outcome; from sim import simulate; assert callable(simulate)"
    answer = shell("-c", code)
    assert answer.returncode == 0, answer.stderr
