"""Tables as others write them: UCDP, ACLED, FIRMS, the OSCE, spreadsheets."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from formats import BY_DAY, COUNTS, DAYS, FIRST, TIMED, Drawn, drawn, lines, places, ucdp
from planted import spotted_scenario

from sim.calibration import Counts, Events, calibrate, read_table
from sim.calibration.places import lay_places
from sim.calibration.shares import share_likelihood
from sim.errors import InputError
from sim.setup.plan import load_line

RECORD = drawn()
type Format = Callable[[Drawn], str | bytes]


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", COUNTS)
def test_counts_of_any_hand_are_those_counted(tmp_path: Path, name: str) -> None:
    """Catches separators, ends of lines, encodings or numbers that are read as something else."""
    table = read_table(written(tmp_path, COUNTS[name](RECORD)))
    assert isinstance(table, Counts)
    assert (table.first, table.start.tolist()) == (FIRST, list(range(DAYS)))
    assert table.count.tolist() == RECORD.by_day
    assert not table.listed
    assert (table.reading.resolution, table.reading.used) == ("day", DAYS)
    assert table.reading.warnings == ()


@pytest.mark.parametrize("name", BY_DAY)
def test_days_at_any_clock_time_are_counted_by_day(tmp_path: Path, name: str) -> None:
    """Catches times that stand for days and are taken for bursts at that time."""
    table = read_table(written(tmp_path, BY_DAY[name](RECORD)))
    assert isinstance(table, Counts)
    assert table.listed
    assert (table.first, table.count.tolist()) == (FIRST, RECORD.by_day)
    assert table.reading.resolution == "day"
    assert table.reading.rows == table.reading.used == len(RECORD.times)
    assert table.reading.warnings == ()
    if table.sites is not None:
        np.testing.assert_allclose(table.sites.lon, RECORD.lon)
        np.testing.assert_allclose(table.sites.lat, RECORD.lat)
        assert table.sites.day.tolist() == RECORD.day.tolist()


@pytest.mark.parametrize("name", TIMED)
def test_times_of_any_hand_are_those_of_the_clock(tmp_path: Path, name: str) -> None:
    """Catches days and months, halves of the day, or zones that are mixed up."""
    zone = "Europe/Kyiv" if name == "zulu" else None
    path = written(tmp_path, TIMED[name](RECORD))
    table = read_table(path, FIRST, date(2021, 3, 27), time_zone=zone)
    assert isinstance(table, Events)
    inside = RECORD.hours[RECORD.day < 27]
    np.testing.assert_allclose(table.time_h, inside, atol=1e-9)
    assert table.reading.resolution == "clock time"
    if len(table.lon):
        np.testing.assert_allclose(table.lon, RECORD.lon[: len(inside)])
        np.testing.assert_allclose(table.lat, RECORD.lat[: len(inside)])


def test_times_in_utc_are_said_to_be(tmp_path: Path) -> None:
    """Catches hours of UTC that pass for local ones without a word."""
    for name in ("zulu", "firms"):
        notes = read_table(written(tmp_path, TIMED[name](RECORD))).reading.notes
        assert any("hours and days are those of UTC" in note for note in notes)
    notes = read_table(written(tmp_path, TIMED["offsets"](RECORD))).reading.notes
    assert notes == ("Times have an offset from UTC and are taken as local times.",)
    with pytest.raises(InputError, match="--time-zone Nowhere: must be a time zone as Europe/Kyiv"):
        read_table(written(tmp_path, TIMED["zulu"](RECORD)), time_zone="Nowhere")


def test_midnight_is_fitted_as_the_day(tmp_path: Path) -> None:
    """Catches weights of hours and self-excitation that are made up from midnights."""
    midnight = [f"{time:%Y-%m-%d} 00:00:00" for time in RECORD.times]
    days = [f"{time:%Y-%m-%d}" for time in RECORD.times]
    by_clock = calibrate(read_table(written(tmp_path, lines("datetime", midnight))))
    by_day = calibrate(read_table(written(tmp_path, lines("date", days))))
    assert by_clock.estimates == by_day.estimates
    assert by_clock["rate_per_day"].value == pytest.approx(len(days) / DAYS, rel=1e-4)
    assert "branching_ratio" not in by_clock
    assert "hour_weights.0" not in by_clock
    assert "every time is 00:00:00" in by_clock.reading.why


@pytest.mark.parametrize(("share", "kept"), [(0.3, False), (0.03, True), (0.0, True)])
@pytest.mark.parametrize("clock", ["00:00", "12:00", "23:59"])
def test_a_time_that_stands_for_the_day_among_others(
    tmp_path: Path, share: float, kept: bool, clock: str
) -> None:
    """Catches midnights among real times that are fitted as bursts, or pass without a word."""
    record = drawn(2)
    unknown = np.random.default_rng(3).random(len(record.times)) < share
    rows = [
        f"{time:%Y-%m-%d} {clock}" if put else f"{time:%Y-%m-%d %H:%M}"
        for time, put in zip(record.times, unknown, strict=True)
    ]
    table = read_table(written(tmp_path, lines("datetime", rows)))
    assert isinstance(table, Events) == kept
    if not kept:
        assert f"times are exactly {clock}:00" in table.reading.why
    told = any("exactly" in warning for warning in table.reading.warnings)
    assert told == (kept and share > 0.0)


def test_a_few_rows_without_a_time_make_it_a_table_of_days(tmp_path: Path) -> None:
    """Catches rows without a time of day that are put at midnight or left out."""
    rows = [f"{time:%Y-%m-%d,%H:%M}" for time in RECORD.times]
    rows[4] = rows[4].split(",")[0] + ","
    table = read_table(written(tmp_path, lines("date,time", rows)))
    assert isinstance(table, Counts)
    assert table.count.tolist() == RECORD.by_day
    assert table.reading.why.startswith(f"1 of {len(rows)} rows have no time of day")


@pytest.mark.parametrize(("unit_h", "by_day"), [(1, False), (3, True), (12, True)])
def test_times_coarser_than_an_hour_are_days(tmp_path: Path, unit_h: int, by_day: bool) -> None:
    """Catches weights of hours from times that are given as morning or evening."""
    rows = [f"{time:%Y-%m-%d} {time.hour // unit_h * unit_h:02d}:00" for time in RECORD.times]
    table = read_table(written(tmp_path, lines("datetime", rows)))
    assert isinstance(table, Counts) == by_day
    assert table.reading.resolution == ("day" if by_day else "clock time")


def test_times_can_be_set_aside(tmp_path: Path) -> None:
    """Catches a request for days that is not heeded or not told."""
    path = written(tmp_path, TIMED["compact"](RECORD))
    table = read_table(path, by_day=True)
    assert isinstance(table, Counts)
    assert table.count.tolist() == RECORD.by_day
    assert "--by-day" in table.reading.why


def test_one_row_a_day_with_a_count_is_a_count(tmp_path: Path) -> None:
    """Catches daily counts at midnight that are read as one incident a day."""
    rows = [f"{FIRST + timedelta(days=day)} 00:00,{5 + day % 4}" for day in range(60)]
    table = read_table(written(tmp_path, lines("datetime,count", rows)))
    assert isinstance(table, Counts)
    assert table.count.tolist() == [5 + day % 4 for day in range(60)]
    table = read_table(written(tmp_path, lines("datetime,count", [*rows, rows[-1]])))
    assert isinstance(table, Counts)
    assert table.listed
    assert table.violations_each == pytest.approx(6.525, abs=0.05)


def test_days_of_zero_without_a_row_are_asked_after(tmp_path: Path) -> None:
    """Catches counts grouped by day, whose quiet days are missing, fitted too high in silence."""
    counts = {FIRST + timedelta(days=day): count for day, count in enumerate(RECORD.by_day)}
    grouped = [f"{day},{count}" for day, count in counts.items() if count]
    table = read_table(written(tmp_path, lines("date,count", grouped)))
    (warning,) = table.reading.warnings
    missing = RECORD.by_day.count(0)
    assert f"No count is 0, and {missing} of the {DAYS} days" in warning
    assert f"{sum(RECORD.by_day) / DAYS:.4g} a day" in warning
    whole = [f"{day},{count}" for day, count in counts.items()]
    assert read_table(written(tmp_path, lines("date,count", whole))).reading.warnings == ()


def test_rows_entered_twice_and_far_years_are_named(tmp_path: Path) -> None:
    """Catches a row that counts twice, or one mistyped year that makes the record ten years."""
    rows = [f"{time:%Y-%m-%d},{x},{y}" for time, (x, y) in
            zip(RECORD.times, places(RECORD), strict=True)]  # fmt: skip
    rows[20] = rows[12]
    rows[30] = rows[30].replace("2021", "2031")
    table = read_table(written(tmp_path, lines("date,lon,lat", rows)))
    twice, far = table.reading.warnings
    assert "1 row is the same" in twice
    assert "lines 14 and 22" in twice
    assert "one row lies 10 years apart from the rest (line 32: 2031-" in far


def test_incidents_known_to_weeks_only_are_counted_and_named(tmp_path: Path) -> None:
    """Catches UCDP's summaries of a month that pass for incidents of its first day."""
    text = ucdp(RECORD).splitlines()
    parts = text[9].split(",")
    parts[-6] = "2021-03-31 00:00:00.000"
    text[9] = ",".join(parts)
    text[11] = text[11].replace(",1,2021-03", ",3,2021-03", 1)
    table = read_table(written(tmp_path, "\n".join(text)))
    (warning,) = table.reading.warnings
    assert f"2 of {len(RECORD.times)} incidents are not known to the day" in warning
    assert isinstance(table, Counts)
    assert table.count.sum() == len(RECORD.times)


