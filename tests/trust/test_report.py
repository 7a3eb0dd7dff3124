"""The trust report: its numbers again, what it refuses, its schema, round trips, hostile text, an accessible page."""

import dataclasses
import hashlib
import html.parser
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from scipy.special import expit
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from clinxai_teach.calibration import calibration_null_band
from clinxai_teach.markup import markdown_text
from clinxai_teach.trust import SimilarityDetector, TrustReport, miscalibrated_groups, subgroup_report, trust_report
from clinxai_teach.trust.parts import PARTS, REQUIRED, WORDS
from clinxai_teach.trust.parts import WRITTEN as ADVICE
from clinxai_teach.trust.rules import AMENDED

WRITTEN = {
    "intended_use": "To offer adults an HbA1c test in primary care. Not for children.",
    "failure_modes": ["Risks too low in slim patients.", "Unknown in pregnancy."],
    "override": "Any clinician may override; write the reason; tell the practice lead.",
    "use_conditions": "All inputs measured in the last year.",
    "data": "A simulated cohort.",
    "dates": "Patients 2020 to 2021; model trained 2 May 2022; report of 1 June 2022.",
    "excluded": {"known disease": 1804, "no blood test": 0},
    "explanation": "None is shown.",
    "monitoring": "Every output and decision is logged for a year.",
    "similarity": "Nothing recognises unlike patients.",
    "version": "1.0 of 2 May 2022",
    "model_hash": "0" * 64,
}
HOSTILE = (
    '<script>alert("x")</script> | a | b |\n# heading\n- item\n1. item\n```\n[link](javascript:alert(1)) '
    "![x](http://x.y/z) "
    "<img src=x onerror=alert(1)> &amp; \"quotes\" 'single' $x$ ~~s~~ **b** `code` \x00\x1b\ud800 --- </svg></main>"
)


def patients(seed=0, n=1200):
    rng = np.random.default_rng(seed)
    z, group = (
        rng.normal(-1.2, 1.2, n),
        pd.Series(rng.choice(["north", "south", "west"], n, p=[0.5, 0.4, 0.1]), name="region"),
    )
    y = (rng.random(n) < expit(z + 0.7 * (group == "south"))).astype(int)
    return y, expit(z), group


def report_of(seed=0, **changes):
    y, p, groups = patients(seed)
    arguments = {"groups": groups, "n_bootstrap": 40, "threshold": 0.3, **WRITTEN, **changes}
    return trust_report(arguments.pop("model_name", "Risk model"), y, p, **arguments)


@pytest.fixture(scope="module")
def report():
    return report_of()


# ---- the numbers ---------------------------------------------------------------------------------


def test_every_number_of_the_report_again(report):
    y, p, groups = patients()
    table = subgroup_report(y, p, groups, threshold=0.3, n_bootstrap=40, seed=np.random.default_rng(0))
    pd.testing.assert_frame_equal(report.subgroup_table(), table, check_index_type=False, check_column_type=False)
    assert report.subgroups[0]["auc"] == pytest.approx(roc_auc_score(y, p))
    observed, predicted = calibration_curve(y, p, n_bins=10)
    np.testing.assert_allclose(report.reliability["prob_true"], observed)
    np.testing.assert_allclose(report.reliability["prob_pred"], predicted)
    bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], p)
    assert report.reliability["count"] == [int((bins == k).sum()) for k in np.unique(bins)]
    band = calibration_null_band(p, n_simulations=4000)
    assert report.reliability["null_low"] == pytest.approx(band.low, abs=0.006)
    assert report.reliability["null_high"] == pytest.approx(band.high, abs=0.01)
    alert = p >= 0.3
    assert report.alerts["alerts"] == pytest.approx(100 * alert.mean())
    assert report.alerts["missed"] == pytest.approx(100 * (y * ~alert).mean())
    for row in report.miscalibrated:
        rows = (groups == row["group"]).to_numpy()
        assert (row["n"], row["events"]) == (rows.sum(), y[rows].sum())
        assert row["oe"] == pytest.approx(y[rows].sum() / p[rows].sum())
    assert [row["miscalibrated"] for row in report.miscalibrated] == [False, True, False]
    assert report.settings == {
        "threshold": 0.3,
        "clip": None,
        "alpha": 0.1,
        "n_bootstrap": 40,
        "seed": 0,
        "sets": "each half calibrated on the other",
        "group_name": "region",
    }
    content = json.dumps([y.tolist(), p.tolist(), groups.tolist()])
    assert report.data_hash == hashlib.sha256(content.encode()).hexdigest()


