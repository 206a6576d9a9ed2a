"""Tables for compiled code: rows with named fields, in columns that are seen as one thing.

A `Columns` object holds NumPy arrays and a table of their addresses. Compiled functions get the
address of that table alone and read `world.drones[d].stage` through it (`sim.kernel.access`):
passing fifty arrays from function to function would cost more than the events themselves. Which
columns there are, and of what type, is said by the annotations of a subclass; type checkers read
the same annotations.
"""

import copy
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args, get_type_hints, overload

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
from numpy.typing import NDArray

from sim.kernel.access import SLOTS, ColumnType

type Records = Any
"""A structured array, or one record of it; Numba sees its fields as attributes."""

F8 = Annotated[float, np.dtype("f8")]
I1 = Annotated[int, np.dtype("i1")]
I4 = Annotated[int, np.dtype("i4")]
I8 = Annotated[int, np.dtype("i8")]
Bit = Annotated[bool, np.dtype("?")]
F8x3 = Annotated[NDArray[np.float64], np.dtype(("f8", 3))]
"""Fields of a row, as its class annotates them."""


class Row:
    """A row of a structured array; subclasses annotate its fields, in the order of their layout.

    There are no instances: a row that code reads or writes is a record of NumPy or Numba, and the
    class tells type checkers, and `dtype`, what it holds.
    """

    dtype: ClassVar[np.dtype[Any]]

    def __init_subclass__(cls) -> None:
        fields = get_type_hints(cls, include_extras=True)
        del fields["dtype"]
        cls.dtype = np.dtype([(name, get_args(of)[1]) for name, of in fields.items()], align=True)

    if TYPE_CHECKING:  # Python code asks a record of NumPy for a field by its name

        def __getitem__(self, field: str) -> Any:
            """Return a field."""

        def __setitem__(self, field: str, value: Any) -> None:
            """Set a field."""


class Column[R]:
    """A structured array with one `Row` an entry, as type checkers see it."""

    if TYPE_CHECKING:
        dtype: np.dtype[Any]
        shape: tuple[int, ...]

        def __len__(self) -> int: ...
        @overload
        def __getitem__(self, key: int | np.integer) -> R: ...
        @overload
        def __getitem__(self, key: Any) -> Any: ...
        def __getitem__(self, key: Any) -> Any:
            """Return a row, or what else NumPy gives for a key."""

        def __setitem__(self, key: Any, value: Any) -> None:
            """Set rows or fields."""

        def copy(self) -> Any:
            """Return an array of its own."""


Floats1D = Annotated[NDArray[np.float64], np.float64, 1]
Floats2D = Annotated[NDArray[np.float64], np.float64, 2]
Floats3D = Annotated[NDArray[np.float64], np.float64, 3]
Ints1D = Annotated[NDArray[np.int32], np.int32, 1]
Ints2D = Annotated[NDArray[np.int32], np.int32, 2]
Longs1D = Annotated[NDArray[np.int64], np.int64, 1]
Flags2D = Annotated[NDArray[np.bool_], np.bool_, 2]
"""Plain columns: their entries and dimensions."""

_types: dict[str, dict[str, ColumnType]] = {}
"""Numba's types of the columns of each class, by its name."""


def _layout(of: Any) -> tuple[np.dtype[Any], int]:
    """Return the entries and dimensions that an annotation stands for."""
    arguments = get_args(of)
    if len(arguments) == 1:
        return arguments[0].dtype, 1
    return np.dtype(arguments[1]), arguments[2]


def _owned(array: Records) -> Records:
    """Return an array whose memory nobody else has.

    What is unpickled may lie in a buffer of the pickle, which others share or nobody may write to.
    """
    return array if array.flags.owndata and array.flags.writeable else np.array(array, order="C")


