"""Draw the pictures that the README shows, from the packaged scenarios, into docs/images."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sim import Scenario, simulate, size
from sim.cli.size import draw
from sim.experiment import SweepDesign, perform, summarise_results
from sim.output import draw_curves, draw_run_map, draw_space_time
from sim.output.figures.style import PNG_DPI

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Run the baseline once and the demonstration sweep, and draw both."""
    IMAGES.mkdir(exist_ok=True)
    outcome = simulate(Scenario.load(ROOT / "configs" / "baseline.toml"), seed=1)
    draw_run_map(outcome).savefig(IMAGES / "baseline_map.png", dpi=0.7 * PNG_DPI)
    design = SweepDesign.load(ROOT / "configs" / "demo_sweep.toml")
    with TemporaryDirectory() as folder:
        perform(design, Path(folder) / "sweep", progress=True)
        summary = summarise_results(Path(folder) / "sweep", design)
    drones, units = design.factors
    for x, measure, by in (
        (drones, "detection_rate", units),
        (units, "response_time_restricted_mean_min", drones),
    ):
        figure = draw_curves(summary, x, measure, by)
        figure.savefig(IMAGES / f"demo_{measure}.png", dpi=0.8 * PNG_DPI)
    draw_frontier()
    core = Scenario.load(ROOT / "configs" / "core.toml")
    figure = draw_space_time(core, seed=1, hours=(240, 264), stretch_km=(400, 480))
    figure.savefig(IMAGES / "space_time.png", dpi=0.7 * PNG_DPI)


def draw_frontier() -> None:
    """Size drones and units of the smallest scenario, as docs/sizing.md says."""
    found = size(
        ROOT / "configs" / "minimal.toml",
        require=["detection_rate >= 0.5", "p90(response_time_min) <= 600"],
        vary=["monitors.male.count=4:60", "support.patrols.count=4:80"],
        cost="3*monitors.male.count + support.patrols.count",
    )
    draw(found).savefig(IMAGES / "sizing_frontier.png", dpi=0.7 * PNG_DPI)


if __name__ == "__main__":
    main()
