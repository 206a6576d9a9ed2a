"""The job that all programs of the benchmark do: its constants and its result.

A straight contact line along y = 0. Drones with unlimited endurance shuttle along equal stretches
of it and look once, on entry, at each live violation that comes into their footprint. Support units
stand at the midpoints of equal stretches, behind the line; the nearest ready one answers a
detection, and calls wait in order of age while none is ready. All values are assumed.
"""

from dataclasses import dataclass

LINE_KM = 1200.0

DRONE_SPEED_KMH = 100.0
RADIUS_KM = 2.5
LOOK_CHANCE = 0.9

MEAN_DURATION_MIN = 20.0

BASE_OFFSET_KM = 15.0
UNIT_SPEED_KMH = 50.0
ROAD_FACTOR = 1.3
READINESS_MIN = 10.0
ON_SCENE_MIN = 120.0


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a run of the job is judged by."""

    detection_rate: float
    """Share detected, of the violations detected or over by the end of the run."""
    response_mean_min: float
    """Detection to arrival (min), mean over the violations answered by the end of the run."""
    n_violations: int
