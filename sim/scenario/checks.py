"""Checks of a scenario that span several of its tables: what names what."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from sim.scenario.fields import refuse
from sim.scenario.messages import did_you_mean, show
from sim.scenario.mission import UNITED_STATES
from sim.scenario.platforms import DEFAULT_CHANCE, packaged_kinds
from sim.scenario.support import DOMAINS, LITTORAL_STATES, SupportGroup

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

UKRAINE = "Ukraine"
_AMERICA = {"us", "usa", "unitedstatesofamerica", "america"}
_ALIKE = 0.85
"""How alike two names are, from 0 to 1, of which one is taken for a slip of the keyboard."""


def check_names(scenario: "Scenario") -> None:
    """Refuse a scenario in which a table names what another does not have, or breaks its rule.

    Raises
    ------
    PydanticCustomError
        With the key at fault; see `sim.scenario.fields.refuse`.
    """
    _check_spelling(scenario)
    _check_monitors(scenario)
    _check_look_chances(scenario)
    _check_kinds(scenario)
    _check_reports(scenario)
    _check_support(scenario)
    _check_teams_at_sea(scenario)
    _check_nations(scenario)


def _known(key: str, name: str, known: Iterable[str], what: str) -> None:
    """Refuse a name that is not known."""
    known = tuple(known)
    if name not in known:
        refuse(key, f"is not {what}{did_you_mean(name, known)}")


def _check_spelling(scenario: "Scenario") -> None:
    """Refuse names that mean the United States, or a nation of the force, and are not spelt so.

    Nations are told apart by their names, so such a slip would change who leaves with whom.
    """
    named = {
        **{f"monitors.{name}": group.nation for name, group in scenario.monitors.items()},
        **{f"headquarters.{name}": post.nation for name, post in scenario.headquarters.items()},
        **{f"reports.{name}": source.nation for name, source in scenario.reports.items()},
        **{f"support.{name}": group.nation for name, group in scenario.support.items()},
    }
    for key, nation in named.items():
        if nation != UNITED_STATES and _means(nation, UNITED_STATES):
            refuse(f"{key}.nation", f'must be "{UNITED_STATES}" if they are meant')
    force = {group.nation for group in scenario.support.values()}
    for domain in DOMAINS:
        lead = scenario.mission.lead(domain).nation
        if lead and lead not in force and any(_means(lead, nation) for nation in force):
            refuse(
                f"mission.{domain}_lead.nation",
                f"is no nation of the force{did_you_mean(lead, force)}",
            )


def _means(word: str, name: str) -> bool:
    """Tell whether a word is another spelling of a name."""
    plain = "".join(letter for letter in word.casefold() if letter.isalnum())
    full = "".join(letter for letter in name.casefold() if letter.isalnum())
    if name == UNITED_STATES and plain in _AMERICA:
        return True
    return SequenceMatcher(None, plain, full).ratio() >= _ALIKE


def _check_monitors(scenario: "Scenario") -> None:
    for name, group in scenario.monitors.items():
        key = f"monitors.{name}"
        _known(f"{key}.platform", group.platform, scenario.platforms, "a platform")
        if group.only_without_us and group.nation == UNITED_STATES:
            refuse(f"{key}.nation", "must be another nation with only_without_us")
        if group.patrol != "static" and scenario.platforms[group.platform].speed_kmh == 0:
            refuse(
                f"{key}.patrol",
                f'must be "static": platform {group.platform} has speed_kmh = 0',
            )


def _check_look_chances(scenario: "Scenario") -> None:
    kinds = scenario.violations.kinds
    on_land = [name for name, kind in kinds.items() if kind.domain == "land"]
    known = {*kinds, *packaged_kinds(), DEFAULT_CHANCE}
    for name, platform in scenario.platforms.items():
        if not isinstance(platform.look_chance, dict):
            continue
        key = f"platforms.{name}.look_chance"
        for kind in platform.look_chance:
            if kind not in known:
                hint = did_you_mean(kind, known)
                refuse(key, f"{show(kind)} is not a kind of violation{hint}")
        missing = [kind for kind in on_land if kind not in platform.look_chance]
        if missing and DEFAULT_CHANCE not in platform.look_chance:
            refuse(key, f'must name every kind or have a "default"; {missing[0]} has none')


def _check_kinds(scenario: "Scenario") -> None:
    for name, kind in scenario.violations.kinds.items():
        if kind.area is not None:
            key = f"violations.kinds.{name}"
            _known(f"{key}.area", kind.area, scenario.areas, "an area")
            if kind.domain == "land":
                refuse(
                    f"{key}.area", 'must be "none" for a kind on land, which lies along the line'
                )


def _check_reports(scenario: "Scenario") -> None:
    kinds = scenario.violations.kinds
    for name, source in scenario.reports.items():
        for index, kind in enumerate(source.kinds or ()):
            _known(f"reports.{name}.kinds.{index}", kind, kinds, "a kind of violation")
    platforms = {*scenario.platforms, DEFAULT_CHANCE}
    for name, clutter in scenario.clutter.items():
        _known(f"clutter.{name}.taken_for", clutter.taken_for, kinds, "a kind of violation")
        for platform in clutter.look_chance:
            if platform not in platforms:
                hint = did_you_mean(platform, platforms)
                refuse(f"clutter.{name}.look_chance", f"{show(platform)} is not a platform{hint}")


def _check_support(scenario: "Scenario") -> None:
    kinds = scenario.violations.kinds
    least_km = scenario.mission.land_standoff_km
    for name, group in scenario.support.items():
        key = f"support.{name}"
        for index, kind in enumerate(group.answers or ()):
            place = f"{key}.answers.{index}"
            _known(place, kind, kinds, "a kind of violation")
            if kinds[kind].domain != group.domain:
                refuse(
                    place,
                    f'is of the domain "{kinds[kind].domain}"; units with role = "{group.role}" '
                    f"answer {group.domain} kinds only",
                )
        if group.domain == "land" and group.nation != UKRAINE and group.standoff_km < least_km:
            refuse(
                f"{key}.standoff_km",
                f"must be at least mission.land_standoff_km = {least_km:g}: land units of the "
                "mission do not stand in front of Ukrainian forces",
            )
        _check_base_offset(key, group, least_km)


def _check_base_offset(key: str, group: SupportGroup, least_km: float) -> None:
    """Refuse bases nearer to the line than the mission allows; named ones need the line itself."""
    ours = group.domain == "land" and group.nation != UKRAINE and group.count > 0
    if ours and group.placement != "bases" and group.base_offset_km < least_km:
        refuse(f"{key}.base_offset_km", f"must be at least mission.land_standoff_km = {least_km:g}")


def _check_teams_at_sea(scenario: "Scenario") -> None:
    """Refuse teams of other nations at sea without a ship of a littoral state to go aboard."""
    if any(group.role == "naval" and group.count > 0 for group in scenario.support.values()):
        return
    for name, group in scenario.support.items():
        if group.role == "naval_specialist" and group.count > 0:
            refuse(
                f"support.{name}.role",
                'must not be "naval_specialist" without a group with role = "naval": the teams go '
                f"aboard ships of littoral states ({', '.join(LITTORAL_STATES)}), which alone may "
                "patrol under the Montreux Convention",
            )


def _check_nations(scenario: "Scenario") -> None:
    names = [nation.name for nation in scenario.nations.values()]
    for key, nation in scenario.nations.items():
        if names.count(nation.name) > 1:
            refuse(f"nations.{key}.name", "is the name of two nations; each needs its own")
    if not scenario.force_generation.enabled:
        return
    for name, group in scenario.support.items():
        if group.domain == "land" and group.from_strength and group.nation not in names:
            hint = did_you_mean(group.nation, names)
            refuse(
                f"support.{name}.nation",
                f"must be the name of one of [nations.*] while force_generation.enabled{hint}",
            )
