"""The validated description of one run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from sim.scenario.areas import Area
from sim.scenario.checks import check_names
from sim.scenario.command import Command
from sim.scenario.cueing import Cueing
from sim.scenario.dispatch import Dispatch
from sim.scenario.escalation import Escalation
from sim.scenario.fields import GroupName, Section, Value, quantity
from sim.scenario.headquarters import Headquarters
from sim.scenario.line import Line
from sim.scenario.loading import merge, read_tables
from sim.scenario.messages import explain
from sim.scenario.mission import Mission
from sim.scenario.monitors import MonitorGroup
from sim.scenario.nations import ForceGeneration, Nation
from sim.scenario.paths import flatten, get_value, set_value
from sim.scenario.platforms import Platform, packaged_platforms
from sim.scenario.referee import Referee
from sim.scenario.reports import Clutter, ReportSource
from sim.scenario.run import Measures, Run
from sim.scenario.support import SupportGroup
from sim.scenario.united_states import UnitedStates
from sim.scenario.violations import Violations
from sim.scenario.weather import Jamming, Weather


class Scenario(Section):
    """Everything that one run needs to know, apart from its seed.

    Read one with `Scenario.load` and vary it with `with_values`; both raise `InputError` with
    one line that a user can act on. A scenario is complete in itself: platforms of the packaged
    library stand in it beside its own, so that ``Scenario.from_dict(scenario.model_dump())``
    gives the scenario back whatever a later library says.
    """

    title: str = quantity(..., "What the scenario is, in a line", source="set by the scenario")
    question: str = quantity("", "The question it is meant to answer")
    run: Run = Field(Run(), description="How long a run lasts")
    line: Line = Field(Line(), description="Where the contact line runs")
    violations: Violations = Field(..., description="How violations arise")
    areas: dict[GroupName, Area] = Field(
        {}, description="Areas of air and sea in which violations take place, by name"
    )
    clutter: dict[GroupName, Clutter] = Field(
        {}, description="What sensors take for a violation that is none, by name"
    )
    reports: dict[GroupName, ReportSource] = Field(
        {}, description="Sources of reports besides the monitors, by name"
    )
    escalation: Escalation = Field(
        Escalation(), description="How unanswered violations wear the ceasefire down"
    )
    platforms: dict[GroupName, Platform] = Field(
        {}, description="Platforms by name: the packaged library and the scenario's own"
    )
    monitors: dict[GroupName, MonitorGroup] = Field(
        {}, description="Groups of unmanned monitors by name"
    )
    weather: Weather = Field(Weather(), description="Weather, shared by zone")
    jamming: Jamming = Field(Jamming(), description="Jamming, shared by zone")
    cueing: Cueing = Field(Cueing(), description="Flights to confirm unconfirmed reports")
    headquarters: dict[GroupName, Headquarters] = Field(
        {}, description="Stations of the command chain by name, in the order reports pass them"
    )
    referee: Referee = Field(Referee(), description="Quality of the referee's rulings")
    command: Command = Field(Command(), description="From the end of the chain to the call")
    united_states: UnitedStates = Field(
        UnitedStates(), description="Engagement of the United States over time"
    )
    force_generation: ForceGeneration = Field(
        ForceGeneration(), description="How fast forces come, and how long they stay"
    )
    nations: dict[GroupName, Nation] = Field(
        {}, description="Nations whose units come with their soldiers, by name"
    )
    mission: Mission = Field(Mission(), description="Rules that hold for all support units")
    support: dict[GroupName, SupportGroup] = Field(
        {}, description="Groups of support units by name"
    )
    dispatch: Dispatch = Field(Dispatch(), description="Which unit is sent")
    measures: Measures = Field(Measures(), description="What counts as a good response")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a scenario from a TOML file and the files it extends.

        Parameters
        ----------
        path
            The TOML file.

        Returns
        -------
        Scenario
            The validated scenario.

        Raises
        ------
        InputError
            If a file cannot be read or a value is not allowed; one line that says which.
        """
        return cls.from_dict(read_tables(Path(path)), source=str(path))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], source: str = "") -> Self:
        """Validate a scenario given as nested tables, as in a manifest.

        Parameters
        ----------
        data
            The tables, with the keys of a scenario file.
        source
            Where they come from, for error messages.

        Raises
        ------
        InputError
            If a key is unknown or a value is not allowed.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise explain(error, cls, data, source) from None

    def with_values(self, values: Mapping[str, Any], *, source: str = "") -> Self:
        """Copy the scenario with some values changed, and validate the copy.

        Parameters
        ----------
        values
            New values by dotted key, such as ``{"monitors.male.count": 80}``. Elements of lists
            go by index (``violations.phases.0.factor``). A whole table can be given, also to
            add a group; ``False`` removes a group.
        source
            Where the values come from, for error messages.

        Raises
        ------
        InputError
            If a key does not exist or a value is not allowed.
        """
        data: Value = self.model_dump()
        for key, value in values.items():
            data = set_value(data, key, value, source)
        return self.from_dict(data, source=source)

    def value(self, path: str) -> Value:
        """Look up a value, or a whole table as a dict, by its dotted key.

        Raises
        ------
        InputError
            If the key does not exist.
        """
        return get_value(self.model_dump(), path)

    def flat(self) -> dict[str, Any]:
        """List every value by its dotted key; lists of plain values stay whole."""
        return flatten(self.model_dump())

    def monitor_platforms(self) -> dict[str, Platform]:
        """Platforms that some group of monitors uses, by name."""
        used = {group.platform for group in self.monitors.values()}
        return {name: self.platforms[name] for name in self.platforms if name in used}

    @model_validator(mode="before")
    @classmethod
    def _add_library(cls, data: Value) -> Value:
        if not isinstance(data, Mapping):
            return data
        own = data.get("platforms", {})
        if not isinstance(own, Mapping):
            return data
        return {**data, "platforms": merge(packaged_platforms(), own)}

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        check_names(self)
        return self