def test_coverage_of_given_sets_again():
    y, p, groups = patients()
    sets = np.column_stack([p < 0.5, p > 0.2])
    rows = {row["group"]: row for row in report_of(sets=sets).coverage}
    hit = np.where(y == 1, p > 0.2, p < 0.5)
    masks = {"all patients": y >= 0, "with the event": y == 1, "without the event": y == 0}
    masks |= {name: (groups == name).to_numpy() for name in ("north", "south", "west")}
    assert set(rows) == set(masks)
    for name, rows_in in masks.items():
        interval = binomtest(int(hit[rows_in].sum()), int(rows_in.sum())).proportion_ci(method="exact")
        assert rows[name]["n"] == rows_in.sum()
        assert rows[name]["coverage"] == pytest.approx(hit[rows_in].mean())
        assert (rows[name]["ci_low"], rows[name]["ci_high"]) == pytest.approx((interval.low, interval.high))
        assert rows[name]["average_size"] == pytest.approx(sets[rows_in].sum(axis=1).mean())


def test_sets_of_its_own_keep_their_promise_on_average_only():
    coverages = [
        {row["group"]: row["coverage"] for row in report_of(seed, n_bootstrap=10).coverage} for seed in range(8)
    ]
    assert np.mean([rows["all patients"] for rows in coverages]) == pytest.approx(0.9, abs=0.015)
    assert np.mean([rows["with the event"] for rows in coverages]) < 0.85


def test_numbers_in_print_are_those_of_the_report(report):
    markdown = report.to_markdown()
    overall = report.subgroups[0]
    assert f"| overall | 1,200 | {overall['events']} | yes | {overall['auc']:.2f} (" in markdown
    assert f"O/E {report.subgroups[2]['oe']:.2f} (" in markdown  # the wrong group, in the summary
    west = next(row for row in report.subgroups if row["group"] == "west")
    assert west["insufficient"]
    row = next(line for line in markdown.splitlines() if line.startswith("| west | "))
    assert f"| insufficient data | ({west['auc_low']:.2f} to {west['auc_high']:.2f}) |" in row
    assert f"| ({west['oe_low']:.2f} to {west['oe_high']:.2f}) |" in row
    assert row.count("insufficient data") == 1
    assert f"{west['oe']:.2f} (" not in row
    for row in report.coverage:
        assert f"{row['coverage']:.3f} ({row['ci_low']:.3f} to {row['ci_high']:.3f})" in markdown


def test_bins_that_cannot_judge_the_threshold_say_so():
    y, p, groups = patients()
    for probabilities, threshold, words in (
        (p / 10, 0.06, "1,200 of 1,200 patients share the bin from 0 to 0.1, which holds the threshold 0.06."),
        (p / 10, 0.1, "share the bin from 0 to 0.1, which holds the threshold 0.1."),  # the edge is in the lower bin
        (np.where(p > 0.1, 0.99, 0.5), 0.95, "share the bin from 0.9 to 1, which holds the threshold 0.95."),
        (p / 10, 0.2, None),  # the crowded bin is another one
        (p, 0.3, None),  # no bin holds most
    ):
        made = trust_report("M", y, probabilities, groups=groups, threshold=threshold, n_bootstrap=10, **WRITTEN)
        assert (words or "") in made.to_markdown()
        assert ("share the bin" in made.to_markdown()) == (words is not None)


def test_a_slope_that_does_not_exist_says_why():
    y, p, groups = patients()
    p[:2] = 1
    words = {**WRITTEN, "n_bootstrap": 10}
    sure = trust_report("m", y, p, groups=groups, **words)
    assert sure.reliability["certain"] == 2
    assert sure.subgroups[0]["slope"] is None
    reason = "no calibration slope where a probability is exactly 0 or 1, because its log-odds are infinite. In this "
    for text in (sure.to_markdown().replace("\\", ""), sure.to_html()):
        assert reason + "report, 2 of 1,200 probabilities are." in text
    assert "no calibration slope" not in report_of().to_html()
    separated = trust_report("m", y, np.where(y, 0.6, 0.4), groups=groups, **words).to_html()
    assert "separate the outcomes perfectly" in separated
    assert "In this report" not in separated
    assert TrustReport.from_json(sure.to_json()) == sure


