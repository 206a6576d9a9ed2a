"""What every compiled function stands on: compilation, the calendar and the world's columns."""
