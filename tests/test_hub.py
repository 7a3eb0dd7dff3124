"""The hub: what stops it is said; and a proof that starts it, with three learners, an exchange and a restart.

The proof is slow. It needs jupyterhub and configurable-http-proxy, and is skipped with a sentence where one is missing.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import psutil
import pytest
import requests

import hub

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "deploy" / "hub" / "course_copy.py"
LESSON = "notebooks/18_3_1_reading_probabilities.ipynb"
PASSWORD = "trial-of-a-hub"
LEARNERS = ("ana", "ben", "chloe")
EXAM = "exam"


# ---- what stops it ----------------------------------------------


def test_a_port_in_use_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "proxy", lambda: "proxy")
    pytest.importorskip("jupyterhub")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is in use" in hub.problem(tmp_path / "state", (port,))
    assert hub.problem(tmp_path / "state", (port,)) is None


def test_a_missing_proxy_and_a_folder_that_cannot_be_made_are_said(tmp_path, monkeypatch):
    pytest.importorskip("jupyterhub")
    monkeypatch.setattr(hub, "proxy", lambda: None)
    assert "npm install --no-save configurable-http-proxy" in hub.problem(tmp_path, ())
    monkeypatch.setattr(hub, "proxy", lambda: "proxy")
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "Name another folder with --state" in hub.problem(tmp_path / "file" / "state", ())


# ---- the course is copied, and work is kept ---------------------


def copy(course, home):
    command = [sys.executable, COPY, course, sys.executable, "-c", "print('started')"]
    done = subprocess.run(command, env=os.environ | {"HOME": str(home)}, capture_output=True, text=True)
    assert done.stdout == "started\n"
    return done.stderr


def test_work_is_kept_and_the_rest_follows_the_course(tmp_path):
    course, home = tmp_path / "course", tmp_path / "home"
    for name in ("one", "two"):
        (course / "notebooks").mkdir(parents=True, exist_ok=True)
        (course / "notebooks" / f"{name}.ipynb").write_text("first", encoding="utf-8")
    home.mkdir()
    assert copy(course, home) == ""
    mine = home / "course" / "notebooks"
    (mine / "one.ipynb").write_text("my work", encoding="utf-8")
    for name in ("one", "two"):
        (course / "notebooks" / f"{name}.ipynb").write_text("second", encoding="utf-8")
    for _ in range(2):  # a second start changes nothing
        assert copy(course, home) == ""
        texts = {path.name: path.read_text(encoding="utf-8") for path in mine.glob("*.ipynb")}
        assert texts == {"one.ipynb": "my work", "one (new).ipynb": "second", "two.ipynb": "second"}


def test_a_course_that_cannot_be_copied_keeps_nobody_out(tmp_path):
    (tmp_path / "course").write_text("a file is in the way", encoding="utf-8")
    assert "The course could not be copied" in copy(ROOT, tmp_path)


# ---- the proof --------------------------------------------------


def without_guard():
    """Return this environment without the tests' guard of the network: the hub looks for its host's name."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "PYTHONPATH": str(ROOT),
        "CLINXAI_PROGRESS": "off",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


@contextlib.contextmanager
def running(state, port, log, **settings):
    command = [sys.executable, ROOT / "tools" / "hub.py", "--port", str(port), "--state", state, "--password", PASSWORD]
    began = time.monotonic()
    with log.open("a", encoding="utf-8") as out:
        process = subprocess.Popen(command, env=without_guard() | settings, stdout=out, stderr=subprocess.STDOUT)
    try:
        while time.monotonic() - began < 120:
            with contextlib.suppress(requests.ConnectionError):
                if requests.get(f"http://127.0.0.1:{port}/hub/api", timeout=5).ok:
                    break
            assert process.poll() is None, log.read_text(encoding="utf-8")[-3000:]
            time.sleep(0.2)
        yield time.monotonic() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


