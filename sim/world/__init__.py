"""The state of a run: its tables, and the events that change them."""
