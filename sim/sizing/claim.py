"""The words in which a sizing is claimed, and what they rest on."""

from collections.abc import Sequence

import numpy as np

from sim.arrays import Flags, Floats
from sim.output.labels import value_label
from sim.sizing.bench import Bench
from sim.sizing.frontier import Knowledge, by_cost, maximal, minimal
from sim.sizing.shortfall import explain_shortfall
from sim.sizing.trend import NO_TREND, SAME, UNKNOWN, Place, Trend

MOST_LISTED = 4
"""Forces named in a claim; the tables have all."""
BY_RUNS = "By runs of each of them"
BY_TREND = "By the trend between the forces run"


def make_claim(bench: Bench, known: Knowledge, confidence: float) -> str:
    """Say what was shown by runs, then what follows from the trend for forces not run."""
    words = _claim(bench, known, f"With {100 * confidence:g} % confidence")
    condition = bench.asked.condition
    return f"Given {condition}: {words[0].lower()}{words[1:]}" if condition else words


def _claim(bench: Bench, known: Knowledge, sure: str) -> str:
    met, failed = known.run_verdicts("met"), known.run_verdicts("not met")
    if not met.any():
        return _none(bench, known, sure, failed)
    if bench.asked.prices is not None:
        return f"{sure}, {_cheapest(bench, known, bench.asked.prices)}"
    if len(bench.asked.factors) == 1:
        return f"{sure}, {_one_size(bench, known)}"
    return f"{sure}, {_two_sizes(bench, known)}"


def _none(bench: Bench, known: Knowledge, sure: str, failed: Flags) -> str:
    tested, most = len(known.tested), int((~known.barred).sum())
    budget = " within the budget" if known.barred.any() else ""
    none = f"none of the {tested} forces run suffices"
    if tested == 1:
        none = f"{bench.asked.name(min(known.tested))}, the only force run, falls short"
    if known.claimed_short.all():
        if tested == most:
            return f"{sure}, no force in range{budget} suffices: each was run."
        return f"{sure}, {none}. {BY_TREND}, no other in range{budget} does."
    if failed.sum() == tested:
        return f"{sure}, {none}. Of the {most - tested:,} not run nothing is claimed."
    if not failed.any():
        return "No force was shown to suffice, and none to fall short: all are open."
    return (
        f"No force was shown to suffice. {sure}, these fall short: "
        f"{_list_of(bench, maximal(failed))}; {_count_open(known)}."
    )


def _count_open(known: Knowledge) -> str:
    missing = int((~known.claimed_sufficient & ~known.claimed_short).sum())
    verb = "is" if missing == 1 else "are"
    return f"{missing:,} of {known.barred.size:,} forces in range {verb} open"


def _cheapest(bench: Bench, known: Knowledge, prices: Floats) -> str:
    place = by_cost(known.run_verdicts("met"), prices)
    words = f"{bench.asked.name(place)} at a cost of {value_label(prices[place])} suffices"
    least = float(prices[~known.claimed_short].min(initial=np.inf))
    cheaper = prices < least
    if not cheaper.any():
        return f"{words}." if least < prices[place] else f"{words}: none in range costs less."
    how = _how(known, cheaper)
    return f"{words}. {how}, no force in range that costs less than {value_label(least)} does."


def _how(known: Knowledge, spoken_of: Flags) -> str:
    """Tell whether what is said of these forces was run, or follows from the trend."""
    run = known.barred | known.run_verdicts("met") | known.run_verdicts("not met")
    return BY_RUNS if run[spoken_of].all() else BY_TREND


def _one_size(bench: Bench, known: Knowledge) -> str:
    met = np.flatnonzero(known.run_verdicts("met")[0])
    failed = np.flatnonzero(known.run_verdicts("not met")[0] | known.barred[0])
    levels = bench.asked.factors[0].levels
    below, above = failed[failed < met[0]], failed[failed > met[0]]
    if len(above) and (met > above[0]).any():
        return _several_stretches(bench, known)
    beside = [int(side[k]) for side, k in ((below, -1), (above, 0)) if len(side)]
    enough = [int(met[0])] if met[0] == met[-1] or not len(above) else [int(met[0]), int(met[-1])]
    words = f"{levels_text(levels, enough)} suffice{'s' if len(enough) == 1 else ''}"
    key = bench.asked.factors[0].key
    if beside:
        verb = "does" if len(beside) == 1 else "do"
        words += f" and {levels_text(levels, beside)} {verb} not"
    ends = _ends(known, levels, int(met[0]), int(met[-1]) if len(above) else None)
    return f"{key} = {words}. {ends}"


def levels_text(levels: Sequence[int], numbers: Sequence[int]) -> str:
    """Return sizes in words: 4, or 4 and 9."""
    return " and ".join(str(levels[number]) for number in numbers)


def _ends(known: Knowledge, levels: range, first: int, last: int | None) -> str:
    """Say which size is the least that suffices, and where there is one, which is the most."""
    short = known.claimed_short[0]
    lower = np.flatnonzero(~short[:first])
    sides = np.zeros(known.shape, dtype=np.bool_)
    sides[0, :first] = True
    least = f"{levels[first]} is the least" + (" in range" if first == 0 else "")
    if len(lower):
        least = f"the least is from {levels[lower[0]]} to {levels[first]}"
    parts = [least]
    if last is not None:
        sides[0, last + 1 :] = True
        upper = last + 1 + np.flatnonzero(~short[last + 1 :])
        parts.append(
            f"the most is from {levels[last]} to {levels[upper[-1]]}" if len(upper)
            else f"{levels[last]} the most" if not len(lower) else f"{levels[last]} is the most"
        )  # fmt: skip
    words = " and ".join(parts)
    decided = sides & known.claimed_short
    if not decided.any():
        return f"{words[0].upper()}{words[1:]}."
    return f"{_how(known, decided)}, {words}."


