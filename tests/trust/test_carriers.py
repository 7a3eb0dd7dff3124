"""What people really bring to the trust functions: whatever carries the numbers, the result is the same."""

import numpy as np
import pandas as pd
import pytest
import torch

from clinxai_teach.trust import (
    SimilarityDetector,
    alert_burden,
    audit_override_log,
    make_override_log,
    miscalibrated_groups,
    simulate_team,
    subgroup_report,
    trust_report,
)

N = 300
RNG = np.random.default_rng(0)
P = RNG.integers(1, 64, N) / 64  # exact in 16 bits too
Y = (RNG.random(N) < P).astype(int)
GROUPS = RNG.choice(["north", "south"], N)
WORDS = {"intended_use": "Teaching.", "failure_modes": "Few patients.", "override": "Always.", "n_bootstrap": 20}


def reported(y, p, groups=GROUPS, **options):
    return trust_report("Model", y, p, groups=groups, **WORDS, **options)


FUNCTIONS = {
    "subgroup_report": lambda y, p, groups: subgroup_report(y, p, groups, n_bootstrap=20),
    "miscalibrated_groups": miscalibrated_groups,
    "trust_report": reported,
    "alert_burden": lambda y, p, groups: alert_burden(y, p),
    "simulate_team": lambda y, p, groups: simulate_team(y, p),
}
WITH_GROUPS = ["subgroup_report", "miscalibrated_groups", "trust_report"]


def same(one, other):
    return one.equals(other) if isinstance(one, pd.DataFrame) else one == other


# ---- outcomes and probabilities ------------------------------------------------------------------

CARRIERS = {
    "lists": (Y.tolist(), P.tolist()),
    "nullable": (pd.Series(Y, dtype="Int64"), pd.Series(P, dtype="Float64")),
    "boolean": (pd.Series(Y == 1, dtype="boolean"), P),
    "category": (pd.Series(Y, dtype="category"), P),
    "another index": (pd.Series(Y, index=RNG.permutation(N)), pd.Series(P, index=RNG.permutation(N))),
    "nothing masked": (np.ma.masked_array(Y), np.ma.masked_array(P)),
    "16 bits": (Y.astype("float16"), P.astype("float16")),
    "tensors": (torch.tensor(Y), torch.tensor(P, requires_grad=True)),
    "bfloat16": (torch.tensor(Y), torch.tensor(P).bfloat16()),
}


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_carries_the_numbers_gives_the_same(name, carrier):
    function, (y, p) = FUNCTIONS[name], CARRIERS[carrier]
    assert same(function(y, p, GROUPS), function(Y, P, GROUPS))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_polars_gives_the_same(name):
    pl = pytest.importorskip("polars")
    result = FUNCTIONS[name](pl.Series(Y), pl.Series(P), pl.Series(GROUPS))
    assert same(result, FUNCTIONS[name](Y, P, GROUPS))


HIDDEN = np.arange(N) == 7
UNFIT = {
    "masked": (Y, np.ma.masked_array(P, mask=HIDDEN), r"y_prob has 1 masked value.*\.filled"),
    "missing outcome": (pd.Series(Y, dtype="Int64").mask(HIDDEN), P, "y_true holds NaN.* Remove"),
    "missing probability": (Y, pd.Series(P, dtype="Float64").mask(HIDDEN), "y_prob holds NaN.* Remove"),
    "a column": (Y[:, None], P, r"y_true .*shape is \(300, 1\).*ravel\(\)"),
    "two columns": (Y, np.column_stack([1 - P, P]), r"y_prob .*shape is \(300, 2\).* y_prob\[:, 1\]"),
    "texts": (np.where(Y, "ill", "well"), P, r"y_true .*'ill'.*astype\(int\)"),
    "logits": (Y, np.log(P), "y_prob must lie between 0 and 1.*not logits"),
}


@pytest.mark.parametrize("kind", UNFIT)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_does_not_fit_is_named_with_the_cure(name, kind):
    y, p, message = UNFIT[kind]
    with pytest.raises((TypeError, ValueError), match=message):
        FUNCTIONS[name](y, p, GROUPS)


# ---- groups --------------------------------------------------------------------------------------

LABELS = {
    "list": GROUPS.tolist(),
    "string": pd.Series(GROUPS, dtype="string"),
    "category": pd.Series(GROUPS, dtype="category"),
    "categories that nobody has": pd.Series(GROUPS).astype(pd.CategoricalDtype(["west", "south", "north"])),
    "another index": pd.Series(GROUPS, index=RNG.permutation(N)),
}


@pytest.mark.parametrize("carrier", LABELS)
@pytest.mark.parametrize("name", WITH_GROUPS)
def test_whatever_carries_the_labels_gives_the_same(name, carrier):
    assert same(FUNCTIONS[name](Y, P, LABELS[carrier]), FUNCTIONS[name](Y, P, GROUPS))


