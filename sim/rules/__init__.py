"""The rules: what agents do, compiled, one module a noun."""