def test_a_clip_gives_a_slope_moves_nothing_else_and_is_stated():
    y, p, groups = patients()
    p[:253] = (np.arange(253) % 2).astype(float)
    y[:253] = p[:253]
    words = {"groups": groups, "n_bootstrap": 10, **WRITTEN}
    plain, clipped = trust_report("m", y, p, **words), trust_report("m", y, p, clip=0.01, **words)
    text = plain.to_markdown().replace("\\", "")
    assert "not estimable: 253 of 1,200 probabilities are exactly 0 or 1" in text
    assert "trust_report(..., clip=0.001)" in text
    moved = np.clip(p, 0.01, 0.99)
    logit = np.log(moved / (1 - moved)).reshape(-1, 1)
    slope = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(logit, y).coef_[0, 0]
    assert clipped.subgroups[0]["slope"] == pytest.approx(slope, rel=1e-4)
    assert clipped.reliability["clipped"] == int(((p < 0.01) | (p > 0.99)).sum())
    for row, other in zip(plain.subgroups, clipped.subgroups, strict=True):
        assert {k: v for k, v in row.items() if "slope" not in k} == {
            k: v for k, v in other.items() if "slope" not in k
        }
    assert clipped.data_hash == plain.data_hash
    said = f"For the slope alone, {clipped.reliability['clipped']:,} of 1,200 probabilities below 0.01 or above 0.99"
    assert said in clipped.to_markdown().replace("\\", "")
    assert said in clipped.to_html()
    assert TrustReport.from_json(clipped.to_json()) == clipped
    for bad in (0, 0.5, -0.1, "0.1"):
        with pytest.raises((TypeError, ValueError), match="clip"):
            trust_report("m", y, p, clip=bad, **words)


def test_ordered_groups_keep_their_order_everywhere():
    y, p, groups = patients()
    order = ["west", "north", "south", "nobody"]
    ordered = pd.Series(pd.Categorical(groups, order, ordered=True), name="region")
    report, other = report_of(groups=ordered), report_of(groups=groups)
    assert [row["group"] for row in report.subgroups] == ["overall", "west", "north", "south"]
    assert [row["group"] for row in report.miscalibrated] == ["west", "north", "south"]
    assert [row["group"] for row in report.coverage if row["by"] == "group"] == ["west", "north", "south"]
    assert [row["group"] for row in other.subgroups] == ["overall", "north", "south", "west"]
    assert report.data_hash == other.data_hash
    table = subgroup_report(y, p, ordered, n_bootstrap=10)
    assert table.index.tolist() == ["overall", "west", "north", "south"]
    ages = pd.Categorical(np.where(p > 0.3, "9-10", "80+"), ["9-10", "80+"], ordered=True)
    assert miscalibrated_groups(y, p, ages).index.tolist() == ["9-10", "80+"]
    unordered = pd.Categorical(groups, order)
    assert subgroup_report(y, p, unordered, n_bootstrap=10).index.tolist() == ["overall", "north", "south", "west"]


def test_the_identity_is_that_of_what_gave_the_numbers():
    prints = {"sister 1 of 2 (model and Platt scaling)": "a" * 64, "sister 2 of 2 (model and Platt scaling)": "b" * 64}
    report = report_of(model_hash=prints)
    for text in (report.to_markdown().replace("\\", ""), report.to_html()):
        for what, value in prints.items():
            assert f"SHA-256: {what}" in text
            assert value in text
    assert TrustReport.from_json(report.to_json()) == report
    assert f"| SHA-256: what gave the numbers | {'0' * 64} |" in report_of().to_markdown()
    assert "Not stated by the author: fingerprint." in report_of(model_hash={}).to_html()
    with pytest.raises(TypeError, match="model_hash must be text, but is int"):
        report_of(model_hash={"model": 3})


def test_similarity_from_the_detector():
    rng = np.random.default_rng(0)
    check = SimilarityDetector().fit(rng.normal(size=(300, 3))).check(rng.normal(size=(500, 3)))
    report = report_of(similarity=check)
    assert report.similarity == check._asdict()
    line = f"{check.flagged} of 500: {check.rate:.1%} ({check.low:.1%} to {check.high:.1%})"
    assert line in report.to_markdown()
    assert line in report.to_html()
    assert TrustReport.from_json(report.to_json()) == report


# ---- what it refuses -----------------------------------------------------------------------------