class Learner:
    """A person who signs in with a form, as in a browser, and whose notebook talks to a kernel."""

    def __init__(self, name, address):
        self.name, self.hub, self.session = name, f"{address}/hub", requests.Session()
        self.session.get(f"{self.hub}/login", timeout=30)
        form = {"username": name, "password": PASSWORD, "_xsrf": self.session.cookies.get("_xsrf", path="/hub/")}
        answer = self.session.post(f"{self.hub}/login?next=/hub/home", data=form, timeout=60)
        assert answer.ok, answer.text[:500]
        assert answer.url.endswith("/hub/home"), answer.url
        headers = {"X-XSRFToken": self.session.cookies.get("_xsrf", path="/hub/"), "Referer": f"{self.hub}/home"}
        made = self.session.post(f"{self.hub}/api/users/{name}/tokens", headers=headers, json={}, timeout=30)
        assert made.ok, made.text
        self.token = {"Authorization": f"token {made.json()['token']}"}
        self.server = f"{address}/user/{name}/api"

    def start(self):
        """Start the learner's server and wait until it answers."""
        requests.post(f"{self.hub}/api/users/{self.name}/server", headers=self.token, timeout=150)
        give_up = time.monotonic() + 150
        while time.monotonic() < give_up:
            with contextlib.suppress(requests.RequestException, ValueError):
                answer = requests.get(f"{self.server}/status", headers=self.token, timeout=5, allow_redirects=False)
                if answer.status_code == 200 and "kernels" in answer.json():
                    return
            time.sleep(0.3)
        raise AssertionError(f"the server of {self.name} did not start")

    def kernels(self):
        return requests.get(f"{self.server}/kernels", headers=self.token, timeout=30).json()

    def run(self, sources):
        """Run cells in a new kernel; return seconds to the first picture, to the end, and the errors."""
        import websocket

        began = time.monotonic()
        made = requests.post(
            f"{self.server}/kernels", headers=self.token, json={"path": "course/notebooks"}, timeout=90
        )
        address = f"{self.server}/kernels/{made.json()['id']}/channels".replace("http", "ws", 1)
        socket = websocket.create_connection(address, header=self.token, timeout=300)
        first, errors = None, []
        for source in sources:
            sent = uuid.uuid4().hex
            header = {"msg_id": sent, "msg_type": "execute_request", "username": "", "session": sent, "version": "5.3"}
            content = {
                "code": source,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
            }
            request = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
            socket.send(json.dumps(request))
            while True:
                answer = json.loads(socket.recv())
                if answer.get("parent_header", {}).get("msg_id") != sent:
                    continue
                kind, said = answer["header"]["msg_type"], answer["content"]
                if kind in ("display_data", "execute_result") and "image/png" in said["data"] and first is None:
                    first = time.monotonic() - began
                if kind == "error":
                    errors.append(f"{said['ename']}: {said['evalue']}")
                if kind == "status" and said["execution_state"] == "idle":
                    break
        socket.close()
        return first, time.monotonic() - began, errors


def memory(state, name):
    """Return the megabytes of one learner's server and kernels that no other process shares."""
    home = str(state / "people" / name)
    total = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("JUPYTERHUB_USER") == name and process.environ().get("HOME") == home:
                total += process.memory_full_info().uss
    return total / 1e6


