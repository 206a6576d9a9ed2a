"""What was read from a table, and how: columns, rows, resolution, and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DAY = "day"
CLOCK = "clock time"
_LISTED = 8


@dataclass(frozen=True)
class Reading:
    """How a table was read.

    Attributes
    ----------
    columns
        What each column that was read says, and its heading.
    unread
        Headings of the other columns.
    rows, used
        Rows in the table, and those that are fitted.
    days
        Days of the record.
    resolution
        "day" or "clock time".
    why
        What the resolution follows from, in words.
    dropped
        How many rows were left out, and why.
    notes
        How the text was read, a sentence each.
    warnings
        What may be wrong with the table, a sentence each.
    """

    columns: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()
    rows: int = 0
    used: int = 0
    days: int = 0
    resolution: str = DAY
    why: str = ""
    dropped: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """All but the warnings: of what, and what; none if no table was read."""
        if not self.columns:
            return ()
        named = (what if what == name else f"{what} from {name}" for what, name in self.columns)
        found = [("Columns read", ", ".join(named))]
        if self.unread:
            more = f" and {len(self.unread) - _LISTED:,} more" * (len(self.unread) > _LISTED)
            found.append(("Columns not read", f"{', '.join(self.unread[:_LISTED])}{more}"))
        rows = f"{self.rows:,} in the table, {self.used:,} used, over {self.days:,} days"
        found.append(("Rows", rows))
        found += [("Left out", f"{number:,} {why}") for number, why in self.dropped]
        found.append(("Resolution", f"{self.resolution}; {self.why}"))
        return (*found, *(("Note", note.removesuffix(".")) for note in self.notes))

    @property
    def words(self) -> tuple[str, ...]:
        """All but the warnings, a sentence each; none if no table was read."""
        return tuple(f"{of}: {what}." for of, what in self.told)

    def describe(self) -> dict[str, Any]:
        """Describe the reading, ready to be written as JSON."""
        return {
            "columns": dict(self.columns),
            "columns_not_read": list(self.unread),
            "rows": self.rows,
            "rows_used": self.used,
            "days": self.days,
            "resolution": self.resolution,
            "resolution_because": self.why,
            "left_out": [{"rows": number, "because": why} for number, why in self.dropped],
            "notes": list(self.notes),
            "warnings": list(self.warnings),
        }


def reading_of(described: Mapping[str, Any]) -> Reading:
    """Return a reading from its description; what is missing there is empty."""
    if not described:
        return Reading()
    return Reading(
        columns=tuple(described["columns"].items()),
        unread=tuple(described["columns_not_read"]),
        rows=described["rows"],
        used=described["rows_used"],
        days=described["days"],
        resolution=described["resolution"],
        why=described["resolution_because"],
        dropped=tuple((one["rows"], one["because"]) for one in described["left_out"]),
        notes=tuple(described["notes"]),
        warnings=tuple(described["warnings"]),
    )