MISSING = {
    "string": pd.Series(GROUPS, dtype="string").mask(HIDDEN),
    "Int64": pd.Series(GROUPS == "north", dtype="Int64").mask(HIDDEN),
    "category": pd.Series(GROUPS, dtype="category").mask(HIDDEN),
    "object": pd.Series(GROUPS, dtype=object).mask(HIDDEN),
    "dates": pd.Series(pd.Timestamp("2020-01-01"), index=range(N)).mask(HIDDEN),
    "None in a list": [None if hidden else label for label, hidden in zip(GROUPS, HIDDEN, strict=True)],
    "NaN in a list": [np.nan if hidden else label for label, hidden in zip(GROUPS, HIDDEN, strict=True)],
    "NA in a list": [pd.NA if hidden else label for label, hidden in zip(GROUPS, HIDDEN, strict=True)],
    "NaN in a tuple": tuple(np.nan if hidden else label for label, hidden in zip(GROUPS, HIDDEN, strict=True)),
}


@pytest.mark.parametrize("carrier", MISSING)
@pytest.mark.parametrize("name", WITH_GROUPS)
def test_a_missing_label_is_counted_and_never_a_group(name, carrier):
    with pytest.raises(ValueError, match=r"groups has 1 missing label\(s\). Leave them out, or name them"):
        FUNCTIONS[name](Y, P, MISSING[carrier])


