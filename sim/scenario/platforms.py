"""Platforms that carry sensors, and the packaged library of them."""

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from sim.scenario.fields import Section, Share, Value, quantity

DEFAULT_CHANCE = "default"
"""The entry of a table of look probabilities that applies to every kind it does not name."""


def _form(value: Value) -> str:
    return "table" if isinstance(value, Mapping) else "number"


LookChance = Annotated[
    Annotated[Share, Tag("number")] | Annotated[dict[str, Share], Tag("table")],
    Discriminator(_form),
]


class Platform(Section):
    """A type of unmanned monitor: its flight, sensor, limits and cost."""

    speed_kmh: float = quantity(
        0.0, "Speed on patrol; 0 = stationary", unit="km/h", ge=0, le=10_000
    )
    transit_speed_kmh: float | None = quantity(
        None, "Speed between base and patrol; none = speed_kmh", unit="km/h", gt=0, le=10_000
    )
    endurance_h: float | None = quantity(
        None, "Time from launch to landing; none = unlimited, always on station", unit="h", gt=0
    )
    turnaround_h: float = quantity(0.0, "Time between landing and next launch", unit="h", ge=0)
    radius_km: float = quantity(
        ..., "Radius of the footprint on the ground", unit="km", gt=0, source="set by the library"
    )
    look_interval_min: float | None = quantity(
        None,
        "Time between looks at a violation inside the footprint; none = one look per pass",
        unit="min",
        ge=0.01,
    )
    look_chance: LookChance = quantity(
        ...,
        "Probability that one look detects an ongoing violation: a number, or a table by kind that "
        'may have an entry "default"',
        unit="share",
        source="set by the library",
    )
    confirms: bool = quantity(
        True, "Whether its detections need no confirmation; it may then be sent to confirm others"
    )
    attribution_chance: float = quantity(
        0.7, "Probability that its detection shows who did it", unit="share", ge=0, le=1
    )
    night_factor: float = quantity(
        1.0, "Multiplier of the look probability at night", unit="ratio", ge=0, le=1
    )
    grounded_by: Literal["poor", "severe", "never"] = quantity(
        "never", "Mildest weather that grounds the platform"
    )
    poor_weather_factor: float = quantity(
        1.0, "Multiplier of the look probability in poor weather", unit="ratio", ge=0, le=1
    )
    jamming_factor: float = quantity(
        1.0, "Multiplier of the look probability while its zone is jammed", unit="ratio", ge=0, le=1
    )
    loss_per_1000_h: float = quantity(
        0.0, "Platforms lost per 1,000 flight hours", unit="1/1000 h", ge=0, le=10_000
    )
    jamming_loss_factor: float = quantity(
        1.0, "Multiplier of the loss rate while its zone is jammed", unit="ratio", ge=1, le=1000
    )
    replacement_days: float = quantity(
        0.0, "Time until a lost platform is replaced", unit="days", ge=0
    )
    cost_per_flight_h_usd: float = quantity(0.0, "Cost per flight hour", unit="USD/h", ge=0)

    def chance(self, kind: str, on_land: bool = True) -> float:
        """Probability that one look detects an ongoing violation of this kind in fair daylight.

        Parameters
        ----------
        kind
            The kind.
        on_land
            Whether it is a kind on land. Others are seen only if the table names them: the
            default applies to kinds on land.

        Raises
        ------
        KeyError
            If the table of look chances has neither a kind on land nor a default.
        """
        if not isinstance(self.look_chance, dict):
            return self.look_chance if on_land else 0.0
        if kind in self.look_chance:
            return self.look_chance[kind]
        return self.look_chance[DEFAULT_CHANCE] if on_land else 0.0


@cache
def _read_library() -> dict[str, dict[str, Any]]:
    text = files("sim").joinpath("data", "platforms.toml").read_text(encoding="utf-8")
    platforms: dict[str, dict[str, Any]] = tomllib.loads(text)["platforms"]
    return platforms


def packaged_platforms() -> dict[str, dict[str, Any]]:
    """Read the packaged library of platforms.

    Returns
    -------
    dict
        The table of each platform by its name, as a fresh copy.
    """
    return deepcopy(_read_library())


def packaged_kinds() -> set[str]:
    """Names of the kinds of violation for which the packaged library has look chances."""
    tables = (platform["look_chance"] for platform in _read_library().values())
    return {kind for table in tables if isinstance(table, dict) for kind in table}