@pytest.mark.parametrize("field", REQUIRED)
@pytest.mark.parametrize("value", [None, "", " \n\t"])
def test_a_missing_part_is_an_error_that_names_it_and_says_what_to_write(field, value):
    with pytest.raises(ValueError, match=f"- {field}: ") as caught:
        report_of(**{field: value})
    assert ADVICE[field] in str(caught.value)
    assert "1 required part(s)" in str(caught.value)


def test_all_missing_parts_are_named_at_once():
    with pytest.raises(ValueError, match="cannot be written") as caught:
        trust_report("m", [0, 1], [0.2, 0.8])
    assert {name for name in REQUIRED if f"- {name}: " in str(caught.value)} == set(REQUIRED) - {"model_name"}
    for empty in ([], ["one", " "]):
        with pytest.raises(ValueError, match="- failure_modes: "):
            report_of(failure_modes=empty)


OPTIONAL = [name for name in ADVICE if name not in REQUIRED]


def test_what_may_be_left_out_is_said_to_be_missing_never_filled_in():
    """The call with the required parts only gives a report; it says what its author did not state."""
    report = report_of(**dict.fromkeys(OPTIONAL))
    for text in (report.to_markdown(), report.to_html()):
        assert f"Not stated by the author: {', '.join(WORDS[name] for name in OPTIONAL)}." in text.replace("\\", "")
        assert "_" not in text.split("Not stated by the author: ")[1].split(".")[0]
        assert text.count("Not stated.") >= len(OPTIONAL)
    assert TrustReport.from_json(report.to_json()) == report
    assert [json.loads(report.to_json())[name] for name in OPTIONAL] == [None] * len(OPTIONAL)


@pytest.mark.parametrize("field", OPTIONAL)
@pytest.mark.parametrize("value", [None, " \n\t"])
def test_a_part_that_is_left_out_is_named_alone(field, value):
    report = report_of(**{field: value})
    assert getattr(report, field) is None
    assert f"Not stated by the author: {WORDS[field]}." in report.to_html()
    assert "Not stated" not in report_of().to_html()


def test_who_was_left_out_is_the_first_thing_that_a_report_says():
    report = report_of()
    line = "Left out of this report: known disease (1,804); no blood test (0)."
    top, data = report.to_markdown().replace("\\", "").split("## ")[0], report.to_markdown().split("## ")[2]
    assert top.index(line) < top.index("1,200 patients")
    assert line in data.replace("\\", "")
    assert report.to_html().count(line) == 2
    assert "Left out of this report: nobody." in report_of(excluded={}).to_html()
    assert "Left out: Not stated. Here belongs: who was left out" in report_of(excluded=None).to_html()
    assert "Left out" not in report_of(excluded=None).to_markdown().split("## ")[0]


def test_counts_of_pandas_and_numpy_say_who_was_left_out_too():
    counted = pd.Series(["known disease"] * 3 + ["died"] * 2).value_counts()
    report = report_of(excluded=counted)
    assert report.excluded == {"known disease": 3, "died": 2}
    assert report_of(excluded={"died": np.int64(2)}).excluded == {"died": 2}
    assert TrustReport.from_json(report.to_json()) == report


def test_a_report_cannot_lose_a_part_later(report):
    for name in ("model_name", "intended_use", "override", "failure_modes", "subgroups"):
        with pytest.raises(ValueError, match="required part"):
            dataclasses.replace(report, **{name: None})
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.override = ""


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"override": 3}, TypeError, "override must be text"),
        ({"excluded": "804 with known disease"}, TypeError, 'excluded must be a dict .*"known diabetes": 804.* is str'),
        ({"excluded": ["known disease"]}, TypeError, "excluded must be a dict of who .* but is list"),
        (
            {"excluded": {"known disease": -1}},
            ValueError,
            r"excluded\['known disease'\] must be at least 0, but got -1",
        ),
        ({"excluded": {"known disease": 2.5}}, TypeError, r"excluded\['known disease'\] must be a whole number"),
        ({"excluded": {"known disease": None}}, TypeError, r"excluded\['known disease'\] must be a whole number"),
        ({"excluded": {7: 1}}, TypeError, "excluded must say in words who was left out, but holds the key 7"),
        ({"excluded": {" ": 1}}, TypeError, "excluded must say in words who was left out, but holds the key ' '"),
        ({"failure_modes": ["a", 2]}, TypeError, "failure_modes must be text"),
        ({"similarity": 0.5}, TypeError, "similarity must be a text or the result of"),
        ({"groups": [1, 2]}, ValueError, "groups needs one label per patient"),
        ({"alpha": 2}, ValueError, "alpha must be a number strictly"),
        ({"sets": [[1, 0]]}, TypeError, "sets must be a boolean table"),
        ({"groups": np.array([1, "1"] * 600, dtype=object)}, ValueError, "look the same in print"),
    ],
)
def test_bad_arguments_are_named(changes, error, message):
    with pytest.raises(error, match=message):
        report_of(**changes)