def test_labels_of_several_kinds_in_a_list_keep_their_kind():
    labels = [1, "1"] * (N // 2)
    assert subgroup_report(Y, P, labels, n_bootstrap=20).index.tolist()[1:] == [1, "1"]
    with pytest.raises(ValueError, match="look the same in print"):
        reported(Y, P, labels)


@pytest.mark.parametrize("name", WITH_GROUPS)
def test_one_group_is_everybody(name):
    result = FUNCTIONS[name](Y, P, ["all"] * N)
    if name == "trust_report":
        overall, everybody = result.subgroups
        assert (overall["n"], overall["auc"], overall["oe"]) == (N, everybody["auc"], everybody["oe"])
        assert "| all | 300 |" in result.to_markdown()
    else:
        assert result.loc["all", "n"] == N
        assert result.loc["all", "oe"] == pytest.approx(Y.sum() / P.sum())


# ---- the report ----------------------------------------------------------------------------------

SETS = np.column_stack([P < 0.6, P > 0.3])


def test_sets_in_any_carrier():
    expected = reported(Y, P, sets=SETS).coverage
    for sets in (SETS.tolist(), pd.DataFrame(SETS), pd.DataFrame(SETS).astype("boolean"), torch.tensor(SETS)):
        assert reported(Y, P, sets=sets).coverage == expected


@pytest.mark.parametrize(
    ("sets", "error", "message"),
    [
        (np.ones((N, 3), bool), ValueError, r"sets must have the shape \(300, 2\).* but has \(300, 3\)"),
        (np.ones((N, 1), bool), ValueError, r"sets must have the shape \(300, 2\).* but has \(300, 1\)"),
        (SETS[1:], ValueError, r"sets must have the shape \(300, 2\).* but has \(299, 2\)"),
        (SETS.astype(int), TypeError, r"sets must be a boolean table.* Pass sets\.astype\(bool\)"),
        (np.column_stack([1 - P, P]), TypeError, "sets must be a boolean table.* predict_set"),
        ([{0, 1}] * N, TypeError, "sets must be a boolean table.* predict_set"),
        (np.ma.masked_array(SETS, mask=SETS), ValueError, "sets has .* masked value"),
        (pd.DataFrame(SETS).astype("boolean").mask(SETS), ValueError, "sets has .* missing value"),
    ],
)
def test_sets_that_do_not_fit_are_named(sets, error, message):
    with pytest.raises(error, match=message):
        reported(Y, P, sets=sets)


def test_one_patient_has_no_two_halves():
    with pytest.raises(ValueError, match=r"at least 2 patients.*half.*sets="):
        reported([1], [0.5], ["north"])
    assert reported([1], [0.5], ["north"], sets=[[False, True]]).coverage[0]["coverage"] == 1
    assert reported([1, 0], [0.5, 0.4], ["north", "south"]).coverage[0]["coverage"] == 1  # too few: every set is full


def test_a_model_in_place_of_its_hash_is_told_about_fingerprint():
    with pytest.raises(TypeError, match=r"model_hash must be text, but is .*fingerprint\(\(model, recalibration\)\)"):
        reported(Y, P, model_hash=SimilarityDetector())


# ---- the override log ----------------------------------------------------------------------------

LOG = make_override_log(80)[["advice", "decision", "outcome"]]
AUDIT = audit_override_log(LOG)


def as_kind(kind):
    return LOG.astype(kind) if isinstance(kind, str) else kind(LOG)


@pytest.mark.parametrize(
    "kind",
    [
        "Int64",
        "boolean",
        "bool",
        "float",
        "category",
        lambda log: log.assign(advice=pd.Categorical(log["advice"], [1, 0]), decision=pd.Categorical(log["decision"])),
        lambda log: {name: log[name].tolist() for name in log},
        lambda log: pytest.importorskip("polars").DataFrame({name: log[name].to_numpy() for name in log}),
    ],
)
def test_a_log_in_any_carrier(kind):
    assert audit_override_log(as_kind(kind)) == AUDIT


@pytest.mark.parametrize("kind", ["Int64", "boolean", "category"])
def test_a_share_of_nobody_is_nan_in_any_carrier(kind):
    """A category of 0 alone and one of 0 and 1 can be compared too."""
    always = pd.DataFrame({"advice": [1, 0, 1], "decision": [1, 0, 1], "outcome": [1, 1, 1]}).astype(kind)
    audit = audit_override_log(always)
    assert audit[:4] == (3, 0, 1, 0.0)
    assert np.isnan(audit.override_ppv)
    assert audit.agreement_when_wrong == 1


@pytest.mark.parametrize(
    ("log", "error", "message"),
    [
        (
            LOG.assign(outcome=LOG["outcome"].astype("Int64").mask(LOG.index == 4)),
            ValueError,
            r'log\["outcome"\] holds NaN',
        ),
        (LOG.assign(outcome=np.where(LOG["outcome"], "yes", "no")), TypeError, r'log\["outcome"\] .*text such as'),
        (LOG.assign(advice=2), ValueError, r'log\["advice"\] must hold only 0 and 1, but holds 2.* == 2'),
        (pd.concat([LOG, LOG[["advice"]]], axis=1), ValueError, r'log\["advice"\] must have 1 dimension'),
        (LOG.head(0), ValueError, "log must hold at least one row"),
        ({"advice": [1, 0], "decision": [1], "outcome": [1, 0]}, ValueError, "columns of one length"),
        ({**LOG, "outcome": np.ma.masked_array(LOG["outcome"], mask=LOG["advice"])}, ValueError, "masked"),
        (LOG.drop(columns="advice"), ValueError, "missing: advice"),
        (LOG.to_numpy(), TypeError, "log must be a table with the columns .* but is ndarray. Pass a DataFrame"),
        (LOG.to_dict("records"), TypeError, "log must be a table .* but is list. Pass a DataFrame"),
        (None, TypeError, "log must be a table .* but is NoneType"),
        ("log.csv", TypeError, r"log must be a table .* but is str.*pd\.read_csv"),
    ],
)
def test_a_log_that_does_not_fit_is_named(log, error, message):
    with pytest.raises(error, match=message):
        audit_override_log(log)


# ---- the detector --------------------------------------------------------------------------------

TABLE = pd.DataFrame(np.round(RNG.normal(size=(90, 3)) * 8), columns=list("abc"))


def test_the_detector_reads_any_carrier_and_a_missing_value_is_a_missing_value():
    expected = SimilarityDetector().fit(TABLE).score(TABLE).distance
    same_tables = [TABLE.astype("Int64"), TABLE.astype("Float64"), TABLE.astype(object), TABLE.to_numpy().tolist()]
    same_tables += [torch.tensor(TABLE.to_numpy(), requires_grad=True), TABLE.to_numpy().astype("float16")]
    for table in same_tables:
        np.testing.assert_allclose(SimilarityDetector().fit(table).score(table).distance, expected, rtol=1e-9)
    holes = TABLE.mask(np.eye(90, 3, dtype=bool))
    one, other = SimilarityDetector().fit(holes), SimilarityDetector().fit(holes.astype("Int64"))
    assert one.check(holes) == other.check(holes.astype("Int64"))
    assert other.n_missing(holes.astype("Int64")).sum() == 3


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        (np.ma.masked_array(TABLE, mask=np.eye(90, 3)), ValueError, r"X has 3 masked value.*\.filled"),
        (TABLE.assign(a="high"), TypeError, "X must hold numbers only, but holds text such as 'high'"),
        (TABLE.iloc[0], ValueError, r"X must be a table.*A single patient.*iloc\[\[0\]\]"),
        (TABLE.assign(a=np.inf), ValueError, "X holds 90 infinite"),
    ],
)
def test_a_table_that_the_detector_cannot_read_is_named(table, error, message):
    with pytest.raises(error, match=message):
        SimilarityDetector().fit(table)
    with pytest.raises(error, match=message):
        SimilarityDetector().fit(TABLE).score(table)