def _several_stretches(bench: Bench, known: Knowledge) -> str:
    levels = bench.asked.factors[0].levels
    met, failed = (
        ranges_text(levels, np.flatnonzero(known.run_verdicts(verdict)[0]).tolist())
        for verdict in ("met", "not met")
    )
    words = f"of the sizes run {met} suffice and {failed} do not"
    rest = bench.asked.forces - len(known.tested)
    left = f" {rest} sizes were not run, and nothing is claimed of them." if rest > 0 else ""
    return f"{words}, {bench.asked.factors[0].key} being varied.{left}"


def ranges_text(levels: Sequence[int], numbers: Sequence[int]) -> str:
    """Return sizes in words, those next to each other as a stretch: 4 to 9 and 20."""
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and number == stretches[-1][-1] + 1:
            stretches[-1].append(number)
        else:
            stretches.append([number])
    texts = [
        str(levels[part[0]]) if len(part) == 1 else f"{levels[part[0]]} to {levels[part[-1]]}"
        for part in stretches
    ]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]


def _two_sizes(bench: Bench, known: Knowledge) -> str:
    met, failed = known.run_verdicts("met"), known.run_verdicts("not met")
    words = f"these forces suffice: {_list_of(bench, minimal(met))}. "
    if failed.any():
        words += f"These fall short: {_list_of(bench, lower_failures(known))}. "
    enough, short = int(known.claimed_sufficient.sum()), int(known.claimed_short.sum())
    how = _how(known, known.claimed_sufficient | known.claimed_short)
    return (
        f"{words}{how}, {enough:,} of {met.size:,} forces in range suffice, {short:,} do not, and "
        f"{met.size - enough - short:,} are open."
    )


def lower_failures(known: Knowledge) -> list[Place]:
    """List the largest forces that were run and fall short without containing one that suffices."""
    above = _containing(known.run_verdicts("met"))
    return maximal(known.run_verdicts("not met") & ~above)


def upper_failures(known: Knowledge) -> list[Place]:
    """List the smallest forces that were run and fall short although a smaller one suffices."""
    return minimal(known.run_verdicts("not met") & _containing(known.run_verdicts("met")))


def _containing(mask: Flags) -> Flags:
    above: Flags = np.maximum.accumulate(np.maximum.accumulate(mask, axis=0), axis=1)
    return above


def _list_of(bench: Bench, places: Sequence[Place]) -> str:
    texts = [bench.asked.name(place) for place in places[:MOST_LISTED]]
    more = f"; and {len(places) - MOST_LISTED} more" if len(places) > MOST_LISTED else ""
    return "; ".join(texts) + more


def explain(bench: Bench, known: Knowledge) -> list[str]:
    """Say what the claim rests on, and where nothing suffices, why."""
    lines = []
    if not known.run_verdicts("met").any() and known.run_verdicts("not met").any():
        lines += explain_shortfall(bench, known)
    if len(known.tested) < bench.asked.forces:
        lines += _trend_lines(bench, known)
    return lines + _undefined_lines(bench)


def _trend_lines(bench: Bench, known: Knowledge) -> list[str]:
    trends = bench.trends(list(known.tested))
    axes = (0, 1) if len(bench.asked.factors) == 2 else (1,)
    return list(
        dict.fromkeys(
            f"Trend: {trend_text(rule.measure, factor.key, by_axis[axis])}"
            for rule, by_axis in zip(bench.asked.requirements, trends, strict=True)
            for factor, axis in zip(bench.asked.factors, axes, strict=True)
        )
    )


def trend_text(measure: str, key: str, trend: Trend) -> str:
    """Say how a measure moves along a size, and in how many comparisons of neighbours."""
    pairs = f"{trend.pairs} pair{'' if trend.pairs == 1 else 's'} of neighbours run"
    match trend.sign:
        case _ if not trend.pairs:
            return f"{measure}: too few forces were run to tell how it moves with {key}."
        case sign if sign == SAME:
            return f"{measure} is the same in every run, whatever {key} (in {pairs})."
        case sign if sign == NO_TREND:
            return (
                f"{measure} neither rises nor falls with {key} as far as can be told (in {pairs}): "
                "nothing is said of sizes not run that hangs on it."
            )
        case sign if sign == UNKNOWN:
            return (
                f"{measure} both rises and falls with {key} (up in {trend.rose}, down in "
                f"{trend.fell} of {pairs}): next to its turns nothing is said of sizes not run."
            )
        case sign:
            up, many = ("rises", trend.rose) if sign > 0 else ("falls", trend.fell)
            return f"{measure} {up} with {key} (shown in {many} of {pairs}, the contrary in none)."


def _undefined_lines(bench: Bench) -> list[str]:
    lines = []
    for number, rule in enumerate(bench.asked.requirements):
        samples = [bench.samples(place)[number] for place in bench.findings]
        undefined = sum(int(np.isnan(sample).sum()) for sample in samples)
        if undefined:
            runs = sum(len(sample) for sample in samples)
            lines.append(
                f"{rule.measure} is undefined in {undefined:,} of {runs:,} runs, where there was "
                "nothing to measure: these count neither for nor against the rule."
            )
    return lines