class Columns:
    """Arrays that compiled code sees as one thing; subclasses annotate them, attributes are arrays.

    The object owns its arrays: a copy of it, shallow or deep, and one that was pickled have arrays
    and addresses of their own, and go on like the original. The order of the annotations is the
    order of the table of addresses, which machine code that is kept on disk has written into it.

    Raises
    ------
    TypeError
        When a column is missing, or is not a C-contiguous array of its declared type.
    """

    address: int  # of the table
    _table: NDArray[np.int64]
    _layouts: ClassVar[dict[str, tuple[np.dtype[Any], int, int]]]  # entries, dimensions, slot

    def __init_subclass__(cls) -> None:
        hints = get_type_hints(cls, include_extras=True)
        names = [name for name in hints if name not in Columns.__annotations__]
        cls._layouts = {
            name: (*_layout(hints[name]), SLOTS * place) for place, name in enumerate(names)
        }
        _types[cls.__qualname__] = {
            name: ColumnType(from_dtype(dtype), dimensions, slot)
            for name, (dtype, dimensions, slot) in cls._layouts.items()
        }

    def __init__(self, **arrays: Records) -> None:
        self._lay(arrays)

    def _lay(self, arrays: dict[str, Records]) -> None:
        """Take the columns and note where they are."""
        if arrays.keys() != self._layouts.keys():
            message = f"columns that do not match: {sorted(arrays.keys() ^ self._layouts.keys())}"
            raise TypeError(message)
        table = np.zeros(SLOTS * len(self._layouts), dtype=np.int64)
        vars(self).update(_table=table, address=int(table.ctypes.data))
        for name, array in arrays.items():
            self.put(name, array)

    def put(self, name: str, array: Records) -> None:
        """Set a column to an array, as when it has to grow."""
        dtype, dimensions, slot = self._layouts[name]
        if array.dtype != dtype or array.ndim != dimensions or not array.flags.c_contiguous:
            message = f"column {name}: {array.dtype} in {array.ndim} dimensions does not fit"
            raise TypeError(message)
        vars(self)[name] = array
        self._table[slot] = array.ctypes.data
        self._table[slot + 1 : slot + 1 + dimensions] = array.shape

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Records:
            raise AttributeError(name)

    def __setattr__(self, name: str, _value: Any) -> None:
        message = (
            f"{name} cannot be set: write into the column, or put() another array in its place"
        )
        raise AttributeError(message)

    def __getstate__(self) -> dict[str, Records]:
        """Return the columns; addresses do not last."""
        return {name: vars(self)[name] for name in self._layouts}

    def __setstate__(self, arrays: dict[str, Records]) -> None:
        self._lay({name: _owned(array) for name, array in arrays.items()})

    def __copy__(self) -> Self:
        return copy.deepcopy(self)


class _ColumnsType(types.Type):  # type: ignore[misc]
    """Numba's type of a `Columns` class: the address of a table."""

    def __init__(self, of: str) -> None:
        self.of = of
        super().__init__(name=f"Columns({of})")


def _typeof_columns(value: Columns, _context: Any) -> _ColumnsType:
    return _ColumnsType(type(value).__qualname__)


class _ColumnsModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, of_type: Any) -> None:
        super().__init__(manager, of_type, ir.IntType(64))


def _unbox_columns(_type: Any, value: Any, context: Any) -> NativeValue:
    number = context.pyapi.object_getattr_string(value, "address")
    address = context.pyapi.long_as_ulonglong(number)
    context.pyapi.decref(number)
    failed = cgutils.is_not_null(context.builder, context.pyapi.err_occurred())
    return NativeValue(address, is_error=failed)


typeof_impl.register(Columns)(_typeof_columns)
register_model(_ColumnsType)(_ColumnsModel)
unbox(_ColumnsType)(_unbox_columns)


@infer_getattr
class _Attributes(AttributeTemplate):  # type: ignore[misc]
    """The columns of a `Columns` object."""

    key = _ColumnsType

    def generic_resolve(self, columns: _ColumnsType, name: str) -> Any:
        """Return the type of a column."""
        return _types[columns.of].get(name)


def _see_column(_context: Any, _builder: Any, _columns: Any, table: Any, _name: str) -> Any:
    return table


lower_getattr_generic(_ColumnsType)(_see_column)
