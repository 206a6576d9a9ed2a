"""The files in which machine code is kept, and what is compiled into what."""

import os
import subprocess
import sys
from pathlib import Path

NAME = "from sim.kernel.calendar import push; print(push._cache._cache_file._data_name(1))"
LONG = "".join(f"    total = (31 * total) ^ (number + {k})\n" for k in range(100))
COPIES = f"""
import numpy as np
from sim.kernel.compile import compiled, handler

ONE, TWO = 1, 2

@compiled
def mixed(number):
    total = 0
{LONG}
    return total

@handler
def added(number):
    return mixed(ONE) + mixed(number)

@compiled
def all_ways(numbers, flag):
    return added(ONE) + added(TWO) + added(numbers[0]) + added(len(numbers)) + mixed(flag)

all_ways(np.array([5, 0], dtype=np.int32), True)
(code,) = all_ways.inspect_llvm().values()
calls = [line for line in code.splitlines() if " call " in line]
print(len(added.overloads), len(mixed.overloads))
print(any("mixed" in line for line in calls), any("added" in line for line in calls))
"""
"""Functions too long for the compiler to copy them of its own accord."""


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


def test_functions_are_compiled_once_and_copied_into_their_callers(tmp_path: Path) -> None:
    """Catches machine code for each constant and each size of integer, and calls instead of copies.

    The first made the first run slow, the second every run: by a fifth.
    """
    program = tmp_path / "copies.py"  # Numba keeps code of functions that have a file
    program.write_text(COPIES)
    found = subprocess.run(
        [sys.executable, str(program)],
        env={**os.environ, "CEASEFIRE_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    signatures, calls = found.stdout.splitlines()
    assert signatures == "1 2"  # of integers; of integers and truth values
    assert calls == "False True"  # a copy of the one, a call of the other
