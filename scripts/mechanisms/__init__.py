"""One-factor experiments on the mechanisms of the mission; see docs/mechanisms.md."""
