"""Where what is printed goes: streams that are closed, full or of few letters, and interrupts."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TITLE = "Лінія зіткнення"
SCENARIO = f"""
title = "{TITLE}"
[run]
duration_days = 1
[line]
length_km = 50
[violations]
rate_per_day = 20
[violations.kinds.shelling]
mean_duration_min = 30
[monitors.male]
platform = "male"
count = 2
patrol = "shuttle"
[support.patrols]
nation = "Франція"
count = 2
"""
CEASEFIRE = f"{sys.executable} -W error -m sim.cli.main"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "title.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def shell(command: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a line of Bash, in which $C is the command."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "C": CEASEFIRE, **env},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii"])
def test_letters_that_a_stream_cannot_show_become_question_marks(
    scenario: Path, encoding: str
) -> None:
    """Catches a redirect on Windows, or an old locale, that ends in a traceback."""
    found = shell("$C check title.toml > out.txt", scenario.parent, PYTHONIOENCODING=encoding)
    assert (found.returncode, found.stderr) == (0, "")
    page = (scenario.parent / "out.txt").read_bytes().decode(encoding)
    assert "????? ?????????" in page
    assert "male" in page


def test_letters_that_a_stream_can_show_are_shown(scenario: Path) -> None:
    """Catches question marks where there is no need of them."""
    found = shell("$C check title.toml", scenario.parent, PYTHONIOENCODING="utf-8")
    assert (found.returncode, found.stderr) == (0, "")
    assert TITLE in found.stdout
    assert "Франція" in found.stdout


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ["check title.toml", "--version", "run title.toml --out R"])
def test_closed_streams_are_no_matter(scenario: Path, words: str, closed: str) -> None:
    """Catches a traceback without stdout, and results in which stands what was to be printed."""
    found = shell(f"$C {words} {closed}", scenario.parent)
    assert (found.returncode, found.stdout) == (0, "")
    assert "Traceback" not in found.stderr
    if words.startswith("run"):
        for file in (scenario.parent / "R").iterdir():
            assert b"Written:" not in file.read_bytes()


def test_a_mistake_without_streams_has_its_status(scenario: Path) -> None:
    """Catches a message that has nowhere to go and changes the status."""
    assert shell("$C check nothing.toml >&- 2>&-", scenario.parent).returncode == 2


@pytest.mark.parametrize("words", ["check title.toml", "--help"])
def test_a_pipe_that_is_closed_early_is_no_error(scenario: Path, words: str) -> None:
    """Catches a traceback, or an ignored exception at the end, after `| head`."""
    command = f"(sleep 1; $C {words}; echo $? > status) | true"
    found = shell(command, scenario.parent)
    assert found.stderr == ""
    allowed = ("141\n", "0\n") if words == "--help" else ("141\n",)  # argparse lets it pass
    assert (scenario.parent / "status").read_text() in allowed


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")
def test_a_full_disk_is_one_line(scenario: Path) -> None:
    """Catches a traceback where what is printed does not fit on the disk."""
    found = shell("$C check title.toml > /dev/full", scenario.parent)
    assert found.returncode == 2
    assert found.stderr.startswith("ceasefire: error: ")
    assert found.stderr.endswith("No space left on device\n")
    assert found.stderr.count("\n") == 1


def test_a_mistake_in_an_option_names_the_option(scenario: Path) -> None:
    """Catches a message that blames the scenario file for a value of the command line."""
    words = "--require 'detection_rate >= 0.5' --vary monitors.male.count=2:4 --max-replications 10"
    found = shell(f"$C size title.toml {words} --out S", scenario.parent)
    assert found.returncode == 2
    assert found.stderr.startswith("ceasefire: error: --max-replications 10: must be >= ")
    assert "title.toml" not in found.stderr


UP = """
import sys
from sim.cli import main as cli
print("up", flush=True)
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("after_s", [0.1, 0.5, 1.0, 2.0, 4.0])
def test_an_interrupt_in_the_first_seconds_of_a_sweep_is_one_line(
    scenario: Path, after_s: float
) -> None:
    """Catches tracebacks of workers that an interrupt meets while they load."""
    (scenario.parent / "sweep.toml").write_text(
        'scenario = "title.toml"\nreplications = 100000\n[factors]\n"run.duration_days" = [9, 10]\n'
    )
    process = subprocess.Popen(
        [sys.executable, "-c", UP, "sweep", "sweep.toml", "--workers", "2", "--out", "W"],
        cwd=scenario.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    time.sleep(after_s)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: all processes of the terminal get it
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "KeyboardInterrupt" not in errors
    assert errors.count("ceasefire: interrupted") == 1
