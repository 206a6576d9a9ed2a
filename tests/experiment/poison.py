"""Engines for tests of the runner: importable by name, so that processes can run them."""

import ctypes
import os
import signal
import threading
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.experiment import Engine


def prepare(scenario: Any) -> tuple[int, int]:
    return scenario.monitors["male"].count, scenario.support["patrols"].count


def good(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
    noise = float(np.random.default_rng(seed).normal())
    return {"detection_rate": plan[0] + noise, "delay_min": 60 / plan[1]}


def poisoned(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
    """Raise, hang, or take the process along, by seed."""
    if plan == (10, 4):
        match seed:
            case 3:
                message = "no result"
                raise ZeroDivisionError(message)
            case 5:
                time.sleep(600)
            case 7:
                os.kill(os.getpid(), signal.SIGKILL)
            case 9:
                ctypes.string_at(0)
            case 11:
                os._exit(3)
    return good(plan, seed)


def deadly(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
    """Take the process along, at one seed of one point."""
    if plan == (10, 4) and seed == 7:
        time.sleep(0.5)  # Dask gives a worker up that dies before its keeper knows it has begun
        os.kill(os.getpid(), signal.SIGKILL)
    return good(plan, seed)


def slow(plan: tuple[int, int], seed: int) -> Mapping[str, float]:
    time.sleep(0.004)
    return good(plan, seed)


GOOD = Engine(prepare, good)
POISONED = Engine(prepare, poisoned)
DEADLY = Engine(prepare, deadly)
SLOW = Engine(prepare, slow)


def half_an_answer(runs: list[int]) -> bytes:
    """Take the process along while a long answer is on its way, sooner or later."""
    answer = b"0" * 200_000_000
    threading.Timer(0.02 * (1 + runs[0]), lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
    return answer


def own_error(runs: list[int]) -> None:
    """Raise what can be sent but not be read."""
    raise UnreadableError(runs, 2)


class UnreadableError(Exception):
    def __init__(self, runs: list[int], factor: int) -> None:
        super().__init__(f"told {factor * len(runs)}")


def hang(runs: list[int]) -> None:
    time.sleep(600 * len(runs))


def doubled(runs: list[int]) -> list[int]:
    return [2 * run for run in runs]


def doomed() -> None:
    """Warm up a worker to death."""
    os._exit(4)
