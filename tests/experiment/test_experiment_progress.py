"""Progress without a terminal."""

import pytest

from sim.experiment.progress import open_reporter, progress_line


def test_line_tells_rate_and_time_left() -> None:
    """Catch a rate that counts runs of an earlier session, and a wrong time left."""
    line = progress_line(total=1000, before=500, done=600, seconds=10)
    assert line == "600/1,000 runs (60%), 10 runs/s, 40 s left"


def test_plain_lines_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Catch progress in a pipe's data, control codes in a log, or a silent end."""
    with open_reporter(10, 4, show=True) as reporter:
        reporter.advance(3)
        reporter.advance(3)
    out, err = capsys.readouterr()
    assert out == ""
    assert "\x1b" not in err
    assert err.splitlines()[0] == "10 runs, 4 of them already there"
    assert err.splitlines()[-1].startswith("10/10 runs (100%)")
