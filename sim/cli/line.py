"""`ceasefire line`: a contact line from polygons of occupied territory, with a picture."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli import types

if TYPE_CHECKING:
    from sim.geography import ContactLine

DECIMALS = 5
"""Of longitude and latitude in the file; a metre."""
_LIMITS = ("opening_km", "min_area_km2", "reach_km", "max_gap_km")


def add(commands: types.Commands) -> None:
    """Add `ceasefire line`."""
    line = types.add(
        commands,
        "line",
        "derive a contact line from polygons of occupied territory",
        "Derive the contact line from polygons of occupied territory (GeoJSON). Prints its length "
        "and what was left out, and writes the line as GeoJSON with a picture beside it.",
    )
    line.add_argument(
        "occupied", metavar="OCCUPIED", type=Path, help="polygons of occupied territory (GeoJSON)"
    )
    line.add_argument(
        "--country", type=Path, metavar="FILE",
        help="polygons of the whole country (GeoJSON; default: Ukraine as on the base map, "
        "accurate to a few kilometres)",
    )  # fmt: skip
    line.add_argument(
        "--out", type=Path, metavar="FILE", required=True,
        help="the line (.geojson); the picture is FILE.png",
    )  # fmt: skip
    line.add_argument(
        "--opening-km", type=float, metavar="KM",
        help="free land narrower than twice this does not count (default: 1.25)",
    )  # fmt: skip
    line.add_argument(
        "--min-area-km2", type=float, metavar="KM2",
        help="areas cut off from their own side that are smaller do not count (default: 500)",
    )  # fmt: skip
    line.add_argument(
        "--reach-km", type=float, metavar="KM",
        help="greatest distance of the line from occupied land (default: 2)",
    )  # fmt: skip
    line.add_argument(
        "--max-gap-km", type=float, metavar="KM",
        help="pieces of front with gaps up to this are joined, others left out (default: 25)",
    )  # fmt: skip


def execute(options: argparse.Namespace) -> int:
    """Derive a contact line, say what was left out, and write it with a picture.

    Parameters
    ----------
    options
        ``occupied``, ``country``, ``out``, ``opening_km``, ``min_area_km2``, ``reach_km``,
        ``max_gap_km`` and ``quiet``.

    Returns
    -------
    int
        Exit status 0.
    """
    import shapely

    from sim.cli.common import show_paths
    from sim.errors import InputError
    from sim.files import write_json
    from sim.geography import derive_contact_line
    from sim.geography.areas import read_areas
    from sim.output import draw_derived_line, save_figure

    out: Path = options.out
    if out.suffix not in (".geojson", ".json"):
        message = f"--out {out}: must end in .geojson or .json"
        raise InputError(message)
    limits = {key: getattr(options, key) for key in _LIMITS}
    given = {key: value for key, value in limits.items() if value is not None}
    line = _without_folder(derive_contact_line(options.occupied, options.country, **given), options)
    areas, _ = read_areas(options.occupied)
    figure = draw_derived_line(line, shapely.union_all([area.shape for area in areas]))
    out.parent.mkdir(parents=True, exist_ok=True)
    write_json(out, _geojson(line))
    pictures = save_figure(figure, out.with_suffix(""))
    if not options.quiet:
        print("\n".join([f"contact line of {line.length_km:,.1f} km", *line.notes]))
        show_paths([out, *pictures])
        print(f'\nIn a scenario:\n  [line]\n  file = "{out.name}"\n  ukrainian_side = "left"')
    return 0


def _without_folder(line: ContactLine, options: argparse.Namespace) -> ContactLine:
    """Name the files in the notes without their folder, as the notes are passed on."""
    notes = line.notes
    for path in filter(None, (options.occupied, options.country)):
        notes = tuple(note.replace(str(path), path.name) for note in notes)
    return replace(line, notes=notes)


def _geojson(line: ContactLine) -> dict[str, object]:
    """Return a line as GeoJSON, with its length and what was left out."""
    import numpy as np

    properties = {
        "id": line.name,
        "length_km": round(line.length_km, 1),
        "home_side": "left",
        "notes": list(line.notes),
    }
    coordinates = np.round(line.to_lonlat(line.xy), DECIMALS).tolist()
    geometry = {"type": "LineString", "coordinates": coordinates}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}