def end_servers(state):
    """End the learners' servers that this proof started: those whose home lies in its folder."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("HOME", "").startswith(str(state)):
                process.kill()


def nbgrader(folder, state, *arguments):
    settings = without_guard() | {"CLINXAI_EXCHANGE": str(state / "exchange"), "JUPYTER_CONFIG_PATH": str(COPY.parent)}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


def hand_out(folder, state):
    """Release one exercise through the exchange, as a teacher does."""
    source = folder / "source" / EXAM
    source.mkdir(parents=True)
    shutil.copy(next((ROOT / "solutions").glob("18_6_*.ipynb")), source / "task.ipynb")
    shutil.copy(COPY.with_name("nbgrader_config.py"), folder)
    nbgrader(folder, state, "generate_assignment", EXAM, "--create")
    nbgrader(folder, state, "release_assignment", EXAM)


@pytest.mark.slow
def test_three_learners_an_exchange_a_restart_and_idle_servers(tmp_path, capsys):
    pytest.importorskip("jupyterhub", reason="the hub is an extra: pip install -c constraints.txt -e '.[hub]'")
    websocket = pytest.importorskip("websocket")
    assert websocket
    if hub.proxy() is None:
        pytest.skip(hub.NO_PROXY)
    port = next(port for port in range(18000, 19000, 3) if all(map(hub.is_free, range(port, port + 3))))
    state, log = tmp_path / "hub", tmp_path / "log"
    cells = json.loads((ROOT / LESSON).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    try:
        with running(state, port, log) as up:
            wrong = requests.Session()
            wrong.get(f"http://127.0.0.1:{port}/hub/login", timeout=30)
            form = {"username": "ana", "password": "not this", "_xsrf": wrong.cookies.get("_xsrf", path="/hub/")}
            assert wrong.post(f"http://127.0.0.1:{port}/hub/login", data=form, timeout=30).status_code == 403
            people = [Learner(name, f"http://127.0.0.1:{port}") for name in LEARNERS]
            began = time.monotonic()
            together(people, Learner.start)
            servers = time.monotonic() - began
            ran = together(people, lambda learner: learner.run(sources))
            assert [errors for _, _, errors in ran] == [[], [], []]
            sizes = [memory(state, name) for name in LEARNERS]

            (tmp_path / "teacher").mkdir()
            hand_out(tmp_path / "teacher", state)
            steps = [f"import subprocess, sys; subprocess.run([sys.executable, '-m', 'nbgrader', *{each}], check=True)"
                     for each in (["fetch_assignment", EXAM], ["submit", EXAM])]  # fmt: skip
            assert people[0].run(steps)[2] == []
            mine = state / "people" / "ana" / "course" / LESSON
            mine.write_text("my work", encoding="utf-8")
            kernels = people[1].kernels()
            assert len(kernels) == 1
        with running(state, port, log):
            again = [Learner(name, f"http://127.0.0.1:{port}") for name in LEARNERS]
            together(again, Learner.start)
            assert [each["id"] for each in again[1].kernels()] == [each["id"] for each in kernels]  # it never stopped
            assert mine.read_text(encoding="utf-8") == "my work"
            nbgrader(tmp_path / "teacher", state, "collect", EXAM)
            assert [path.name for path in (tmp_path / "teacher" / "submitted").iterdir()] == ["ana"]
        with running(state, port, log, CLINXAI_IDLE_S="6"):  # nobody touches their server now
            chloe = Learner("chloe", f"http://127.0.0.1:{port}")
            began, state_of = time.monotonic(), f"{chloe.hub}/api/users/chloe"
            while requests.get(state_of, headers=chloe.token, timeout=30).json()["server"] is not None:
                assert time.monotonic() - began < 90, "an idle server was not ended"
                time.sleep(1)
            culled = time.monotonic() - began
            assert (state / "people" / "chloe" / "course" / LESSON).exists()
    finally:
        end_servers(state)
    with capsys.disabled():
        print(f"\nhub up after {up:.0f} s, three servers after {servers:.0f} s")
        print(f"with a limit of 6 s, an idle server was ended after {culled:.0f} s")
        for name, (first, whole, _), size in zip(LEARNERS, ran, sizes, strict=True):
            print(f"{name}: first picture {first:.0f} s, whole notebook {whole:.0f} s, {size:.0f} MB of their own")


def together(people, do):
    """Do the same for all at once, and return the answers."""
    answers, threads = {}, []
    for person in people:
        thread = threading.Thread(target=lambda person=person: answers.__setitem__(person.name, do(person)))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return [answers[person.name] for person in people]
