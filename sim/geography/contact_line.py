"""The contact line: a line in a local plane, with chainage along it and offset across it."""

from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from sim.arrays import Floats
from sim.errors import InputError
from sim.geography.loading import read_line
from sim.geography.offsets import EXACT_KM, directions, locate, places_at
from sim.geography.projection import project, unproject, unwrapped
from sim.geography.region import LonLat, lonlat_text
from sim.geography.tracks import offset_track

type Side = Literal["auto", "left", "right"]

KYIV = (30.5234, 50.4501)
"""Longitude and latitude (degrees); where no other place is named, its side is the home side."""

DETAIL_KM = 0.02
"""Detail of a line below this is dropped on reading; it is far below any footprint."""

_LEAST_ANGLE_RAD = 0.005
"""A bend sharper than this runs back over itself; rounding hides it from an exact check."""

DEFAULT_FILE = "contact_line_approx_2025_12.geojson"
DEFAULT_ATTRIBUTION = (
    "Approximate line of contact, December 2025. Settlement coordinates: GeoNames "
    "(geonames.org), CC BY 4.0; end point: Natural Earth. Not for navigation or operations."
)


@dataclass(frozen=True, eq=False)
class ContactLine:
    """A contact line in a local plane.

    The chainage of a place (km) is how far along the line its nearest point lies; its offset (km)
    is its distance from the whole line, positive on the home side (in Ukraine: the
    Ukrainian-controlled side), which lies to the left of increasing chainage whichever way the line
    was digitised. Of a place past an end, the nearest point is that end, and the side is that of
    the first or last segment, continued.

    Attributes
    ----------
    xy
        Vertices in the order of chainage, km in the plane, shape (n, 2).
    centre
        Longitude and latitude (degrees) of the origin of the azimuthal equidistant plane.
    length_factor
        Kilometres of true line per mapped kilometre: how much detail the map leaves out.
    name, attribution
        What the line is, and whom to name when it is shown.
    notes
        What was done on reading or deriving it that a user should know, a sentence each: what was
        left out, joined or transformed, and that it lies elsewhere than expected.
    """

    xy: Floats
    centre: tuple[float, float]
    length_factor: float = 1.0
    name: str = ""
    attribution: str = ""
    notes: tuple[str, ...] = ()
    chainage_km: Floats = field(init=False, repr=False)
    _places: dict[float, cKDTree] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not 1.0 <= self.length_factor < np.inf:
            message = f"length_factor = {self.length_factor}: must be a number >= 1"
            raise InputError(message)
        steps = np.hypot(*np.diff(self.xy, axis=0).T)
        object.__setattr__(self, "chainage_km", np.concatenate([[0.0], np.cumsum(steps)]))

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        feature: str | None = None,
        length_factor: float = 1.0,
        ukrainian_side: Side = "auto",
        home: LonLat | None = None,
    ) -> "ContactLine":
        """Read a line from a GeoJSON file, anywhere on Earth.

        Parameters
        ----------
        path
            The file; longitude and latitude (WGS 84), or in the CRS that its `crs` member names.
        feature
            Which one, where the file holds several lines: its `id`, its name, its number (from 1),
            or `longest`. None is the only one, or all where they touch end to end.
        length_factor
            Kilometres of true line per mapped kilometre, >= 1.
        ukrainian_side
            Home side, looking along the line as digitised; `auto` is the side of `home`.
        home
            Longitude and latitude (degrees) of a place on the home side, such as a capital; None
            is Kyiv.

        Raises
        ------
        InputError
            When the file holds no line that can be used.
        """
        mapped = read_line(Path(path), feature, home=home)
        return cls.from_lonlat(
            mapped.lonlat,
            length_factor=length_factor,
            ukrainian_side=ukrainian_side,
            home=home,
            name=mapped.name or Path(path).stem,
            source=str(path),
            notes=mapped.notes,
        )

    @classmethod
    def from_lonlat(
        cls,
        lonlat: Floats,
        *,
        length_factor: float = 1.0,
        ukrainian_side: Side = "auto",
        home: LonLat | None = None,
        name: str = "",
        attribution: str = "",
        source: str = "line",
        notes: tuple[str, ...] = (),
    ) -> "ContactLine":
        """Make a line from vertices (n, 2) in degrees, in a plane centred on it.

        Raises
        ------
        InputError
            When the line crosses itself or is closed; `source` names it in the message.
        """
        whole = unwrapped(lonlat)
        low, high = whole.min(axis=0), whole.max(axis=0)
        centre = (float(low[0] + high[0]) / 2.0, float(low[1] + high[1]) / 2.0)
        mapped = project(centre, lonlat)
        line = _simplified(mapped)
        _check_simple(line, centre, source)
        xy = shapely.get_coordinates(line)
        if ukrainian_side == "right" or (
            ukrainian_side == "auto" and not _is_left(xy, project(centre, np.array(home or KYIV)))
        ):
            # simplified anew, so that the vertices do not depend on the way it was digitised
            xy = shapely.get_coordinates(_simplified(mapped[::-1]))
        return cls(np.ascontiguousarray(xy), centre, length_factor, name, attribution, notes)

    @classmethod
    def default(
        cls,
        length_factor: float = 1.75,
        *,
        feature: str = "full",
        ukrainian_side: Side = "auto",
        home: LonLat | None = None,
    ) -> "ContactLine":
        """Return the packaged approximate line of December 2025.

        Parameters
        ----------
        length_factor
            705 km as mapped; 1.25 stands for 5 km detail, 1.75 for the length that is quoted.
        feature
            `full`, or its parts `dnipro` (along the river) and `land`.

        Raises
        ------
        InputError
            When there is no such feature.
        """
        with as_file(files("sim").joinpath("data", "geography", DEFAULT_FILE)) as path:
            lonlat = read_line(path, feature).lonlat
        return cls.from_lonlat(
            lonlat,
            length_factor=length_factor,
            ukrainian_side=ukrainian_side,
            home=home,
            name=f"approximate line of December 2025 ({feature})",
            attribution=DEFAULT_ATTRIBUTION,
        )

    @classmethod
    def straight(cls, length_km: float, length_factor: float = 1.0) -> "ContactLine":
        """Return a straight line from west to east: x from 0 to its length, y = 0.

        Raises
        ------
        InputError
            When the length is not a number > 0.
        """
        if not 0.0 < length_km < np.inf:
            message = f"length_km = {length_km}: must be a number > 0"
            raise InputError(message)
        xy = np.array([[0.0, 0.0], [length_km, 0.0]])
        return cls(xy, (36.0, 48.0), length_factor, f"straight line of {length_km:g} km")

    @property
    def length_km(self) -> float:
        """Length as mapped."""
        return float(self.chainage_km[-1])

    @property
    def is_straight(self) -> bool:
        """Whether the line is one segment, so that each step across it has its length as offset."""
        return len(self.xy) == 2

    @property
    def true_length_km(self) -> float:
        """Length as mapped times the length factor."""
        return self.length_km * self.length_factor

    def to_plane(self, lon: ArrayLike, lat: ArrayLike) -> Floats:
        """Project longitude and latitude (degrees) into the plane; shape (..., 2), km."""
        stacked = np.stack(np.broadcast_arrays(lon, lat), axis=-1)
        return project(self.centre, stacked.astype(np.float64))

    def to_lonlat(self, xy: ArrayLike) -> Floats:
        """Return longitude and latitude (degrees) of points (..., 2) of the plane (km)."""
        return unproject(self.centre, np.asarray(xy, dtype=np.float64))

    def across(self, chainage_km: ArrayLike, offset_km: ArrayLike = 0.0) -> Floats:
        """Return the points (..., 2) in the plane (km) a step straight across the line.

        Near a bend a step may end nearer to another part of the line, or in front of it; `point`
        gives places whose offset is exact. At a vertex the step goes along the bisector of the two
        normals. Chainages beyond the ends lie on the continuation of the first and last segment.
        """
        s, y = np.broadcast_arrays(
            np.asarray(chainage_km, dtype=np.float64), np.asarray(offset_km, dtype=np.float64)
        )
        segment = np.searchsorted(self.chainage_km, s, side="right") - 1
        segment = np.clip(segment, 0, len(self.xy) - 2)
        along = self._directions[segment]
        normal = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        at_vertex = (s == self.chainage_km[segment]) & (segment > 0)
        if at_vertex.any():
            before = self._directions[np.maximum(segment - 1, 0)]
            both = normal + np.stack([-before[..., 1], before[..., 0]], axis=-1)
            both /= np.hypot(both[..., :1], both[..., 1:])
            normal = np.where(at_vertex[..., None], both, normal)
        ahead = (s - self.chainage_km[segment])[..., None]
        return self.xy[segment] + ahead * along + y[..., None] * normal

    def point(
        self, chainage_km: ArrayLike, offset_km: ArrayLike = 0.0, *, key: str = "offset_km"
    ) -> Floats:
        """Return points (..., 2) in the plane (km) that have an offset from the whole line.

        A point is the end of the step across the line at its chainage. Where that is nearer to
        another part of the line, it is the nearest place that has the offset; where it is across
        another part of the line, the place nearest to where the step begins. Chainages beyond the
        ends are stepped from as they are (`across`).

        Parameters
        ----------
        chainage_km
            Where along the line.
        offset_km
            How far behind it, below 0 in front.
        key
            What the offset is called in the message of an error.

        Raises
        ------
        InputError
            When the line leaves no room for the offset on that side.
        """
        points = self.across(chainage_km, offset_km)
        if self.is_straight or not np.any(offset_km):
            return points
        s, y = np.broadcast_arrays(
            np.asarray(chainage_km, dtype=np.float64), np.asarray(offset_km, dtype=np.float64)
        )
        checked = (y != 0.0) & (s >= 0.0) & (s <= self.length_km)
        found = y.copy()
        found[checked] = self.locate(points[checked])[1]
        astray = np.abs(found - y) > EXACT_KM
        start = np.where((found * y > 0.0)[..., None], points, self.across(s))
        for wanted_km in np.unique(y[astray]):
            mine = astray & (y == wanted_km)
            points[mine] = self.nearest_place(start[mine], float(wanted_km), key=key)
        return points

    def nearest_place(self, xy: ArrayLike, offset_km: float, *, key: str = "offset_km") -> Floats:
        """Return, for points (..., 2), the nearest places that have an offset (km, not 0).

        The places lie every 250 m; those of an offset are found once and kept.

        Raises
        ------
        InputError
            When the line leaves no room for the offset on that side; `key` is what the message
            calls it.
        """
        self.lay_places(offset_km, key=key)
        tree = self._places[offset_km]
        _, nearest = tree.query(np.asarray(xy, dtype=np.float64))
        return np.ascontiguousarray(tree.data[nearest])

    def lay_places(self, offset_km: float, *, key: str = "offset_km") -> None:
        """Find the places that have an offset (km) beforehand, so that `point` has them at hand.

        Raises
        ------
        InputError
            When the line leaves no room for the offset on that side; `key` is what the message
            calls it.
        """
        if offset_km in self._places or offset_km == 0.0:
            return
        places = places_at(self.xy, self.chainage_km, offset_km)
        if len(places) == 0:
            where = "behind" if offset_km > 0.0 else "in front of"
            message = (
                f"{key} = {abs(offset_km):g}: the line bends so much that no place {where} it is "
                "that far (km) from all of it"
            )
            raise InputError(message)
        self._places[offset_km] = cKDTree(places)

    def locate(self, xy: ArrayLike) -> tuple[Floats, Floats]:
        """Return chainage and offset (km) of points (..., 2) of the plane (km).

        The chainage is that of the nearest point of the line; the offset is the distance to it,
        with the sign of the side.
        """
        points = np.asarray(xy, dtype=np.float64)
        chainage, offset, _ = locate(self.xy, self.chainage_km, points.reshape(-1, 2))
        shape = points.shape[:-1]
        return chainage.reshape(shape), offset.reshape(shape)

    def sector_edges(self, sectors: int) -> Floats:
        """Return the chainages (km) between equal sectors, shape (sectors + 1,)."""
        return np.linspace(0.0, self.length_km, sectors + 1)

    def stretch(self, from_km: float, to_km: float) -> Floats:
        """Return the vertices (m, 2) of the line between two chainages (km)."""
        return self.stretches(np.array([from_km, to_km]))[0]

    def stretches(self, edges_km: Floats) -> list[Floats]:
        """Return the vertices (m, 2) of the line between each two of ascending edges (km)."""
        ends = self.across(edges_km)
        first = np.searchsorted(self.chainage_km, edges_km[:-1], side="right").tolist()
        end = np.searchsorted(self.chainage_km, edges_km[1:], side="left").tolist()
        return [
            np.concatenate([ends[n : n + 1], self.xy[a : max(a, b)], ends[n + 1 : n + 2]])
            for n, (a, b) in enumerate(zip(first, end, strict=True))
        ]

    def track(self, from_km: float, to_km: float, offset_km: float, generalise_km: float) -> Floats:
        """Return a patrol track: a generalised copy of a stretch, moved across by an offset.

        Parameters
        ----------
        from_km, to_km
            Chainages of the stretch, from_km < to_km.
        offset_km
            Offset of the track, positive behind the line on the home side.
        generalise_km
            Detail smaller than this is left out.

        Returns
        -------
        ndarray, shape (m, 2)
            Vertices in the plane (km) in the order of chainage; the track does not cross itself.
        """
        return offset_track(self.stretch(from_km, to_km), offset_km, generalise_km)

    @cached_property
    def _directions(self) -> Floats:
        """Unit vectors of the segments, shape (n - 1, 2)."""
        return directions(self.xy, self.chainage_km)


