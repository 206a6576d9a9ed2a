"""The engine: the world of a run is laid out (`plan`, `world`), drawn (`draws`) and advanced."""
