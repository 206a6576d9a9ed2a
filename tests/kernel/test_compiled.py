"""The files in which machine code is kept."""

import subprocess
import sys

NAME = "from sim.kernel.calendar import push; print(push._cache._cache_file._data_name(1))"


def test_two_processes_never_write_the_same_file() -> None:
    """Catches code of one signature that is run with the arguments of another.

    It happened where two processes compiled the engine at the same time.
    """
    names = [
        subprocess.run([sys.executable, "-c", NAME], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    first, second = (result.stdout.strip() for result in names)
    assert first.endswith(".1.nbc")
    assert first != second
