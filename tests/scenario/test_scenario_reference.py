"""The reference pages that are generated from the models."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import sim.scenario
from sim.scenario import Scenario
from sim.scenario.loading import read_toml

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "generate_parameters.py"))
MODELS = [
    item
    for item in vars(sim.scenario).values()
    if isinstance(item, type) and issubclass(item, BaseModel)
]


@pytest.mark.parametrize("name", ["parameters.md", "scenario.schema.json"])
def test_generated_pages_are_up_to_date(name: str) -> None:
    """Catches a changed model without a run of scripts/generate_parameters.py."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == SCRIPT["render"]()[name]


def test_check_reports_stale_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a check that passes whatever the files hold, or that writes them."""
    main = SCRIPT["main"]
    monkeypatch.setitem(main.__globals__, "DOCS", tmp_path)
    assert main(["--check"]) == 1
    assert "parameters.md, scenario.schema.json" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main([]) == 0
    assert main(["--check"]) == 0


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_fields_state_meaning_unit_and_source(model: type[BaseModel]) -> None:
    """Catches a field without a description, or a number without unit and source."""
    for name, field in model.model_fields.items():
        assert field.description, name
        extra = field.json_schema_extra
        if isinstance(extra, dict):
            assert extra["source"], name
            number = field.annotation in {int, float, int | None, float | None}
            assert extra["unit"] or not number, name
        else:
            assert "BaseModel" in str(field.annotation) or "sim.scenario" in str(field.annotation)


def test_units_agree_with_the_names() -> None:
    """Catches a key whose suffix says another unit than its description."""
    suffixes = {"_km": "km", "_h": "h", "_min": "min", "_days": "days", "_kmh": "km/h"}
    others = {"loss_per_1000_h"}
    for model in MODELS:
        for name, field in model.model_fields.items():
            for suffix, unit in suffixes.items():
                if name.endswith(suffix) and name not in others:
                    extra: Any = field.json_schema_extra
                    assert extra["unit"] == unit, name


@pytest.mark.parametrize("name", ["baseline", "minimal", "straight"])
def test_editor_schema_admits_the_configs(name: str) -> None:
    """Catches a schema for editors that marks good files as wrong, or bad ones as good."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "docs" / "scenario.schema.json").read_text(encoding="utf-8"))
    tables = json.loads(json.dumps(read_toml(ROOT / "configs" / f"{name}.toml"), default=str))
    jsonschema.validate(tables, schema)
    extras = {"extends": "x.toml", "monitors": {"hale": False}, "dispatch": {"max_wait_h": "none"}}
    jsonschema.validate(extras, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"dispatch": {"rul": "nearest"}}, schema)


def test_the_page_has_every_key() -> None:
    """Catches a section or field that the reference leaves out."""
    page = SCRIPT["parameters_markdown"]()
    scenario = Scenario.load(ROOT / "configs" / "baseline.toml")
    names = {path.rpartition(".")[2] for path in scenario.flat() if "look_chance" not in path}
    names -= {"schedule"}  # a list of tables; they have a heading of their own
    assert all(f"| `{name}` |" in page for name in names if not name.isdecimal())
