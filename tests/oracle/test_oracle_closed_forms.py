"""The oracle itself against what can be worked out by hand."""

import math

import pytest
from oracle_drones import Drone, fly_all
from oracle_looks import Candidate, FlightLog, detect
from oracle_posts import Post, Surroundings, Track
from oracle_support import Response, Unit

from sim.geography import ContactLine
from sim.scenario import Platform, Scenario, SupportGroup

FAIR = Surroundings([(0, 0)], [], 20.0)


def candidate(number: int, onset_h: float, x_km: float, **values: float) -> Candidate:
    """Return a violation on a line along y = 0 that lasts ten hours."""
    defaults = {
        "offset_km": 0.0,
        "y_km": 0.0,
        "threshold": 0.1,
        "delay_h": 0.0,
        "calm_mark": 1.0,
        "parent_mark": 1.0,
        "severity": 3,
        "parent": -1,
        "service_exponential": 1.0,
        "service_normal": 0.0,
    }
    return Candidate(
        number=number,
        onset_h=onset_h,
        end_h=onset_h + 10.0,
        chainage_km=x_km,
        x_km=x_km,
        kind="any",
        **{**defaults, **values},  # type: ignore[arg-type]
    )


def drone_over_20_km(patrol: str = "shuttle", **values: float | str | None) -> Drone:
    """Return a drone over (0, 0) to (20, 0), or the middle, with a base 30 km behind the middle."""
    data = {"speed_kmh": 100.0, "radius_km": 2.0, "look_chance": 0.5, **values}
    middle, base = (10.0, 0.0), (10.0, 30.0)
    if patrol == "static":
        post = Post(Track([middle], patrol), base, 0.0, middle, 10.0, 30.0)
    else:
        track = Track([(0.0, 0.0), (20.0, 0.0)], patrol)
        post = Post(track, base, 10.0, middle, 10.0, math.hypot(10.0, 30.0))
    return Drone(0, "group", Platform.model_validate(data), post, 0, 1.0, [math.inf])


def flown(drone: Drone, cycle_share: float, surroundings: Surroundings = FAIR) -> FlightLog:
    """Fly a day."""
    instants = sorted({*(i / 60.0 for i in range(24 * 60 + 1)), *surroundings.change_times})
    fly_all([drone], [cycle_share], surroundings, instants)
    return FlightLog(drone)


def test_shuttle_passes() -> None:
    """Back and forth over 20 km at 100 km/h: a point at 5 km is entered at 3 and at 7 km."""
    log = flown(drone_over_20_km(), 0.0)
    looks = log.look_times(candidate(0, 0.0, 5.0), 1e-4)
    expected = [time for turn in range(25) for time in (0.03 + 0.4 * turn, 0.33 + 0.4 * turn)]
    assert looks == pytest.approx(expected, abs=2e-4)


def test_stream_passes() -> None:
    """Round and round over 20 km: one entry each 0.2 h, the first where the drone begins."""
    log = flown(drone_over_20_km("stream"), 0.25)  # begins at 5 km
    looks = log.look_times(candidate(0, 0.0, 5.0), 1e-4)
    assert looks == pytest.approx([0.0, *(0.18 + 0.2 * turn for turn in range(50))], abs=2e-4)


def test_threshold_is_crossed_by_the_right_look() -> None:
    """Looks of chance 1/2 add ln 2 each: a threshold of 2.5 ln 2 takes three, 20 min apart."""
    log = flown(drone_over_20_km("static", look_interval_min=20.0), 0.0)
    seen = candidate(0, 8.0, 11.0, threshold=2.5 * math.log(2.0))
    detection = detect(seen, [log], FAIR, 1e-3)
    assert detection.detected_h == pytest.approx(8.0 + 40 / 60)
    assert detection.looks == 3


def test_night_weather_and_jamming_multiply_the_chance() -> None:
    """A look of chance 0.5 x 0.8 x 0.5 x 0.5 = 0.1 by night, in poor weather and jammed."""
    drone = drone_over_20_km(
        "static", night_factor=0.8, poor_weather_factor=0.5, jamming_factor=0.5
    )
    bad = Surroundings([(1, 1)], [], 20.0)
    log = flown(drone, 0.0, bad)
    for threshold, looks in ((0.999, 1), (1.001, 0)):
        seen = candidate(0, 1.0, 11.0, threshold=-threshold * math.log(0.9))
        assert (detect(seen, [log], bad, 1e-3).drone == 0) == (looks == 1)


