"""The Mesa face of a run: a model whose agents are live views of the world."""
