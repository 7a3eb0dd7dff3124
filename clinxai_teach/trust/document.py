"""What a trust report says, part by part, as blocks for Markdown and HTML alike."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from clinxai_teach.markup import Block, Bullets, Figure, Heading, Paragraph, Table
from clinxai_teach.svg import ratio_svg, reliability_svg
from clinxai_teach.trust.content import ReportContent
from clinxai_teach.trust.parts import PARTS, STANDARDS, WORDS, WRITTEN, not_stated
from clinxai_teach.trust.subgroups import FEW, INSUFFICIENT, MEASURES, NO_ESTIMATE, cell, subgroup_text

NOT_STATED = "Not stated."


class Finding(StrEnum):
    """What the test and the interval of one group say, and the words for it."""

    WRONG_LOW = "wrong: risks too low"
    WRONG_HIGH = "wrong: risks too high"
    WRONG_SPREAD = "wrong: right in total, not in spread"
    SUSPECT_LOW = "suspect: risks perhaps too low"
    SUSPECT_HIGH = "suspect: risks perhaps too high"
    UNTESTED = "risks untested: too few patients"
    NO_ERROR = "no error shown"


SUSPECT = (Finding.SUSPECT_LOW, Finding.SUSPECT_HIGH)


def stated(report: ReportContent, field: str, before: str = "") -> Paragraph:
    """Return what the author wrote, or that nothing was written and what belongs there."""
    text = getattr(report, field)
    return Paragraph(before + (f"{NOT_STATED} Here belongs: {WRITTEN[field]}." if text is None else text))


def sections(report: ReportContent) -> list[Block]:
    """Return all blocks of the report in order."""
    bodies: dict[str, list[Block]] = {
        "intended_use": [Paragraph(report.intended_use)],
        "data": data(report),
        "subgroups": subgroups(report),
        "calibration": calibration(report),
        "coverage": coverage(report),
        "explanation": [stated(report, "explanation")],
        "failure_modes": [Bullets(report.failure_modes)],
        "similarity": similarity(report),
        "use_conditions": [stated(report, "use_conditions")],
        "override": [Paragraph(report.override)],
        "monitoring": [stated(report, "monitoring")],
        "version": version(report),
    }
    blocks: list[Block] = [Heading(1, f"Trust report: {report.model_name}"), *summary(report)]
    for number, (key, part) in enumerate(PARTS.items(), start=1):
        blocks += [Heading(2, f"{number} {part.title}"), *bodies[key]]
    return [*blocks, Heading(2, f"{len(PARTS) + 1} What each part serves"), *serves()]


def summary(report: ReportContent) -> list[Block]:
    """Return what a reader in a hurry must see."""
    overall, *groups = report.subgroups
    by_name = {row["group"]: row for row in groups}
    wrong = [by_name[row["group"]] for row in report.miscalibrated if row["miscalibrated"]]
    both = list(zip(report.miscalibrated, groups, strict=True))
    suspect = [row for test, row in both if finding(test, row) in SUSPECT]
    untested = [row["group"] for test, row in both if finding(test, row) is Finding.UNTESTED]
    missed = round(report.alerts["missed"] * overall["n"] / 100)
    findings = [] if report.excluded is None else [left_out(report.excluded)]
    findings += [
        f"{overall['n']:,} patients, {overall['events']:,} with the event. AUC {number(overall, 'auc')}, observed / "
        f"expected events {number(overall, 'oe')}.",
        "Probabilities wrong by more than chance explains (tested in every group, 5% chance of any false alarm): "
        + (listed(wrong) if wrong else "found in no group")
        + ".",
        *(
            [
                "Suspect (all of the interval of O/E on one side of 1; the test for many groups does not confirm it): "
                f"{listed(suspect)}."
            ]
            if suspect
            else []
        ),
        f"Risks untested (too few patients, and the interval of O/E holds 1): {'; '.join(untested) or 'no group'}."
        + (" No group has an estimate." if all(row["insufficient"] for row in groups) else ""),
        f"Per 100 patients at the threshold {report.settings['threshold']:g}: {shown(report.alerts['alerts'], 1)} "
        f"alerts, of which {shown(report.alerts['false_alerts'], 1)} are false, and "
        f"{shown(report.alerts['missed'], 1)} missed cases ({missed:,} of the {overall['events']:,} with the event).",
    ]
    silent = not_stated(vars(report))
    if silent:
        findings.append(f"Not stated by the author: {', '.join(WORDS[field] for field in silent)}.")
    notice = "Written with teaching material. It describes a model and approves nothing. In brackets: 95% intervals."
    return [Paragraph(notice), Bullets(findings)]


def listed(rows: Sequence[Mapping[str, Any]]) -> str:
    """Name groups with their O/E."""
    return "; ".join(f"{row['group']}, O/E {number(row, 'oe')}" for row in rows)


def data(report: ReportContent) -> list[Block]:
    """Return where the patients come from, when they were seen, who was left out, and how many they are."""
    overall = report.subgroups[0]
    share = overall["events"] / overall["n"]
    counts = f"This report: {overall['n']:,} patients, {overall['events']:,} with the event ({share:.1%})."
    who = stated(report, "excluded", "Left out: ") if report.excluded is None else Paragraph(left_out(report.excluded))
    return [stated(report, "data"), stated(report, "dates", "Dates: "), who, Paragraph(counts)]


def left_out(excluded: Mapping[str, int]) -> str:
    """Say who was left out of the table that the report is about, and how many."""
    groups = [f"{name} ({n:,})" for name, n in excluded.items()]
    return f"Left out of this report: {'; '.join(groups) if groups else 'nobody'}."


def subgroups(report: ReportContent) -> list[Block]:
    """Return the table by group, the picture of O/E and the tests of calibration."""
    table = subgroup_text(report.subgroup_table())
    rows = [[name, *cells] for name, cells in zip(table.index, table.to_numpy().tolist(), strict=True)]
    tests = [
        # Events over expected events is the very estimate that a small group does not get: no expected ones either.
        [
            test["group"],
            NO_ESTIMATE if row["insufficient"] else f"{test['expected']:.1f}",
            str(test["events"]),
            small(test["p_adjusted"]),
            finding(test, row),
        ]
        for test, row in zip(report.miscalibrated, report.subgroups[1:], strict=True)
    ]
    return [
        Table(
            f"Performance by {report.settings['group_name']}, sensitivity at the threshold "
            f"{report.settings['threshold']:g}",
            [report.settings["group_name"], *table.columns],
            rows,
        ),
        Paragraph(
            f'"{INSUFFICIENT}": fewer than {FEW} events, or fewer than {FEW} patients without the event. There is no '
            "estimate, but read the interval. Where it lies wholly on one side of what is right (O/E of 1), it speaks "
            "against the tool in this group: suspect, and wrong where the test below, which allows for the number of "
            "groups, confirms it. Where it holds what is right, the risks are untested in this group. It never means "
            "that the group is safe."
        ),
        *no_slope(report),
        figures(report)["ratios"],
        Table(
            "Are the probabilities right in each group? Test of total and trend, adjusted for the number of groups",
            [report.settings["group_name"], "Expected events", "Observed events", "Adjusted p", "Finding"],
            tests,
        ),
    ]


def no_slope(report: ReportContent) -> list[Block]:
    """Say why a slope is not estimable, if one is not, and that probabilities were moved to have one, if so."""
    clip, n = report.settings["clip"], report.subgroups[0]["n"]
    said: list[Block] = []
    if clip is not None:
        said.append(
            Paragraph(
                f"For the slope alone, {report.reliability['clipped']:,} of {n:,} probabilities below {clip:g} or "
                f"above "
                f"{1 - clip:g} were moved there. Another such limit would give another slope."
            )
        )
    if any(row["slope"] is None for row in report.subgroups):
        certain = report.reliability.get("certain")
        here = f" In this report, {certain:,} of {n:,} probabilities are." if certain else ""
        cure = " trust_report(..., clip=0.001) moves them for the slope, and says so." if certain and not clip else ""
        said.append(
            Paragraph(
                "There is no calibration slope where a probability is exactly 0 or 1, because its log-odds are "
                "infinite."
                f"{here}{cure} Nor where all patients have one outcome or one probability, or where the probabilities "
                "separate the outcomes perfectly."
            )
        )
    return said


def finding(test: Mapping[str, Any], row: Mapping[str, Any]) -> Finding:
    """Return what the test of one group found, and with its interval of O/E in which direction."""
    low, high = row["oe_low"], row["oe_high"]
    if low is not None and low > 1:
        return Finding.WRONG_LOW if test["miscalibrated"] else Finding.SUSPECT_LOW
    if high is not None and high < 1:
        return Finding.WRONG_HIGH if test["miscalibrated"] else Finding.SUSPECT_HIGH
    if test["miscalibrated"]:
        return Finding.WRONG_SPREAD
    return Finding.UNTESTED if row["insufficient"] else Finding.NO_ERROR


def calibration(report: ReportContent) -> list[Block]:
    """Return the measures of calibration, the reliability diagram and the same as a table."""
    overall, curve = report.subgroups[0], report.reliability
    columns = ("prob_pred", "count", "prob_true", "ci_low", "ci_high")
    rows = [
        [f"{p:.3f}", f"{n:,}", f"{share:.3f}", f"{low:.3f} to {high:.3f}"]
        for p, n, share, low, high in zip(*(curve[name] for name in columns), strict=True)
    ]
    return [
        Table(
            "Calibration of all patients together",
            ["Measure", "Value", "Right is"],
            [
                ["Observed / expected events", number(overall, "oe"), "1"],
                ["Calibration slope", slope(report), "1"],
                ["Expected calibration error, 10 bins", number(overall, "ece"), "near 0"],
                [
                    "What chance alone gives to a perfect model (95%)",
                    f"{curve['null_low']:.3f} to {curve['null_high']:.3f}",
                    "holds the value above",
                ],
                ["Brier score", number(overall, "brier"), "low"],
            ],
        ),
        figures(report)["reliability"],
        Table(
            "Reliability: predicted and observed share, bin by bin",
            ["Predicted", "Patients", "Observed", "95% interval (Wilson)"],
            rows,
        ),
        *crowded(report),
    ]


def crowded(report: ReportContent) -> list[Block]:
    """Say that the bins cannot judge the threshold, where most patients share its bin."""
    curve, n, threshold = report.reliability, report.subgroups[0]["n"], report.settings["threshold"]
    inner = curve["edges"][1:-1]
    its = bisect_left(inner, threshold)  # a value on an edge lies in the lower bin, as in the curve
    low, high = curve["edges"][its : its + 2]
    inside = sum(
        count for p, count in zip(curve["prob_pred"], curve["count"], strict=True) if bisect_left(inner, p) == its
    )
    if 2 * inside <= n:
        return []
    return [
        Paragraph(
            f"{inside:,} of {n:,} patients share the bin from {low:g} to {high:g}, which holds the threshold "
            f"{threshold:g}. So neither this table nor the expected calibration error can judge the probabilities "
            "near the threshold."
        )
    ]


def slope(report: ReportContent) -> str:
    """Return the overall slope, and why there is none."""
    overall, certain = report.subgroups[0], report.reliability.get("certain")
    why = f": {certain:,} of {overall['n']:,} probabilities are exactly 0 or 1" if certain else ""
    return number(overall, "slope") + (why if overall["slope"] is None else "")


def coverage(report: ReportContent) -> list[Block]:
    """Return how often the prediction sets hold the truth: overall, by class and by group."""
    kinds = {"all": "all", "class": "by class", "group": f"by {report.settings['group_name']}"}
    rows = [
        [
            row["group"],
            kinds[row["by"]],
            f"{row['n']:,}",
            f"{row['coverage']:.3f} ({row['ci_low']:.3f} to {row['ci_high']:.3f})",
            f"{row['average_size']:.2f}",
        ]
        for row in report.coverage
    ]
    how = (
        "The sets were given."
        if report.settings["sets"] == "given"
        else "Sets: one limit for the probability of each answer, each half calibrated on the other."
    )
    return [
        Table(
            f"How often the prediction set holds the truth (promised on average: {1 - report.settings['alpha']:.1%})",
            ["Patients", "Taken", "n", "Coverage", "Mean set size"],
            rows,
        ),
        Paragraph(
            f"{how} The promise holds on average over all patients. The rows by class and group show for whom it does "
            "not. A mean size below 1 means that some sets are empty: they name no answer, and hold no truth."
        ),
    ]


def similarity(report: ReportContent) -> list[Block]:
    """Return what recognises unlike patients: a table of the flag's false alarms, or the author's words."""
    found = report.similarity
    if found is None:
        return [stated(report, "similarity")]
    if "text" in found:
        return [Paragraph(found["text"])]
    return [
        Table(
            "Flag for patients unlike those it was fitted on (Mahalanobis distance above their 99th percentile)",
            ["What", "Value"],
            [
                ["The flag was fitted on (patients, inputs)", f"{found['n_training']:,} and {found['n_features']}"],
                [
                    "False flags among the patients of this report",
                    f"{found['flagged']:,} of {found['n']:,}: {found['rate']:.1%} "
                    f"({found['low']:.1%} to {found['high']:.1%})",
                ],
                ["Patients with a missing input, filled with the median", f"{found['with_missing']:,}"],
            ],
        ),
        Paragraph("About 1 in 100 is flagged by the flag's making. This says nothing of whom it would catch."),
    ]


def version(report: ReportContent) -> list[Block]:
    """Return which model, or which models, and which data the report is about."""
    prints = report.model_hash or NOT_STATED
    if isinstance(prints, str):
        prints = {"what gave the numbers": prints}
    return [
        Table(
            "Which model and which data this report is about",
            ["What", "Value"],
            [
                ["Model", report.model_name],
                ["Version", report.version or NOT_STATED],
                *([f"SHA-256: {what}", value] for what, value in prints.items()),
                ["SHA-256: outcomes, probabilities and groups", report.data_hash],
            ],
        )
    ]


def serves() -> list[Block]:
    """Return which part serves which item of the standards."""
    rows = [[part.title, part.tripod, part.chai, part.ai_act] for part in PARTS.values()]
    header = ["Part", "TRIPOD+AI item", "CHAI applied model card", "EU AI Act, Article"]
    return [Table("Parts and standards", header, rows), Bullets(list(STANDARDS))]


def figures(report: ReportContent) -> dict[str, Figure]:
    """Return the figures by name, each with the same in words."""
    curve = report.reliability
    farthest = max(
        zip(curve["prob_pred"], curve["prob_true"], curve["count"], strict=True), key=lambda bin: abs(bin[0] - bin[1])
    )
    people = "patient" if farthest[2] == 1 else "patients"
    reliability = (
        f"Reliability diagram of {sum(curve['count']):,} patients in {len(curve['count'])} bins. Farthest from the "
        f"diagonal: predicted {farthest[0]:.2f}, observed {farthest[1]:.2f}, {farthest[2]:,} {people}."
    )
    ratios = "Observed / expected events. " + " ".join(
        f"{row['group']}: {number(row, 'oe')}." for row in report.subgroups
    )
    return {
        "ratios": Figure(ratios, ratio_svg(report.subgroups, ratios)),
        "reliability": Figure(reliability, reliability_svg(curve, reliability)),
    }


def number(row: Mapping[str, Any], name: str) -> str:
    """Return a measure with its interval as `subgroup_text` shows it."""
    return cell(row[name], row[f"{name}_low"], row[f"{name}_high"], row["insufficient"], MEASURES[name])


def small(p_value: float) -> str:
    """Return a p-value with three decimals, never as 0.000."""
    return "< 0.001" if p_value < 0.0005 else f"{p_value:.3f}"


def shown(value: float | None, decimals: int = 2) -> str:
    """Return a number with so many decimals; None stands for one that does not exist."""
    return "not estimable" if value is None else f"{value:.{decimals}f}"
