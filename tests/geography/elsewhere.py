"""Contact lines outside Ukraine, drawn by hand from memory of maps: tens of kilometres off."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from geography_support import line_string, write
from numpy.typing import NDArray


@dataclass(frozen=True)
class Elsewhere:
    """A line, a place on the home side and one on the other side; longitude and latitude."""

    lonlat: list[list[float]]
    home: tuple[float, float]
    other: tuple[float, float]

    @property
    def vertices(self) -> NDArray[np.float64]:
        return np.array(self.lonlat)

    def file(self, folder: Path) -> Path:
        return write(folder, line_string(self.lonlat))


PLACES = {
    "Korea": Elsewhere(
        [[126.68, 37.95], [127.1, 38.25], [127.8, 38.33], [128.1, 38.4], [128.36, 38.61]],
        (126.98, 37.57),  # Seoul
        (125.75, 39.03),  # Pyongyang
    ),
    "Cyprus": Elsewhere(
        [[32.68, 35.18], [32.9, 35.08], [33.15, 35.14], [33.36, 35.18], [33.6, 35.06],
         [33.75, 35.04], [33.96, 35.06]],
        (33.04, 34.68),  # Limassol
        (33.32, 35.34),  # Kyrenia
    ),
    "Kashmir": Elsewhere(
        [[74.45, 32.8], [74.3, 33.2], [74.0, 33.7], [73.95, 34.15], [73.85, 34.5], [74.6, 34.75],
         [75.6, 34.55], [76.4, 34.75], [77.0, 35.0]],
        (74.8, 34.09),  # Srinagar
        (73.47, 34.37),  # Muzaffarabad
    ),
    "Golan": Elsewhere(
        [[35.81, 33.31], [35.84, 33.12], [35.83, 32.95], [35.88, 32.8], [35.8, 32.74]],
        (35.69, 32.99),  # Katzrin
        (36.29, 33.51),  # Damascus
    ),
    "Western Sahara": Elsewhere(
        [[-8.75, 27.65], [-9.9, 26.9], [-11.4, 26.6], [-11.6, 25.4], [-13.0, 24.0],
         [-13.3, 22.9], [-14.6, 21.9], [-16.9, 21.35]],
        (-13.2, 27.15),  # El Aaiun
        (-10.57, 26.16),  # Tifariti
    ),
    "Abkhazia": Elsewhere(
        [[41.57, 42.39], [41.7, 42.47], [41.83, 42.56], [41.95, 42.66], [42.1, 42.78]],
        (41.87, 42.51),  # Zugdidi
        (41.02, 43.0),  # Sukhumi
    ),
    "Karabakh": Elsewhere(
        [[46.4, 40.33], [46.85, 40.33], [46.98, 40.1], [47.0, 39.85], [47.3, 39.6], [47.1, 39.4]],
        (47.13, 40.37),  # Barda
        (46.75, 39.82),  # Stepanakert
    ),
    "Transnistria": Elsewhere(
        [[28.3, 48.12], [28.85, 47.85], [29.05, 47.5], [29.2, 47.15], [29.55, 46.95],
         [29.6, 46.7], [29.95, 46.4]],
        (28.86, 47.01),  # Chisinau
        (29.63, 46.84),  # Tiraspol
    ),
}  # fmt: skip
