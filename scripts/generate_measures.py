"""Write the tables of docs/measures.md; `--check` fails where they are stale."""

import argparse
import sys
from pathlib import Path

from sim.results.measures import MEASURES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "measures.md"
MARK = "<!-- Generated from here on by scripts/generate_measures.py. -->"
INTRODUCTION = """
## All measures

Headline measures are in bold type. *of* is the population, *better* the direction that is good.
"""
TABLE = """
### {group}

| measure | unit | of | better | definition |
|---|---|---|---|---|
"""


def render() -> str:
    """Return the page: what stands before the mark, and the tables."""
    text, group = PAGE.read_text(encoding="utf-8").partition(MARK)[0] + MARK + INTRODUCTION, ""
    for measure in MEASURES.values():
        if measure.group != group:
            group = measure.group
            text += TABLE.format(group=group)
        name = f"**`{measure.name}`**" if measure.headline else f"`{measure.name}`"
        cells = (name, measure.unit, measure.of, measure.better, measure.definition)
        text += f"| {' | '.join(cells)} |\n"
    return text


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when stale")
    if not parser.parse_args(arguments).check:
        PAGE.write_text(render(), encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == render():
        return 0
    print(f"{PAGE.name} is stale: run python scripts/generate_measures.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