def test_sorties_repeat_with_the_cycle() -> None:
    """Out 0.3 h, off station in time for the farthest vertex, home from where it then is."""
    drone = drone_over_20_km(endurance_h=3.0, turnaround_h=0.5)
    off_h = 3.0 - math.hypot(10.0, 30.0) / 100.0
    flown_km = 100.0 * (off_h - 0.3)
    at_km = (10.0 + flown_km) % 40.0
    home_h = math.hypot(at_km - 10.0, 30.0) / 100.0
    assert at_km < 20.0
    cycle_h = off_h + home_h + 0.5
    flown(drone, 1.0 - 0.3 / cycle_h)  # on the ground at time 0, for another 0.3 h
    for number, sortie in enumerate(drone.sorties[:-1]):
        start = 0.3 + number * cycle_h
        assert sortie.launched_h == pytest.approx(start)
        assert sortie.on_station_h == pytest.approx(start + 0.3)
        assert sortie.off_station_h == pytest.approx(start + off_h)
        assert sortie.landed_h == pytest.approx(start + off_h + home_h)


def test_weather_turns_a_drone_home() -> None:
    """Poor weather from 1 h to 5 h: home at once, and off again when it lifts."""
    weather = Surroundings([(0, 0)], [(1.0, 0, 0, 1), (5.0, 0, 0, 0)], 20.0)
    drone = drone_over_20_km(turnaround_h=0.5, grounded_by="poor")
    flown(drone, 0.25, weather)  # begins at 10 km; after 100 km it is at 10 km again
    first, second = drone.sorties
    assert (first.off_station_h, first.end) == (1.0, "weather")
    assert first.landed_h == pytest.approx(1.3)
    assert (second.launched_h, second.on_station_h) == pytest.approx((5.0, 5.3))


def test_loss_comes_when_the_hazard_is_used_up() -> None:
    """At 100 losses per 1,000 h, jammed (times 2) from 2 h on, 0.6 is used up after 4 h."""
    jammed = Surroundings([(0, 0)], [(2.0, 0, 1, 1)], 20.0)
    drone = drone_over_20_km(
        "static", loss_per_1000_h=100.0, jamming_loss_factor=2.0, replacement_days=0.25
    )
    drone.thresholds = [0.6, 50.0]
    flown(drone, 0.0, jammed)
    assert drone.sorties[0].landed_h == pytest.approx(4.0)
    assert drone.sorties[1].launched_h == pytest.approx(10.0)


def test_one_unit_serves_in_order_of_severity() -> None:
    """Lindley by hand: one unit, 30 min ready, 1 h each way, 2 h there; the worst goes first."""
    scenario = Scenario.from_dict(
        {
            "title": "queue",
            "line": {"length_km": 20.0},
            "violations": {"rate_per_day": 1.0, "kinds": {"any": {"mean_duration_min": 5.0}}},
        }
    )
    group = SupportGroup.model_validate(
        {
            "nation": "any",
            "count": 1,
            "readiness_min": 30.0,
            "speed_kmh": 26.0,
            "road_factor": 1.3,
        }
    )
    unit = Unit(0, group, (10.0, 20.0), 0)
    calls = [
        candidate(0, 0.0, 10.0),
        candidate(1, 1.0, 10.0, severity=2),
        candidate(2, 2.0, 10.0, severity=5),
        candidate(3, 3.0, 10.0, severity=5),
    ]
    line = ContactLine.straight(20.0)
    response = Response(scenario, line, calls, [0.0, 1.0, 2.0, 3.0], [unit])
    cases = response.run(48.0)
    assert [case.dispatched_h for case in cases] == pytest.approx([0.0, 13.5, 4.5, 9.0])
    assert [case.arrived_h for case in cases] == pytest.approx([1.5, 15.0, 6.0, 10.5])
