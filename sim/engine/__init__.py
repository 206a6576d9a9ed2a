"""The engine: who takes which event, and the loop that advances a world."""
