"""Memory that a process keeps between runs."""

from functools import cache

import numpy as np

KEPT_BYTES = 31 * 2**20
"""Just below the largest block (32 MiB) that makes glibc keep freed memory in hand."""


@cache
def keep_memory() -> None:
    """Let the tables of one run reuse the memory of the run before.

    glibc returns freed memory to the system when more lies unused than twice the largest block that
    was ever freed, and the next run then pays for every page again. Freeing one large block, which
    is never touched and so costs nothing, raises that limit. Elsewhere this does nothing. See
    `mallopt(3)`, `M_TRIM_THRESHOLD`.
    """
    np.empty(KEPT_BYTES, dtype=np.uint8)