def _simplified(xy: Floats) -> shapely.LineString:
    return shapely.simplify(shapely.LineString(xy), DETAIL_KM, preserve_topology=True)


def _is_left(xy: Floats, home: Floats) -> bool:
    """Tell whether a place (2,) lies to the left of a line, as given.

    By the angle through which it turns to follow the line with the eyes, so that neither a hook at
    an end nor a bend around the place decides.
    """
    rays = xy - home
    (x, y), (next_x, next_y) = rays[:-1].T, rays[1:].T
    return float(np.arctan2(x * next_y - y * next_x, x * next_x + y * next_y).sum()) > 0.0


def _check_simple(line: shapely.LineString, centre: tuple[float, float], source: str) -> None:
    """Refuse a line that crosses or touches itself, and say about where."""
    if line.length <= 0.0:
        message = f"{source}: the line has no length"
        raise InputError(message)
    if line.is_ring or line.coords[0] == line.coords[-1]:
        message = f"{source}: the line is closed; a contact line has two ends"
        raise InputError(message)
    xy = shapely.get_coordinates(line)
    steps = np.diff(xy, axis=0)
    steps /= np.hypot(steps[:, :1], steps[:, 1:])
    back = np.sum(steps[1:] * steps[:-1], axis=1) < -np.cos(_LEAST_ANGLE_RAD)
    if back.any() or not line.is_simple:
        place = xy[1:-1][back][0] if back.any() else _first_crossing(xy)
        lon, lat = unproject(centre, place)
        message = f"{source}: the line crosses itself near {lonlat_text(lon, lat, 3)}"
        raise InputError(message)


def _first_crossing(xy: Floats) -> Floats:
    """Return a point (2,) at which a line meets itself."""
    segments = np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)))
    tree = shapely.STRtree(segments)
    one, other = tree.query(segments, predicate="intersects")
    apart = other > one + 1  # neighbours share a vertex
    meeting = shapely.intersection(segments[one[apart][0]], segments[other[apart][0]])
    point: Floats = shapely.get_coordinates(meeting)[0]
    return point