def test_one_failure_mode_may_be_a_text():
    assert report_of(failure_modes="Fails at night.").failure_modes == ["Fails at night."]


# ---- JSON ----------------------------------------------------------------------------------------


def test_json_round_trip_loses_nothing(report):
    again = TrustReport.from_json(report.to_json())
    assert again == report
    assert (again.to_html(), again.to_markdown(), again.to_json()) == (
        report.to_html(),
        report.to_markdown(),
        report.to_json(),
    )


@pytest.mark.parametrize(("number", "excluded"), [(1, None), (2, {"known disease": 7})])
def test_reports_saved_by_earlier_versions_are_still_read(number, excluded):
    """Two files that those versions wrote: all that they held is still there; what they did not hold is not stated."""
    text = (Path(__file__).parent / "saved" / f"report_{number}.json").read_text()
    report, saved = TrustReport.from_json(text), json.loads(text)
    assert report.excluded == excluded
    assert (report.explanation, report.monitoring) == (None, None)
    assert (report.settings["clip"], report.reliability["clipped"]) == (None, 0)
    again = json.loads(report.to_json())
    for name in saved.keys() - {"format", "settings", "reliability"}:
        assert again[name] == saved[name]
    for name in ("settings", "reliability"):
        assert saved[name].items() <= again[name].items()
    assert "Not stated by the author:" in report.to_html()
    assert TrustReport.from_json(report.to_json()) == report


def test_an_unknown_format_and_a_report_that_lacks_what_its_format_holds_are_refused(report):
    content = json.loads(report.to_json())
    assert content["format"] == "clinxai-teach trust report 3"
    with pytest.raises(ValueError, match=r"format.*trust report 3' was expected"):
        TrustReport.from_json(json.dumps({**content, "format": "clinxai-teach trust report 4"}))
    for name in ("excluded", "explanation", "monitoring"):
        with pytest.raises(ValueError, match=name):  # this edition must say it, if only with null
            TrustReport.from_json(json.dumps({key: value for key, value in content.items() if key != name}))
    older = {**content, "format": "clinxai-teach trust report 2"}
    del older["excluded"]  # the second held it
    with pytest.raises(ValueError, match="excluded"):
        TrustReport.from_json(json.dumps(older))


@settings(max_examples=30, deadline=None)
@given(text=st.text(min_size=1).filter(lambda text: text.strip()))
def test_any_text_survives_and_every_form_can_be_written(text, report):
    changed = dataclasses.replace(report, model_name=text, override=text, failure_modes=[text, text])
    assert TrustReport.from_json(changed.to_json()) == changed
    page = changed.to_html()
    page.encode("utf-8")
    changed.to_markdown().encode("utf-8")
    Page().read(page)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(TrustReport)] + ["format"])
def test_every_field_of_the_json_is_required(field, report):
    content = json.loads(report.to_json())
    del content[field]
    with pytest.raises(ValueError, match=field):
        TrustReport.from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("intended_use",), "  ", "intended_use"),
        (("excluded", "known disease"), -1, "excluded/known disease"),
        (("excluded", "known disease"), 2.5, "excluded/known disease"),
        (("excluded",), "nobody", "excluded"),
        (("excluded",), {" ": 1}, "excluded"),
        (("failure_modes",), [], "failure_modes"),
        (("failure_modes", 0), "", "failure_modes/0"),
        (("subgroups", 0, "auc"), "high", "subgroups/0/auc"),
        (("subgroups", 1, "n"), -1, "subgroups/1/n"),
        (("subgroups", 0, "insufficient"), 1, "subgroups/0/insufficient"),
        (("coverage", 0, "coverage"), 1.2, "coverage/0/coverage"),
        (("settings", "alpha"), 0, "settings/alpha"),
        (("settings", "surprise"), 1, "settings"),
        (("data_hash",), "abc", "data_hash"),
        (("extra",), 1, "extra"),
        (("similarity",), {"n": 1}, "similarity"),
        (("format",), "another", "format"),
        (("alerts", "missed"), float("nan"), "NaN"),
    ],
)
def test_the_schema_is_enforced(place, value, message, report):
    content = json.loads(report.to_json())
    target = content
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    with pytest.raises(ValueError, match=message):
        TrustReport.from_json(json.dumps(content))


