"""The commands of `ceasefire`, one module each with a function `execute`."""
