"""Sentences of reports."""

from collections.abc import Sequence


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def quoted(text: str) -> str:
    """Quote a word of a command line where the shell needs it."""
    return f'"{text}"' if any(letter in text for letter in ' ()<>*&;"$') else text
