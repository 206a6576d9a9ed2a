"""The world of one run: a handful of arrays, one record a row, seen by compiled code as one thing.

A `World` holds NumPy arrays and a table of their addresses. Compiled functions get the address of
that table alone and read `world.drones[d].stage` through it (`sim.kernel.columns`): passing thirty
arrays from function to function would cost more than the events themselves. Which columns there
are, and of what type, is declared by the modules that own them (`column`).
"""

import copy
import sys
from importlib import import_module
from typing import Any

import numpy as np
from llvmlite import ir
from numba import from_dtype, types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import (
    NativeValue,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from sim.kernel.columns import SLOTS, ColumnType

type Records = Any
"""A structured array, or one record of it; Numba sees its fields as attributes."""

CLOCK = np.dtype(
    [
        ("now", "f8"),  # h since the start of the ceasefire
        ("horizon", "f8"),  # h, end of the run
        ("pending", "i8"),  # events on the calendar
        ("next_candidate", "i8"),  # first violation whose onset is still to come
        ("next_change", "i8"),  # first change of weather or jamming still to come
        ("sorties", "i8"),  # sorties recorded
        ("live", "i8"),  # violations in the lists of live, unconfirmed ones (an upper bound)
        ("queued", "i8"),  # reports that wait for a desk
        ("answers", "i8"),  # answered violations
        ("calm_from", "i8"),  # first answer that may still calm its surroundings
        ("events", "i8"),  # events taken so far
        ("lots", "i8"),  # drawn for the run; see `sim.kernel.lots`
    ],
    align=True,
)

_PLACES = """
    clock settings calendar events days
    drones drone_zones loss_hazard platforms evidence sure sorties
    posts circles track_xy track_at segments
    reach_start reach post_start post_blocks visits zones spells changes
    violations cases cell_live block_live answers
    report_at desk_hours sources stations station_head station_tail referee
    us regimes regime regime_thresholds leads kind_domains
    units bases fits near_bases near_hours near_slack forward queue_head queue_tail
"""
"""All columns. Machine code that is kept on disk has their places in the table written into it, so
these are fixed here and do not depend on which module a process happens to import first."""
_ORDER = _PLACES.split()

_columns: dict[str, tuple[np.dtype[Any], int, int]] = {}  # type, dimensions, first slot
_column_types: dict[str, ColumnType] = {}
_declaring: dict[str, None] = {}  # modules that declare columns


def _owned(array: Records) -> Records:
    """Return an array whose memory nobody else has.

    What is unpickled may lie in a buffer of the pickle, which others share or nobody may write to.
    """
    return array if array.flags.owndata and array.flags.writeable else np.array(array, order="C")


class World:
    """All state of one run, as columns; the columns are attributes.

    A world owns its arrays: a copy of it, shallow or deep, and one that was pickled have arrays and
    addresses of their own, and go on like the original.

    Raises
    ------
    TypeError
        When a column is missing, or is not a C-contiguous array of its declared type.
    """

    def __init__(self, **arrays: Records) -> None:
        self._lay(arrays)

    def _lay(self, arrays: dict[str, Records]) -> None:
        """Take the columns and note where they are."""
        if arrays.keys() != _columns.keys():
            message = f"columns that do not match: {sorted(arrays.keys() ^ _columns.keys())}"
            raise TypeError(message)
        table = np.zeros(SLOTS * len(_ORDER), dtype=np.int64)
        vars(self).update(_table=table, address=int(table.ctypes.data))
        for name, array in arrays.items():
            self.put(name, array)

    def put(self, name: str, array: Records) -> None:
        """Set a column to an array, as when it has to grow."""
        dtype, dimensions, slot = _columns[name]
        if array.dtype != dtype or array.ndim != dimensions or not array.flags.c_contiguous:
            message = f"column {name}: {array.dtype} in {array.ndim} dimensions does not fit"
            raise TypeError(message)
        vars(self)[name] = array
        self._table[slot] = array.ctypes.data
        self._table[slot + 1 : slot + 1 + dimensions] = array.shape

    def __getattr__(self, name: str) -> Records:
        raise AttributeError(name)

    def __setattr__(self, name: str, _value: Any) -> None:
        message = (
            f"{name} cannot be set: write into the column, or put() another array in its place"
        )
        raise AttributeError(message)

    def __getstate__(self) -> tuple[tuple[str, ...], dict[str, Records]]:
        """Return the modules that declare the columns, and the columns; addresses do not last."""
        return tuple(_declaring), {name: vars(self)[name] for name in _columns}

    def __setstate__(self, state: tuple[tuple[str, ...], dict[str, Records]]) -> None:
        modules, arrays = state
        for module in modules:  # a process that loads nothing but a world knows no columns yet
            import_module(module)
        self._lay({name: _owned(array) for name, array in arrays.items()})

    def __copy__(self) -> "World":
        return copy.deepcopy(self)


class _WorldType(types.Type):  # type: ignore[misc]
    """Numba's type of a world: the address of its table."""

    def __init__(self) -> None:
        super().__init__(name="World")


_world_type = _WorldType()


def _typeof_world(_value: World, _context: Any) -> _WorldType:
    return _world_type


class _WorldModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, of_type: Any) -> None:
        super().__init__(manager, of_type, ir.IntType(64))


def _unbox_world(_type: Any, world: Any, context: Any) -> NativeValue:
    number = context.pyapi.object_getattr_string(world, "address")
    address = context.pyapi.long_as_ulonglong(number)
    context.pyapi.decref(number)
    failed = cgutils.is_not_null(context.builder, context.pyapi.err_occurred())
    return NativeValue(address, is_error=failed)


typeof_impl.register(World)(_typeof_world)
register_model(_WorldType)(_WorldModel)
unbox(_WorldType)(_unbox_world)


def column(name: str, dtype: Any, dimensions: int = 1) -> None:
    """Declare a column of the world.

    Parameters
    ----------
    name
        Its attribute.
    dtype
        Type of its entries, plain or structured.
    dimensions
        1 to 3.

    Raises
    ------
    ValueError
        When the column has no place in the table.
    """
    _declaring[sys._getframe(1).f_globals["__name__"]] = None
    dtype = np.dtype(dtype)
    slot = SLOTS * _ORDER.index(name)
    _columns[name] = (dtype, dimensions, slot)
    _column_types[name] = ColumnType(from_dtype(dtype), dimensions, slot)


@infer_getattr
class _Columns(AttributeTemplate):  # type: ignore[misc]
    """The columns of a world."""

    key = _WorldType

    def generic_resolve(self, _world: Any, name: str) -> Any:
        """Return the type of a column."""
        return _column_types.get(name)


def _see_column(_context: Any, _builder: Any, _world: Any, table: Any, _name: str) -> Any:
    return table


lower_getattr_generic(_WorldType)(_see_column)

column("clock", CLOCK)
