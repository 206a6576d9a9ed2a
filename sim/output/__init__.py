"""What a person sees of runs, sweeps and comparisons: figures and tables."""

from sim.output.comparison import (
    comparison_markdown,
    comparison_tables,
    write_comparison_tables,
)
from sim.output.figures.derived_line import draw_derived_line
from sim.output.figures.differences import draw_differences
from sim.output.figures.heat_map import draw_heat_map
from sim.output.figures.holding import draw_holding, holding_table
from sim.output.figures.map import draw_run_map
from sim.output.figures.responses import draw_response_times
from sim.output.figures.space_time import draw_space_time
from sim.output.figures.style import save_figure
from sim.output.figures.sweeps import draw_curves, draw_sweep_figures
from sim.output.figures.timelines import draw_timelines
from sim.output.tables import (
    summary_table,
    sweep_csv,
    sweep_markdown,
    sweep_table,
    write_sweep_tables,
)

__all__ = [
    "comparison_markdown",
    "comparison_tables",
    "draw_curves",
    "draw_derived_line",
    "draw_differences",
    "draw_heat_map",
    "draw_holding",
    "draw_response_times",
    "draw_run_map",
    "draw_space_time",
    "draw_sweep_figures",
    "draw_timelines",
    "holding_table",
    "save_figure",
    "summary_table",
    "sweep_csv",
    "sweep_markdown",
    "sweep_table",
    "write_comparison_tables",
    "write_sweep_tables",
]
