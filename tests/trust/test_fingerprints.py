"""A fingerprint says which model this is: equal in every process and after saving, another one for another model."""

import copy
import hashlib
import io
import json
import os
import pickle
import re
import subprocess
import sys
import threading
import warnings
from collections import OrderedDict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load, save
from scipy.sparse import csr_matrix
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from clinxai_teach.calibration import PlattScaling, TemperatureScaling
from clinxai_teach.conformal import SplitConformalClassifier
from clinxai_teach.trust import SimilarityDetector, fingerprint

ROOT = Path(__file__).resolve().parents[2]


def half(values):
    return values / 2


def table(seed=0, n=120):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"age": rng.normal(60, 9, n), "bmi": rng.normal(27, 4, n), "site": rng.choice(["A", "B"], n)})
    return X, (X["age"] + rng.normal(0, 5, n) > 60).astype(int)


def mixed(model):
    columns = [(make_pipeline(SimpleImputer(), StandardScaler()), ["age", "bmi"]), (OneHotEncoder(), ["site"])]
    named = [(f"part {k}", part, names) for k, (part, names) in enumerate(columns)]
    return make_pipeline(ColumnTransformer(named), model)


MODELS = {  # each reads the table's first two columns, the pipelines all three
    "forest": lambda: RandomForestClassifier(5, random_state=0),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=5, random_state=0),
    "boosting that stops early": lambda: HistGradientBoostingClassifier(early_stopping=True, random_state=0),
    "network": lambda: MLPClassifier((4,), max_iter=20, random_state=0),
    "logistic": LogisticRegression,
    "neighbours": lambda: KNeighborsClassifier(algorithm="kd_tree"),
    "support vectors": SVC,
    "calibrated": lambda: CalibratedClassifierCV(RandomForestClassifier(3, random_state=0), cv=3),
    "search": lambda: GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=3),
    "function": lambda: make_pipeline(FunctionTransformer(half), LogisticRegression()),
    "pipeline": lambda: mixed(LogisticRegression()),
    "pipeline with boosting": lambda: mixed(HistGradientBoostingClassifier(max_iter=5, random_state=0)),
}


def fitted(name, seed=0):
    X, y = table(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return MODELS[name]().fit(X if "pipeline" in name else X[["age", "bmi"]], y)


class Net(nn.Module):
    """A small network with everything that a state dict does not hold."""

    def __init__(self, p=0.2, activation=nn.ReLU, mean=0.5):
        super().__init__()
        self.mean = torch.tensor(mean)
        self.body = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), activation(), nn.Dropout(p))
        self.head = nn.LSTM(3, 2, batch_first=True)
        self.act = nn.functional.relu

    def forward(self, films):
        return self.head(self.act(self.body(films - self.mean).mean(3).mT))[0][:, -1]


def network(**options):
    torch.manual_seed(0)
    return Net(**options)


def everything():
    """Return the fingerprints of all kinds of things, by name; `python this_file.py` prints them."""
    torch.manual_seed(1)
    prints = {name: fingerprint(fitted(name)) for name in MODELS}
    things = {
        "net": network(),
        "weights": network().state_dict(),
        "tensor": torch.arange(6.0).reshape(2, 3),
        "frame": table()[0],
        "outcome": table()[1],
        "set": {"a", "b", "c", "d"},
        "dict": {"b": [1, 2.5], "a": frozenset("xyz")},
        "words": CountVectorizer(stop_words=["the", "and", "of"]).fit(["the lung and heart", "a rib of glass"]),
        "chain": (fitted("logistic"), PlattScaling().fit([-2.0, -1, 1, 2] * 5, [0, 0, 1, 1] * 4 + [1, 0, 0, 1])),
        "plain function": half,
        "bound": partial(half, values=3),
    }
    return prints | {name: fingerprint(thing) for name, thing in things.items()}


