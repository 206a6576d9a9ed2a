"""What the kernel leans on in Numba that Numba does not promise to keep."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import numba
import pytest
from llvmlite import ir
from numba.core import cgutils
from numba.core.typing import templates
from packaging.requirements import Requirement

from sim.kernel.calendar import push
from sim.kernel.compile import cache_dir

ROOT = Path(__file__).resolve().parents[2]


def test_the_installed_numba_is_one_that_the_package_takes() -> None:
    """Catches a range without an upper end: a newer Numba may lack what is named below."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (named,) = (text for text in project["dependencies"] if text.startswith("numba"))
    allowed = Requirement(named).specifier
    assert version("numba") in allowed
    assert any(part.operator == "<" for part in allowed)


def test_dispatchers_have_what_compilation_changes() -> None:
    """Catches rules that would be compiled anew for each constant that they are called with."""
    assert callable(numba.njit(lambda x: x, forceinline=True).get_call_template)


@pytest.mark.skipif(cache_dir() is None, reason="nothing is kept here")
def test_cache_files_have_a_pattern_that_numbers_them() -> None:
    """Catches a cache whose files are named in another way: then they are not kept apart."""
    cache = push._cache
    assert cache.cache_path.startswith(str(cache_dir()))
    assert "{number" in cache._cache_file._data_name_pattern


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (templates, ["AbstractTemplate", "AttributeTemplate", "infer_getattr", "infer_global"]),
        (cgutils, ["is_not_null"]),
        (numba.extending, ["lower_getattr_generic", "typeof_impl", "unbox", "NativeValue"]),
        (ir.IRBuilder, ["gep", "inttoptr", "icmp_unsigned", "if_then", "load"]),
        (ir.LoadInstr, ["set_metadata"]),
    ],
)
def test_what_columns_are_made_of_is_there(owner: object, names: list[str]) -> None:
    """Catches a name that access to columns needs, and a new version has moved."""
    assert [name for name in names if not hasattr(owner, name)] == []