def test_the_schema_itself_is_one():
    from importlib.resources import files

    import jsonschema

    schema = json.loads((files("clinxai_teach.trust") / "report_schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) == {field.name for field in dataclasses.fields(TrustReport)} | {"format"}


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", '{"format": NaN}'])
def test_no_json_and_other_json_are_refused(text):
    with pytest.raises(ValueError, match=r"no JSON|breaks its schema"):
        TrustReport.from_json(text)


def test_measures_that_do_not_exist_are_null_and_come_back():
    y = np.array([0, 0, 0, 1] * 30)
    report = trust_report("m", y, np.where(y, 0.6, 0.4), groups=np.where(y, "ill", "well"), n_bootstrap=10, **WRITTEN)
    assert report.subgroups[1]["auc"] is None
    assert np.isnan(report.subgroup_table().loc["ill", "auc"])
    assert TrustReport.from_json(report.to_json()) == report
    assert "insufficient data" in report.to_html()


# ---- hostile text --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile():
    y, p, groups = patients()
    written = dict.fromkeys(WRITTEN, HOSTILE) | {"failure_modes": [HOSTILE, HOSTILE], "excluded": {HOSTILE: 2}}
    groups = pd.Series(np.where(groups == "north", HOSTILE, groups), name=HOSTILE)
    return trust_report(HOSTILE, y, p, groups=groups, n_bootstrap=10, **written)


def test_hostile_text_is_only_text_in_html(hostile, report):
    page = Page().read(hostile.to_html())
    plain = Page().read(report.to_html())
    assert page.tags - plain.tags <= {"br"}
    assert not {"script", "img", "a", "iframe", "link"} & page.tags
    assert all(not name.startswith("on") for name in page.attributes)
    assert '<script>alert("x")</script>' in page.text  # shown as typed
    assert "\x00" not in hostile.to_html()


def test_hostile_text_is_only_text_in_markdown(hostile, report):
    """Rendered by a Markdown library with HTML switched on: the same headings and tables as without hostile text."""
    shapes = []
    for one in (hostile, report):
        tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(one.to_markdown())
        kinds = [token.type for token in tokens]
        inline = [child.type for token in tokens if token.children for child in token.children]
        assert "html_block" not in kinds
        assert not {"html_inline", "link_open", "image", "code_inline", "s_open", "strong_open"} & set(inline)
        assert "fence" not in kinds
        shapes.append([kind for kind in kinds if re.match("heading|table|tr|td|th|bullet|ordered|hr", kind)])
    assert shapes[0] == shapes[1]


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab1 #+-=|*_`~[]()<>&!\\.)\n$"), max_size=12))
def test_any_mixture_of_markdown_signs_reads_as_typed(text):
    for rendered in (markdown_text(text), f"| {markdown_text(text)} | b |\n|---|---|\n| c | d |"):
        tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(rendered)
        shown = [token for token in tokens if token.type == "inline"]
        if "|" in rendered and rendered.startswith("| "):
            assert [token.type for token in tokens if token.type == "th_open"] == ["th_open"] * 2
        content = "".join(child.content for child in shown[0].children) if shown else ""
        assert content == " ".join(text.split())


# ---- the page ------------------------------------------------------------------------------------


class Page(html.parser.HTMLParser):
    """Reads a page strictly: every tag must be closed in order. Collects what accessibility needs."""

    EMPTY = frozenset({"meta", "br", "line", "circle", "path"})

    def read(self, page):
        self.open, self.seen, self.headings, self.text = [], [], [], ""
        self.feed(page)
        assert self.open == [], self.open
        self.tags, self.attributes = {tag for tag, _ in self.seen}, {name for _, attrs in self.seen for name in attrs}
        return self

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1:] == [tag], (self.open, tag)
        self.open.pop()

    def handle_data(self, data):
        self.text += data
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings.append((int(self.open[-1][1]), data))

    def all(self, tag):
        return [attributes for seen, attributes in self.seen if seen == tag]


def test_the_page_is_accessible_and_needs_nothing_else(report):
    text = report.to_html()
    page = Page().read(text)
    assert page.all("html") == [{"lang": "en"}]
    assert "<title>Trust report: Risk model</title>" in text
    assert len(page.all("main")) == len([level for level, _ in page.headings if level == 1]) == 1
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    titles = " ".join(title for _, title in page.headings)
    assert all(part.title in titles for part in PARTS.values())
    tables = len(page.all("table"))
    assert tables >= 6
    assert len(page.all("caption")) == len(page.all("thead")) == tables
    assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))
    frames = page.all("div")
    assert len(frames) == tables
    assert all(frame["tabindex"] == "0" and frame["role"] == "region" and frame["aria-label"] for frame in frames)
    # Nothing is fetched, nothing runs.
    assert not {"script", "img", "link", "iframe", "object", "a"} & page.tags
    assert not {"src", "href", "style"} & page.attributes
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert "@media print" in text