def test_rows_left_out_are_told(tmp_path: Path) -> None:
    """Catches rows that drop out without a word."""
    rows = [f"{FIRST + timedelta(days=day)},{day}" for day in range(40)]
    rows[7] = rows[7].split(",")[0] + ","
    path = written(tmp_path, lines("date,count", rows))
    reading = read_table(path, FIRST + timedelta(days=2), FIRST + timedelta(days=36)).reading
    assert (reading.rows, reading.used) == (40, 34)
    assert reading.dropped == (
        (1, "without a count"),
        (2, f"before {FIRST + timedelta(days=2)} (--from)"),
        (3, f"after {FIRST + timedelta(days=36)} (--to)"),
    )
    assert "Left out: 1 without a count." in reading.words


def _on_line(seed: int, number: int = 900) -> tuple[np.ndarray, np.ndarray]:
    """Draw days, and places of which 0.3 are near 8 km and 0.2 near 200 km of the line."""
    rng = np.random.default_rng(seed)
    pick = rng.random(number)
    at = np.where(pick < 0.3, rng.normal(8.0, 6.0, number), rng.uniform(0.0, 300.0, number))
    at = np.where(pick > 0.8, rng.normal(200.0, 4.0, number), at)
    return rng.integers(0, 60, number), np.abs(at)


