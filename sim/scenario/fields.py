"""How a value of a scenario is declared: its meaning, unit, range and source in one place."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from pydantic.config import JsonDict

NONE_WORD = "none"
"""What a TOML file writes where no limit is meant, since TOML has no null."""

GroupName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""The name of a group, kind, platform or hot spot: a lowercase identifier."""

NonNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]

REFUSED = "refused"
"""The type of the errors that `refuse` raises."""

MAX_COUNT = 100_000
"""More agents than this in one group is taken for a slip of the keyboard."""


type Value = Any
"""A value, list or table of a scenario before it is validated, or looked up by its key."""

type FieldValue = Any
"""A declared field, typed so that it can stand as a class attribute of any type."""


class Section(BaseModel):
    """A table of a scenario: frozen, strict about types, closed to unknown keys.

    Whole numbers are accepted where a number is meant; strings and booleans never are, nor
    NaN and infinity. Where a field may be None, a file can write ``"none"``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _read_none_word(cls, data: Value) -> Value:
        if not isinstance(data, Mapping):
            return data
        fields = cls.model_fields
        return {
            key: None
            if value == NONE_WORD and key in fields and fields[key].default is None
            else value
            for key, value in data.items()
        }


def quantity(
    default: Value,
    description: str,
    *,
    unit: str = "",
    source: str = "assumed",
    **constraints: Value,
) -> FieldValue:
    """Declare a field of a scenario.

    Parameters
    ----------
    default
        Value where the scenario says nothing; ``...`` where it has to say something.
    description
        The meaning, in the words of the field.
    unit
        The unit; empty for names, switches and other values that have none.
    source
        Where the default comes from: a citation, or "assumed".
    **constraints
        The range, as pydantic's ``Field`` takes it (``ge``, ``gt``, ``le``, ``lt`` ...).

    Returns
    -------
    FieldValue
        The field.
    """
    extra: JsonDict = {"unit": unit, "source": source}
    if callable(default):
        return Field(
            default_factory=default,
            description=description,
            json_schema_extra=extra,
            **constraints,
        )
    return Field(default, description=description, json_schema_extra=extra, **constraints)


def items(
    default: Value, description: str, *, length: int | None = None, **more: Value
) -> FieldValue:
    """Declare a field that holds a list, of a fixed length where one is given.

    The list of a TOML file becomes a tuple, so that a scenario cannot be changed by accident;
    the elements stay strict.
    """
    if length is not None:
        more |= {"min_length": length, "max_length": length}
    return quantity(default, description, strict=False, **more)


def refuse(key: str, rule: str) -> NoReturn:
    """Refuse a section because of a rule that spans several fields; for validators.

    Parameters
    ----------
    key
        Dotted key of the value at fault, relative to the table that checks; may be empty.
    rule
        What is allowed, beginning with "must" where the value itself is named. The loader adds
        the file, the full key and the value.

    Raises
    ------
    PydanticCustomError
        Always; pydantic collects it.
    """
    raise PydanticCustomError(REFUSED, "{rule}", {"key": key, "rule": rule})
