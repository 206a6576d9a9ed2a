"""What a person sees of runs, sweeps and comparisons: figures and tables."""

from sim.report.comparison import (
    comparison_markdown,
    comparison_tables,
    write_comparison_tables,
)
from sim.report.derived import draw_derived_line
from sim.report.differences import draw_differences
from sim.report.heat_map import draw_heat_map
from sim.report.holding import draw_holding, holding_table
from sim.report.map import draw_run_map
from sim.report.responses import draw_response_times
from sim.report.space_time import draw_space_time
from sim.report.style import save_figure
from sim.report.sweeps import draw_curves, draw_sweep_figures
from sim.report.tables import (
    summary_table,
    sweep_csv,
    sweep_markdown,
    sweep_table,
    write_sweep_tables,
)
from sim.report.timelines import draw_timelines

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
