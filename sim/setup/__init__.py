"""How a scenario becomes the arrays of a run, and all that is drawn for it."""
