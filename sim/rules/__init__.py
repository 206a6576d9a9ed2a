"""The agents: their records, their compiled behaviour and their Mesa faces, one module a noun."""

"""The agents: their records, their compiled behaviour and their Mesa faces, one module a noun."""