# ---- the same everywhere -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def here():
    return everything()


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_finds_the_same(here, hash_seed):
    """There this file is called __main__, texts have other hashes, and everything lies at other addresses."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    result = subprocess.run([sys.executable, __file__], capture_output=True, text=True, env=environment, check=True)
    assert json.loads(result.stdout) == here


def test_all_differ(here):
    assert len(set(here.values())) == len(here)
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in here.values())


def through_joblib(model, folder, **options):
    joblib.dump(model, folder / "model.joblib")
    return joblib.load(folder / "model.joblib", **options)


@pytest.mark.parametrize("name", MODELS)
def test_saving_reading_and_using_a_model_change_nothing(name, tmp_path):
    model, X = fitted(name), table()[0]
    before = fingerprint(model)
    once = pickle.loads(pickle.dumps(model))
    copies = [once, pickle.loads(pickle.dumps(once, protocol=2)), copy.deepcopy(model)]
    copies += [through_joblib(model, tmp_path), through_joblib(model, tmp_path, mmap_mode="r")]
    assert [fingerprint(other) for other in copies] == [before] * len(copies)
    model.predict(X if "pipeline" in name else X[["age", "bmi"]])
    assert fingerprint(model) == before
    assert fingerprint(fitted(name)) == before
    assert fingerprint(fitted(name, seed=1)) != before


def test_how_a_model_runs_is_not_what_it_learned():
    X, y = table()
    X = X[["age", "bmi"]]
    for kind in (RandomForestClassifier, partial(HistGradientBoostingClassifier, max_iter=3)):
        assert fingerprint(kind(random_state=0).fit(X, y)) == fingerprint(kind(random_state=0, verbose=0).fit(X, y))
    one, two = (RandomForestClassifier(4, random_state=0, n_jobs=n).fit(X, y) for n in (1, 2))
    assert fingerprint(one) == fingerprint(two)
    drawn = SplitConformalClassifier(0.2, score="aps", randomized=True, seed=np.random.default_rng(0))
    drawn.calibrate([0, 1] * 20, [[0.7, 0.3], [0.4, 0.6]] * 20)
    before = fingerprint(drawn)
    drawn.predict_set([[0.5, 0.5]] * 9)  # draws random numbers
    assert fingerprint(drawn) == before


def test_several_threads_find_the_same(here):
    forest, net = fitted("forest"), network()
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: (fingerprint(forest), fingerprint(net)), range(8)))
    assert found == {(here["forest"], here["net"])}


def test_boosters_of_other_libraries():
    lightgbm, catboost = pytest.importorskip("lightgbm"), pytest.importorskip("catboost")
    X, y = table()
    X = X[["age", "bmi"]]
    makers = [
        lambda threads: lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=threads),
        lambda threads: catboost.CatBoostClassifier(
            iterations=3, verbose=0, allow_writing_files=False, random_seed=0, thread_count=threads
        ),
    ]
    for make in makers:
        model, twin, other = make(1).fit(X, y), make(2).fit(X, y), make(1).fit(X, 1 - y)
        prints = [fingerprint(thing) for thing in (model, twin, pickle.loads(pickle.dumps(model)), other)]
        assert prints[0] == prints[1] == prints[2] != prints[3]


# ---- networks ------------------------------------------------------------------------------------


def test_a_network_is_its_weights_and_its_layers():
    net, other = nn.Linear(3, 2), nn.Linear(3, 2)
    assert fingerprint(net) != fingerprint(other)
    other.load_state_dict(net.state_dict())
    assert fingerprint(net) == fingerprint(other)
    assert fingerprint(net.state_dict()) == fingerprint(other.state_dict())
    assert fingerprint(torch.ones(3)) == fingerprint(torch.ones(3))


def test_a_network_after_saving_and_reading():
    net, fresh = network(), Net()
    assert fingerprint(fresh) != fingerprint(net)
    fresh.load_state_dict(load(save(net.state_dict())))
    assert fingerprint(fresh) == fingerprint(net)
    assert fingerprint(load(save(net.state_dict()))) == fingerprint(net.state_dict())  # other order, no OrderedDict
    file = io.BytesIO()
    torch.save(net, file)
    file.seek(0)
    assert fingerprint(torch.load(file, weights_only=False)) == fingerprint(net)


def test_using_a_network_changes_nothing():
    net, films = network(), torch.rand(2, 1, 8, 8)
    before, weights = fingerprint(net), fingerprint(net.state_dict())
    net.eval()
    net(films).sum().backward()
    net.head.register_forward_hook(lambda *_: None)
    assert fingerprint(net) == before
    net.requires_grad_(False).to(memory_format=torch.channels_last)
    assert fingerprint(net) == before
    assert fingerprint(net.state_dict()) == weights
    net.compile()
    assert fingerprint(net) == before
    assert fingerprint(torch.compile(network())) == before
    with torch.inference_mode():
        assert fingerprint(net) == before
    assert fingerprint(network().train()) == fingerprint(network().eval())
    net.train()(films)  # batch normalisation learns from them
    assert fingerprint(net) != before


def test_the_name_of_a_networks_module_does_not_matter():
    prints = set()
    for module in ("__main__", "networks", "somewhere.else"):
        space = {"nn": nn, "__name__": module}
        exec("class Net(nn.Sequential):\n    scale = 2", space)
        assert space["Net"].__module__ == module
        prints.add(fingerprint(space["Net"](nn.ReLU())))
    assert len(prints) == 1


def test_what_makes_another_network():
    torch.manual_seed(0)
    state = network().state_dict()
    renamed = OrderedDict((name.replace("body", "trunk"), value) for name, value in state.items())
    nets = [
        network(),
        network(p=0.3),
        network(activation=nn.Tanh),
        network(mean=0.4),
        network().double(),
        network().bfloat16(),
        nn.Sequential(nn.Linear(2, 2)),
        nn.Linear(2, 2),
        weight_norm(nn.Linear(2, 2)),
        state,
        renamed,
        {**state, "body.0.bias": state["body.0.bias"] + 1e-7},
        {name: value[None] for name, value in state.items()},
    ]
    prints = [fingerprint(net) for net in nets]
    assert len(set(prints)) == len(prints)
    assert prints == [fingerprint(copy.deepcopy(net)) if k != 8 else prints[8] for k, net in enumerate(nets)]


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int64", "bool", "complex64", "uint8"])
def test_tensors_of_every_kind(dtype):
    tensor = torch.arange(6).reshape(2, 3).to(getattr(torch, dtype))
    prints = [
        fingerprint(thing) for thing in (tensor, tensor.T, tensor[:, :2], tensor[0, 0], tensor[:0], ~tensor.bool())
    ]
    assert len(set(prints)) == len(prints)
    assert fingerprint(tensor.T.clone(memory_format=torch.contiguous_format)) == prints[1]
    assert fingerprint(nn.Parameter(tensor, requires_grad=False)) == prints[0]


# ---- several parts -------------------------------------------------------------------------------


def test_a_recalibration_or_another_preprocessing_changes_it():
    model, other = fitted("pipeline"), fitted("pipeline")
    z, y = model.decision_function(table()[0]), table()[1]
    platt, temperature = PlattScaling().fit(z, y), TemperatureScaling().fit(z, y)
    chains = [(model,), (model, platt), (model, temperature), (platt, model), (model, PlattScaling().fit(2 * z, y))]
    chains += [(model, platt, 0.2), (model, platt, 0.3), (model, platt, "0.2"), ((model, platt), 0.2)]
    prints = [fingerprint(chain) for chain in [model, *chains]]
    assert len(set(prints)) == len(prints)
    assert fingerprint(list(chains[1])) == prints[2]
    assert fingerprint((other, copy.deepcopy(platt))) == prints[2]
    other[0].named_transformers_["part 0"][1].scale_ = other[0].named_transformers_["part 0"][1].scale_ * 1.001
    assert fingerprint(other) != fingerprint(model)
    X, y = table()
    X = X[["age", "bmi"]]
    scalers = [StandardScaler(), MinMaxScaler(), FunctionTransformer(np.log1p), FunctionTransformer(np.sqrt)]
    kinds = [make_pipeline(scaler, LogisticRegression(C=1e-9)).fit(X, y) for scaler in scalers]
    assert len({fingerprint(kind) for kind in kinds}) == len(kinds)


def test_the_detector_and_the_sets_have_one_too():
    X = table()[0][["age", "bmi"]]
    detector, sets = (
        SimilarityDetector().fit(X),
        SplitConformalClassifier(0.1).calibrate([0, 1] * 20, [[0.8, 0.2], [0.3, 0.7]] * 20),
    )
    for thing in (detector, sets):
        assert fingerprint(thing) == fingerprint(pickle.loads(pickle.dumps(thing)))
    assert fingerprint(detector) != fingerprint(SimilarityDetector().fit(X + 1))


def test_functions_differ_by_what_they_do():
    def make(number):
        return lambda x: x * number

    functions = [
        half,
        lambda x: x / 3,
        lambda x: x / 4,
        lambda x, y=1: x / 4,
        lambda x, y=2: x / 4,
        np.log,
        np.exp,
        len,
    ]
    functions += [make(1), make(2), partial(half, values=1), partial(half, values=2)]
    functions += [torch.relu, torch.tanh, nn.functional.relu, nn.functional.gelu, str.upper, "a".upper, "b".upper]
    prints = [fingerprint(function) for function in functions]
    assert len(set(prints)) == len(prints)
    assert fingerprint(make(1)) == fingerprint(make(1))
    doubled = [fingerprint(eval("lambda x: x * FACTOR", {"FACTOR": value})) for value in (2, 2, 3)]
    assert doubled[0] == doubled[1] != doubled[2]


# ---- data ----------------------------------------------------------------------------------------


def test_tables_that_differ_have_other_fingerprints():
    texts = ["1", "2", "1"]
    tables = [
        pd.DataFrame({"a": [1, 0, 1]}),
        pd.DataFrame({"a": [True, False, True]}),
        pd.DataFrame({"a": [1.0, 0, 1]}),
        pd.DataFrame({"a": [1, 0, 1]}, dtype="Int64"),
        pd.DataFrame({"a": [1, None, 1]}, dtype="Int64"),
        pd.DataFrame({"a": [1, 0, 1]}, index=[5, 6, 7]),
        pd.DataFrame({"b": [1, 0, 1]}),
        pd.DataFrame({"a": texts}),
        pd.DataFrame({"a": texts}, dtype="category"),
        pd.DataFrame({"a": pd.Categorical(texts, categories=["1", "2", "3"])}),
        pd.DataFrame({"a": pd.Categorical(texts, ordered=True)}),
        pd.DataFrame({"a": pd.Series([1, "2", 1], dtype=object)}),
        pd.DataFrame({"a": pd.Series(["1", "2", 1], dtype=object)}),
        pd.DataFrame({"a": pd.Series([True, "2", 1], dtype=object)}),
        pd.DataFrame({"a": [1, 0, 1], "b": [1, 0, 1]}),
        pd.DataFrame({"a": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"])}),
        pd.Series([1, 0, 1]),
        pd.Series([1, 0, 1], name="a"),
        pd.Index([1, 0, 1]),
        np.array([1, 0, 1]),
        np.array([1, 0, 1], dtype="int32"),
        np.array([1, 0, 1], dtype=bool),
        np.array([[1, 0, 1]]),
        np.array([1, "0", 1], dtype=object),
        np.ma.masked_array([1, 0, 1], mask=[0, 1, 0]),
        np.array(["1", "0", "1"]),
        [1, 0, 1],
        [True, False, True],
        ["1", "0", "1"],
        [[1, 0], 1],
        b"101",
        csr_matrix([[1, 0, 1]]),
        csr_matrix([[1, 1, 0]]),
    ]
    prints = [fingerprint(thing) for thing in tables]
    assert len(set(prints)) == len(prints)
    assert prints == [fingerprint(pickle.loads(pickle.dumps(thing))) for thing in tables]
    assert prints == [fingerprint(copy.deepcopy(thing)) for thing in tables]


def test_the_same_table_in_another_memory():
    X = table()[0]
    whole = fingerprint(X)
    assert fingerprint(pd.concat([X.iloc[:50], X.iloc[50:]])) == whole
    assert fingerprint(pd.DataFrame({name: X[name].to_numpy() for name in X}).astype(X.dtypes)) == whole
    values = X[["age", "bmi"]].to_numpy()
    same = [np.asfortranarray(values), values.astype(">f8"), np.repeat(values, 2, axis=0)[::2], values.view(np.matrix)]
    assert {fingerprint(array) for array in same} == {fingerprint(np.ascontiguousarray(values))}
    assert fingerprint(np.array([np.nan, 1])) == fingerprint(np.array([-np.nan, 1]))
    hidden = np.ma.masked_array([1.0, 2.0], mask=[0, 1])
    assert fingerprint(hidden) == fingerprint(np.ma.masked_array([1.0, 99.0], mask=[0, 1]))
    gaps = np.zeros(3, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True))
    gaps.view(np.uint8)[1::16] = 7  # between the two fields: no value of the array
    assert fingerprint(gaps) == fingerprint(np.zeros_like(gaps))


def test_polars_tables():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"age": [60.5, None, 40.0], "site": ["A", "B", "A"]})
    others = [frame.rename({"age": "years"}), frame.with_columns(pl.col("site").cast(pl.Categorical)), frame[:2]]
    others += [frame["age"], frame["site"], frame.fill_null(0)]
    prints = [fingerprint(thing) for thing in (frame, *others)]
    assert len(set(prints)) == len(prints)
    in_pieces = pl.concat([frame[:1], frame[1:]], rechunk=False)
    assert fingerprint(in_pieces) == fingerprint(frame) == fingerprint(pickle.loads(pickle.dumps(frame)))


def test_files(tmp_path):
    path = tmp_path / "weights.bin"
    path.write_bytes(b"weights")
    assert fingerprint(path) == fingerprint(str(path)) == hashlib.sha256(b"weights").hexdigest()
    copied = tmp_path / "copy.bin"
    copied.write_bytes(b"weights")
    assert fingerprint((path, 1)) == fingerprint((copied, 1)) != fingerprint((path, 2))
    with pytest.raises(FileNotFoundError):
        fingerprint(tmp_path / "none")


# ---- any nested value ----------------------------------------------------------------------------

plain = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False, width=16) | st.text("a1", max_size=2)
)
nested = st.recursive(
    plain | st.binary(max_size=2),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text("ab", max_size=2), part, max_size=3),
    max_leaves=6,
)


def told_apart(value):
    """Return what must differ for two nested values that differ: every number with its kind."""
    if isinstance(value, dict):
        return "dict", frozenset((name, told_apart(part)) for name, part in value.items())
    if isinstance(value, list):
        return "list", tuple(map(told_apart, value))
    return type(value).__name__, repr(value)


@settings(max_examples=300, deadline=None)
@given(one=nested, other=nested)
def test_two_values_have_the_same_fingerprint_if_and_only_if_they_are_the_same(one, other):
    one, other = [one], [other]  # a text alone is a path
    assert (fingerprint(one) == fingerprint(other)) == (told_apart(one) == told_apart(other))


@settings(max_examples=100, deadline=None)
@given(value=nested, order=st.randoms())
def test_neither_the_order_of_a_dict_nor_shared_parts_matter(value, order):
    def shuffled(part):
        if isinstance(part, dict):
            names = list(part)
            order.shuffle(names)
            return {name: shuffled(part[name]) for name in names}
        return [shuffled(inner) for inner in part] if isinstance(part, list) else part

    assert fingerprint([value]) == fingerprint([shuffled(value)])
    assert fingerprint([value, value]) == fingerprint([value, copy.deepcopy(value)])
    assert fingerprint([value]) == fingerprint(pickle.loads(pickle.dumps([value])))


def test_plain_numbers_of_numpy_are_plain_numbers():
    assert fingerprint(np.float64(0.5)) == fingerprint(0.5)
    assert fingerprint(np.int64(3)) == fingerprint(3) != fingerprint(3.0)
    assert fingerprint([np.bool_(True)]) == fingerprint([True]) != fingerprint([1])
    assert fingerprint([np.str_("a")]) == fingerprint(["a"])
    Pair = namedtuple("Pair", "a b")
    assert fingerprint(Pair(1, 2)) == fingerprint(Pair(1, 2)) != fingerprint(Pair(2, 1))


def test_a_thing_that_holds_itself_ends():
    ring, other = [1], [2]
    ring.append(ring)
    other.append(other)
    assert fingerprint(ring) == fingerprint(copy.deepcopy(ring)) != fingerprint(other)


# ---- what has none -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "thing",
    [
        threading.Lock(),
        (number for number in range(3)),
        sys,
        [LogisticRegression(), {"lock": threading.Lock()}],
        torch.ones(2, 2).to_sparse(),
        torch.ones(2, device="meta"),
        memoryview(b"abc"),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_has_no_fingerprint_says_the_way_out(thing):
    with pytest.raises(TypeError, match=r"no fingerprint: .*Save .* to a file and pass its path"):
        fingerprint(thing)


@pytest.mark.skipif(np.finfo(np.longdouble).bits == 64, reason="this machine has no longer numbers")
def test_numbers_that_other_machines_do_not_know():
    with pytest.raises(TypeError, match="which other machines do not know"):
        fingerprint(np.ones(2, dtype=np.longdouble))


def test_scripted_models_and_folders_say_the_way_out(tmp_path):
    with pytest.raises(TypeError, match=r"TorchScript.* Pass the nn\.Module that it was made from"):
        fingerprint(torch.jit.script(nn.Linear(2, 2)))
    with pytest.raises(TypeError, match=r"is a folder.* Pass a list of its files"):
        fingerprint(tmp_path)
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(TypeError, match="nested too deeply"):
        fingerprint(deep)


if __name__ == "__main__":
    print(json.dumps(everything()))
