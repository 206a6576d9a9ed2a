"""Access to columns from compiled code: `column[row]`, `column[row, place]`, `len(column)`.

A column is the address of the table of a `Columns` object, where address and lengths of its array
stand. It is less than a NumPy array on purpose: an index counts from the beginning and is never
negative, so nothing has to be checked or counted from the end, and there are no slices. The engine
reads columns some hundred times an event. To search it for slips, run it with
`NUMBA_BOUNDSCHECK=1` and a cache folder of its own: then each index is checked.
"""

import operator
from typing import Any

from llvmlite import ir
from numba import config, types
from numba.core.typing import signature as signature_of
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
)
from numba.extending import lower_builtin, lower_getattr, models, register_model

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


@infer_global(operator.getitem)
class _GetEntry(AbstractTemplate):  # type: ignore[misc]
    """The type of an entry; of a structured column, that of the record in place."""

    def generic(self, arguments: Any, _keywords: Any) -> Any:
        """Return the signature of `column[index]`."""
        column, index = arguments
        return signature_of(column.item, column, index) if _fits(column, index) else None


@infer_global(operator.setitem)
class _SetEntry(AbstractTemplate):  # type: ignore[misc]
    """Entries of plain columns can be set."""

    def generic(self, arguments: Any, _keywords: Any) -> Any:
        """Return the signature of `column[index] = value`."""
        column, index, value = arguments
        plain = _fits(column, index) and not isinstance(column.item, types.Record)
        return signature_of(types.void, column, index, value) if plain else None


@infer_global(len)
class _Length(AbstractTemplate):  # type: ignore[misc]
    """The length of a column along its first dimension."""

    def generic(self, arguments: Any, _keywords: Any) -> Any:
        """Return the signature of `len(column)`."""
        (column,) = arguments
        return signature_of(types.int64, column) if isinstance(column, ColumnType) else None


@infer_getattr
class _Shape(AttributeTemplate):  # type: ignore[misc]
    """The lengths of a column."""

    key = ColumnType

    def resolve_shape(self, column: ColumnType) -> Any:
        """Return the type of `column.shape`."""
        return types.UniTuple(types.int64, column.dimensions)


def _get_entry(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    item = signature.args[0].item
    pointer = _entry(context, builder, signature, arguments)
    if isinstance(item, types.Record):
        return pointer
    return context.unpack_value(builder, item, pointer)


def _set_entry(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    item = signature.args[0].item
    pointer = _entry(context, builder, signature, arguments)
    cast = context.cast(builder, arguments[2], signature.args[2], item)
    context.pack_value(builder, item, cast, pointer)
    return context.get_dummy_value()


def _length(builder: Any, column: Any, table: Any, axis: int) -> Any:
    return _read(builder, table, column.slot + 1 + axis, ir.IntType(64))


def _get_length(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return _length(builder, signature.args[0], arguments[0], 0)


def _get_shape(context: Any, builder: Any, column: Any, table: Any) -> Any:
    lengths = [_length(builder, column, table, axis) for axis in range(column.dimensions)]
    return context.make_tuple(builder, types.UniTuple(types.int64, column.dimensions), lengths)


lower_builtin(operator.getitem, ColumnType, types.Any)(_get_entry)
lower_builtin(operator.setitem, ColumnType, types.Any, types.Any)(_set_entry)
lower_builtin(len, ColumnType)(_get_length)
lower_getattr(ColumnType, "shape")(_get_shape)
