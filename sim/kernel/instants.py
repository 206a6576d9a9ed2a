"""Which of two times comes first, where rounding must not decide.

Times are sums of other times, and sums that are equal on paper differ in the last digits: an onset
plus four intervals of 5 minutes, and the same onset plus 20 minutes. So times that are no farther
apart than `SAME_H` count as one instant wherever two computed times are compared, and what lasts
from one time to another includes its beginning and not its end.
"""

from sim.kernel.compile import compiled

SAME_H = 1e-7
"""Times (h) that are no farther apart count as the same: 0.36 ms.

A time of ten years is known to 1e-11 h, so that 10,000 intervals added to it are off by 7e-8 h at
most; a place on a path is known to 1e-8 km (`GRAZE_KM`), which is as many hours at 1 km/h. Nothing
in the model takes so short a time as this.
"""


@compiled
def before(t: float, end: float) -> bool:
    """Tell whether a time (h) comes before another, and not at the same instant."""
    return t + SAME_H < end
