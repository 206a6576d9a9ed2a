"""Rules of the mission as a whole: stand-off on land, and the lead nation of each domain."""

from pydantic import Field

from sim.scenario.fields import Section, quantity

UNITED_STATES = "United States"
"""The nation whose monitors, headquarters, sources and airlift depend on its engagement."""


class Lead(Section):
    """The nation that leads in a domain."""

    nation: str = quantity("", "Lead nation; empty = none, and no delay")
    absent_delay_min: float = quantity(
        0.0,
        "Additional delay of a call while the lead nation has no unit in the domain, and so no "
        "staff to send units",
        unit="min",
        ge=0,
    )


class Mission(Section):
    """Rules for all support units."""

    land_standoff_km: float = quantity(
        0.0,
        "Smallest stand-off allowed for a land unit; Ukrainian units are exempt",
        unit="km",
        ge=0,
        le=1000,
    )
    land_lead: Lead = Field(default=Lead(), description="Lead nation on land")
    air_lead: Lead = Field(default=Lead(), description="Lead nation in the air")
    sea_lead: Lead = Field(default=Lead(), description="Lead nation at sea")

    def lead(self, domain: str) -> Lead:
        """Lead of a domain: `land`, `air` or `sea`."""
        leads: dict[str, Lead] = {
            "land": self.land_lead,
            "air": self.air_lead,
            "sea": self.sea_lead,
        }
        return leads[domain]
