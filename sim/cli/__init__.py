"""The commands of `ceasefire`, one module each with `add` (its arguments) and `execute`."""