def test_the_figures_are_named_and_described_and_read_in_grey(report):
    page = Page().read(report.to_html())
    drawings = page.all("svg")
    assert len(drawings) == 2
    identifiers = {attributes["id"] for _, attributes in page.seen if "id" in attributes}
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert set(drawing["aria-labelledby"].split()) <= identifiers
        assert int(drawing["font-size"]) >= 16  # 12 points
    assert len(identifiers) == len([1 for _, attributes in page.seen if "id" in attributes])
    assert set(report.figures()) == {"ratios", "reliability"}
    for name, svg in report.figures().items():
        root = ET.fromstring(svg)  # well-formed XML by itself
        width, height = (float(number) for number in root.get("viewBox").split()[2:])
        colours = {node.get("stroke") for node in root.iter() if node.get("stroke")}
        assert colours <= {"#111", "#666"}
        for node in root.iter("{http://www.w3.org/2000/svg}text"):
            if node.get("x"):  # no word leaves the drawing: 16 units high, about 8 wide each
                x, y, long = float(node.get("x")), float(node.get("y")), 8 * len(node.text)
                start = {"start": x, "middle": x - long / 2, "end": x - long}[node.get("text-anchor")]
                assert start >= 0, (name, node.text)
                assert start + long <= width, (name, node.text)
                assert 0 < y < height


def test_the_drawing_places_what_it_says(report):
    root = ET.fromstring(report.figures()["reliability"])
    circles = [(float(c.get("cx")), float(c.get("cy"))) for c in root.iter("{http://www.w3.org/2000/svg}circle")]
    curve = report.reliability
    assert [x for x, _ in circles] == pytest.approx([90 + 420 * p for p in curve["prob_pred"]], abs=0.06)
    assert [y for _, y in circles] == pytest.approx([20 + 420 * (1 - p) for p in curve["prob_true"]], abs=0.06)
    root = ET.fromstring(report.figures()["ratios"])
    dots = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert len(dots) == sum(not row["insufficient"] for row in report.subgroups)  # no dot without enough events
    words = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words.count("no estimate") == sum(row["insufficient"] for row in report.subgroups)


def test_the_same_seed_gives_the_same_report(report):
    assert report_of() == report
    assert report_of(seed=1) != report
    assert report_of(n_bootstrap=41) != report


def test_importing_loads_neither_torch_nor_shap_nor_a_drawing_library():
    code = (
        "import sys, clinxai_teach.trust, clinxai_teach.checklist, clinxai_teach.vendor_sheets; "
        "print([name for name in ('torch', 'shap', 'matplotlib') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_it_shows_itself_in_a_notebook(report):
    assert report._repr_markdown_() == report.to_markdown()


# ---- the standards -------------------------------------------------------------------------------


def test_each_part_names_what_it_serves(report):
    markdown = report.to_markdown()
    for part in PARTS.values():
        assert f"| {part.title} | {part.tripod} | {part.chai} | {part.ai_act} |" in markdown
        assert part.tripod == "none" or re.fullmatch(r"\d+[a-g]?(, \d+[a-g]?)*", part.tripod)
        assert all(item.startswith(("13(3)(", "14(4)(", "26(")) for item in part.ai_act.split(", "))
    assert f"Last checked on {AMENDED:%d %B %Y}" in markdown
    assert "from 2 August 2027 to 2 August 2028" in markdown