@pytest.mark.parametrize("by", ["chainage_km", "lon,lat"])
def test_places_with_days_alone_are_fitted(tmp_path: Path, by: str) -> None:
    """Catches places that are set aside, or mixed up, where times are not known."""
    scenario = spotted_scenario()
    day, at = _on_line(4)
    line = load_line(scenario)
    rows = [f"{FIRST + timedelta(days=int(d))},{km:.4f}" for d, km in zip(day, at, strict=True)]
    if by == "lon,lat":
        points = line.to_lonlat(line.point(at, 0.0))
        points[:6, 1] += 1.0
        rows = [
            f"{FIRST + timedelta(days=int(d))},{lon:.6f},{lat:.6f}"
            for d, (lon, lat) in zip(day, points, strict=True)
        ]
    path = written(tmp_path, lines(f"date,{by}", rows))
    found = calibrate(read_table(path, FIRST, FIRST + timedelta(days=59)), scenario=scenario)
    assert found["hot_spots.west.share"].holds(0.3)
    assert found["hot_spots.east.share"].holds(0.2)
    near = 900 - 6 * (by != "chainage_km")
    assert found["rate_per_day"].value == pytest.approx(near / 60, rel=1e-4)
    assert found.reading.used == near
    dropped = ((6, "more than 20 km from the line"),) if by != "chainage_km" else ()
    assert found.reading.dropped == dropped
    assert not any("place" in line.lower() for line in found.cannot)


def test_places_with_days_need_a_scenario(tmp_path: Path) -> None:
    """Catches places that are passed over in silence."""
    found = calibrate(read_table(written(tmp_path, ucdp(RECORD))))
    assert any("--scenario" in line for line in found.cannot)


def test_slope_of_shares_is_that_of_their_likelihood() -> None:
    """Catches a slip in the derivative, which would stop the climb early."""
    scenario = spotted_scenario()
    _, at = _on_line(5, 50)
    likelihood = share_likelihood(lay_places(at, scenario, load_line(scenario)))
    point, step = np.array([-0.7, 0.4]), 1e-6
    _, slope = likelihood.at(point)
    for index in range(2):
        ahead, back = (point + sign * step * np.eye(2)[index] for sign in (1.0, -1.0))
        numeric = (likelihood.at(ahead)[0] - likelihood.at(back)[0]) / (2.0 * step)
        assert slope[index] == pytest.approx(numeric, rel=1e-5, abs=1e-5)


def test_clusters_within_days_widen_the_intervals_of_shares(tmp_path: Path) -> None:
    """Catches intervals as if each incident had its place by itself: here come four by four."""
    scenario = spotted_scenario()
    day, at = _on_line(6, 225)
    alone = [f"{FIRST + timedelta(days=int(d))},{km:.4f}" for d, km in zip(day, at, strict=True)]
    path = written(tmp_path, lines("date,chainage_km", alone))
    one = calibrate(read_table(path), scenario=scenario)["hot_spots.west.share"]
    path = written(tmp_path, lines("date,chainage_km", alone * 4))
    four = calibrate(read_table(path), scenario=scenario)["hot_spots.west.share"]
    assert four.value == pytest.approx(one.value, abs=1e-3)
    assert four.high - four.low == pytest.approx(one.high - one.low, rel=0.01)
