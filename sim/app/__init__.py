"""The interactive page: one run of a scenario to watch, vary and understand."""
