"""The files for Binder, a devcontainer and a cluster: what can be held to, with their own tools where installed."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

import sizing

ROOT = Path(__file__).resolve().parents[1]
VALUES = yaml.safe_load((ROOT / "deploy/z2jh/values.yaml").read_text(encoding="utf-8"))


def test_binder_and_devcontainer_install_what_the_readme_says():
    steps = (ROOT / ".binder/postBuild").read_text(encoding="utf-8")
    assert "-r requirements-light.txt" in steps
    assert os.access(ROOT / ".binder/postBuild", os.X_OK)
    made = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert "-c constraints.txt -e ." in made["postCreateCommand"]


def test_repo2docker_takes_the_folder(tmp_path):
    if not (program := shutil.which("jupyter-repo2docker")):
        pytest.skip("jupyter-repo2docker is not installed")
    done = subprocess.run([program, "--no-build", "--debug", ROOT], capture_output=True, text=True)
    assert done.returncode == 0
    assert "RUN ./.binder/postBuild" in done.stderr + done.stdout


def test_the_devcontainer_command_reads_the_file():
    if not (program := shutil.which("devcontainer")):
        pytest.skip("the devcontainer command is not installed (npm install @devcontainers/cli)")
    command = [program, "read-configuration", "--workspace-folder", ROOT, "--docker-path", "true"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["configuration"]["name"] == "ClinXAI Teach"


def test_a_learner_on_a_cluster_reaches_nothing_and_nobody_signs_up():
    policy = VALUES["singleuser"]["networkPolicy"]
    assert policy["enabled"]
    assert policy["egress"] == []
    opened = {name for name, is_open in policy["egressAllowRules"].items() if is_open}
    assert opened == {"dnsPortsKubeSystemNamespace", "dnsPortsPrivateIPs"}
    assert VALUES["hub"]["config"]["Authenticator"] == {"allow_all": False, "allowed_users": []}


# What the chart's own schema (values.schema.yaml, read on 26 November 2026) says of the keys that are used here. It
# refuses unknown keys below these, except in hub.config. A word that is no type is the one value of a list of words.
SIZE = {"guarantee": (int, float, str), "limit": (int, float, str)}
ENABLED = {"enabled": bool}
RULES = """cloudMetadataServer dnsPortsCloudMetadataServer dnsPortsKubeSystemNamespace dnsPortsPrivateIPs
    nonPrivateIPs privateIPs"""
CHART = {
    "hub": {"config": dict, "concurrentSpawnLimit": int},
    "proxy": {"service": {"type": "ClusterIP NodePort LoadBalancer ExternalName"}},
    "singleuser": {
        "image": {"name": str, "tag": str},
        "cmd": (list, str),
        "defaultUrl": str,
        "memory": SIZE,
        "cpu": {"guarantee": (int, float), "limit": (int, float)},
        "storage": {"capacity": str},
        "startTimeout": int,
        "cloudMetadata": {"blockWithIptables": bool},
        "networkPolicy": {"enabled": bool, "egress": list, "egressAllowRules": dict.fromkeys(RULES.split(), bool)},
    },
    "scheduling": {
        "userScheduler": ENABLED,
        "podPriority": ENABLED,
        "userPlaceholder": {"enabled": bool, "replicas": int},
    },
    "prePuller": {"hook": ENABLED, "continuous": ENABLED},
    "cull": {"enabled": bool, "timeout": int, "every": int},
}


def faults(values, schema, path=""):
    """Return where values are not as the schema says."""
    if isinstance(schema, dict):
        unknown = [f"{path}.{key}: no such key" for key in values if key not in schema]
        known = [faults(value, schema[key], f"{path}.{key}") for key, value in values.items() if key in schema]
        return unknown + [fault for each in known for fault in each]
    fits = values in schema.split() if isinstance(schema, str) else isinstance(values, schema)
    return [] if fits else [f"{path}: {values!r}"]


def test_the_cluster_values_are_those_of_the_chart():
    assert faults(VALUES, CHART) == []
    wrong = {"cull": {"timeout": "1h"}, "proxy": {"service": {"type": "Open"}}, "hubs": {}}
    assert faults(wrong, CHART) == [".hubs: no such key", ".cull.timeout: '1h'", ".proxy.service.type: 'Open'"]


def test_one_machine_and_a_cluster_have_the_same_limits():
    config = (ROOT / "deploy/hub/jupyterhub_config.py").read_text(encoding="utf-8")
    memory, processors = re.search(r'MEMORY, PROCESSORS = "(\w+)", ([\d.]+)', config).groups()
    assert VALUES["singleuser"]["memory"]["limit"] == memory
    assert VALUES["singleuser"]["cpu"]["limit"] == float(processors)
    assert f'"CLINXAI_IDLE_S", "{VALUES["cull"]["timeout"]}"' in config


def test_every_file_that_the_image_takes_is_there():
    lines = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8").splitlines()
    names = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    assert len(names) > 5
    assert all((ROOT / name).exists() for name in names)


def test_the_sizing_page_has_the_computed_table():
    assert sizing.table() in (ROOT / "docs/sizing.md").read_text(encoding="utf-8")
    assert sizing.row(100, "light") == (60, 23, 12, 2, 200)  # by hand: 60 * 326 MB * 1.25 = 22.8 GiB
