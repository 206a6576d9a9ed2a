"""What columns are called: in the tables of this package, UCDP, ACLED, FIRMS and spreadsheets.

Sources
-------
UCDP Georeferenced Event Dataset codebook, version 24.1: date_start, date_end, date_prec, latitude,
longitude. ACLED codebook (2023): event_date, time_precision, latitude, longitude. NASA FIRMS,
attribute fields of active fire products: latitude, longitude, acq_date, acq_time.
"""

from collections.abc import Sequence

NAMES = {
    "datetime": ("datetime", "date_time"),
    "date": ("date", "event_date", "date_start", "acq_date", "datum"),
    "time": ("time", "acq_time", "event_time", "uhrzeit"),
    "count": ("count", "anzahl"),
    "days": ("days",),
    "chainage_km": ("chainage_km",),
    "lon": ("lon", "longitude", "lng"),
    "lat": ("lat", "latitude"),
    "end": ("date_end", "end_date"),
    "precision": ("date_prec", "time_precision"),
}
"""Headings by what the column says; the first one that a table has is read."""
UNIVERSAL_TIME = "acq_time"
"""FIRMS gives the time of a satellite's pass as HHMM, in UTC."""


def roles_of(headings: Sequence[str]) -> dict[str, int]:
    """Return which column says what.

    Parameters
    ----------
    headings
        Of the table; capitals, and spaces for underscores, make no difference.

    Returns
    -------
    dict
        Place of the column by what it says, one of `NAMES`.
    """
    plain = [heading.strip().lower().replace(" ", "_") for heading in headings]
    found = {}
    for role, names in NAMES.items():
        name = next((name for name in names if name in plain), None)
        if name is not None:
            found[role] = plain.index(name)
    return found
