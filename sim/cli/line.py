"""`ceasefire line`: a contact line from polygons of occupied territory, with a picture."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from sim.cli.common import show_paths
from sim.errors import InputError
from sim.files import write_json
from sim.geography import ContactLine, derive_contact_line
from sim.geography.areas import read_areas
from sim.output import draw_derived_line, save_figure

DECIMALS = 5
"""Of longitude and latitude in the file; a metre."""


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


_LIMITS = ("opening_km", "min_area_km2", "reach_km", "max_gap_km")


def _without_folder(line: ContactLine, options: argparse.Namespace) -> ContactLine:
    """Name the files in the notes without their folder, as the notes are passed on."""
    notes = line.notes
    for path in filter(None, (options.occupied, options.country)):
        notes = tuple(note.replace(str(path), path.name) for note in notes)
    return replace(line, notes=notes)


def _geojson(line: ContactLine) -> dict[str, object]:
    """Return a line as GeoJSON, with its length and what was left out."""
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
