"""Columns as compiled code sees them: `column[row]`, `column[row, place]`, `len(column)`.

A column is the address of its world's table, where address and lengths of its array stand. It is
less than a NumPy array on purpose: an index counts from the beginning and is never negative, so
nothing has to be checked or counted from the end, and there are no slices. The engine reads columns
some hundred times an event. To search it for slips, run it with `NUMBA_BOUNDSCHECK=1` and a cache
folder of its own: then each index is checked.
"""

import operator
from typing import Any

from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic, models, overload, overload_attribute, register_model

SLOTS = 4
"""Slots of the table for each column: the address and up to three lengths."""
MOST_DIMENSIONS = SLOTS - 1


class ColumnType(types.Type):  # type: ignore[misc]
    """Numba's type of a column: its entries, its dimensions, and its place in the table."""

    def __init__(self, item: Any, dimensions: int, slot: int) -> None:
        self.item = item
        self.dimensions = dimensions
        self.slot = slot
        super().__init__(name=f"Column({item}, {dimensions}, {slot})")


class _ColumnModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, of_type: Any) -> None:
        super().__init__(manager, of_type, ir.IntType(64))


register_model(ColumnType)(_ColumnModel)


def _read(builder: Any, table: Any, slot: int, of_type: Any) -> Any:
    """Read a slot of a table."""
    slots = builder.inttoptr(table, of_type.as_pointer())
    value = builder.load(builder.gep(slots, [ir.Constant(ir.IntType(64), slot)]))
    # columns are moved between compiled calls only: no store of a rule can change the table
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _places(index: Any) -> tuple[Any, ...]:
    """Return the types of the parts of an index."""
    return tuple(index.types) if isinstance(index, types.BaseTuple) else (index,)


def _fits(column: Any, index: Any) -> bool:
    places = _places(index)
    return (
        isinstance(column, ColumnType)
        and len(places) == column.dimensions
        and all(isinstance(place, types.Integer) for place in places)
    )


def _entry(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Return the pointer to an entry."""
    column, index = signature.args[:2]
    table = arguments[0]
    places = arguments[1]
    parts = (
        [builder.extract_value(places, axis) for axis in range(column.dimensions)]
        if isinstance(index, types.BaseTuple)
        else [places]
    )
    entry = None
    for axis, (part, of_type) in enumerate(zip(parts, _places(index), strict=True)):
        place = context.cast(builder, part, of_type, types.int64)
        if config.BOUNDSCHECK:
            length = _read(builder, table, column.slot + 1 + axis, ir.IntType(64))
            outside = builder.icmp_unsigned(">=", place, length)  # so is a negative one
            with builder.if_then(outside, likely=False):
                message = f"index out of bounds of {column}"
                context.call_conv.return_user_exc(builder, IndexError, (message,))
        if entry is None:
            entry = place
        else:
            length = _read(builder, table, column.slot + 1 + axis, ir.IntType(64))
            entry = builder.add(builder.mul(entry, length), place)
    array = _read(builder, table, column.slot, context.get_data_type(column.item).as_pointer())
    return builder.gep(array, [entry])


def _load_entry(_context: Any, column: Any, index: Any) -> Any:
    """Return an entry; of a structured column, the record in place."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _entry(context, builder, signature, arguments)
        if isinstance(column.item, types.Record):
            return pointer
        return context.unpack_value(builder, column.item, pointer)

    return column.item(column, index), generate


def _store_entry(_context: Any, column: Any, index: Any, value: Any) -> Any:
    """Set an entry of a plain column."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _entry(context, builder, signature, arguments)
        cast = context.cast(builder, arguments[2], signature.args[2], column.item)
        context.pack_value(builder, column.item, cast, pointer)
        return context.get_dummy_value()

    return types.void(column, index, value), generate


def _read_shape(_context: Any, column: Any) -> Any:
    """Return the lengths of a column."""
    shape = types.UniTuple(types.int64, column.dimensions)

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        lengths = [
            _read(builder, arguments[0], column.slot + 1 + axis, ir.IntType(64))
            for axis in range(column.dimensions)
        ]
        return context.make_tuple(builder, shape, lengths)

    return shape(column), generate


_load = intrinsic(_load_entry)
_store = intrinsic(_store_entry)
_shape = intrinsic(_read_shape)


def _get_entry(column: Any, index: Any) -> Any:
    return _load(column, index)


def _set_entry(column: Any, index: Any, value: Any) -> None:
    _store(column, index, value)


def _length(column: Any) -> Any:
    return _shape(column)[0]


def _lengths(column: Any) -> Any:
    return _shape(column)


def _choose_get(column: Any, index: Any) -> Any:
    return _get_entry if _fits(column, index) else None


def _choose_set(column: Any, index: Any, value: Any) -> Any:  # noqa: ARG001 - Numba compares names
    plain = _fits(column, index) and not isinstance(column.item, types.Record)
    return _set_entry if plain else None


def _choose_length(column: Any) -> Any:
    return _length if isinstance(column, ColumnType) else None


def _choose_lengths(column: Any) -> Any:  # noqa: ARG001 - Numba compares names
    return _lengths


overload(operator.getitem)(_choose_get)
overload(operator.setitem)(_choose_set)
overload(len)(_choose_length)
overload_attribute(ColumnType, "shape")(_choose_lengths)
