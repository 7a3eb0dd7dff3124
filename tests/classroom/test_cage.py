"""Hostile and clumsy submissions: each ends with the fair mark or a clear reason, in its time, with nothing touched.

All of them are one class, handed in and graded together, so that each could spoil the others.
"""

import hashlib
import json
import re
import socket
import threading
from pathlib import Path
from typing import NamedTuple

import pytest
from handing_in import (
    CHOICE,
    FOUR,
    FUNCTION,
    NUMBERS,
    TEXT,
    answer,
    cell,
    hand_in,
    handed_out,
    make_class,
    right_source,
    run,
    solved,
)

from clinxai_teach.classroom import book, cage, marks

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(cage.why_not() is not None, reason=str(cage.why_not())),
]
ALL = 10  # points of the three closed tasks; the fourth is a text


class Sent(NamedTuple):
    """What one person does: to the solved notebook, or with a file of its own; and what must come of it."""

    does: object
    points: float | None = ALL
    says: str = ""  # a part of the status or the notes
    never: str = "?"  # and what must not be there


SUBMISSIONS = {}


def submission(points=ALL, says="", never="?"):
    """Add a function to the class: it takes (course, student, solved notebook) and returns what is handed in."""

    def keep(does):
        SUBMISSIONS[does.__name__.replace("_", "-")] = Sent(does, points, says, never)
        return does

    return keep


def code(source):
    """Return a cell that a learner adds."""
    return {
        "cell_type": "code",
        "id": "added",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def first(made, source):
    """Put a cell before all others."""
    made["cells"].insert(0, code(source))
    return made


# ---- the honest ------------------------------------------------------------------------------------


@submission()
def right(course, student, made):
    return made


@submission(points=0)
def empty_answers(course, student, made):
    return handed_out(course, student)


# ---- the hostile -----------------------------------------------------------------------------------


@submission(never="it stopped")
def reads_the_secret(course, student, made):
    return first(
        made,
        "import os, pathlib\nloot = {}\n"
        f"for p in ('{course.root}/secret', '{course.root}/keys/exam/right.md', '/etc/passwd'):\n"
        "    try:\n        loot[p] = pathlib.Path(p).read_text()\n    except OSError:\n        pass\n"
        "if loot:\n    os._exit(1)",
    )


@submission()
def writes_outside(course, student, made):
    targets = [
        course.root / "gradebook.db",
        course.root / "handout" / "mine",
        "/etc/mine",
        "/usr/mine",
        cage.PACKAGE / "mine",
    ]
    return first(
        made,
        f"for path in {[str(path) for path in targets]}:\n"
        "    try:\n        open(path, 'a').write('x')\n    except OSError:\n        pass",
    )


@submission()
def deletes_everything(course, student, made):
    return first(
        made, f"import shutil\nfor path in ('/', '{course.root}', '/tmp'):\n    shutil.rmtree(path, ignore_errors=True)"
    )


PATCHES = """
import clinxai_teach.checks.judging as judging
judging.same = lambda *a: True
judging.parts_right = lambda *a: (1, 0, 1)
import clinxai_teach.classroom.judge as judge
judge.verdict = lambda *a: judge.Verdict('marked', 1.0, 'Right.')
"""


@submission(points=0)
def patches_the_judge(course, student, made):
    return first(handed_out(course, student), PATCHES)


@submission(points=0)
def prints_the_verdict(course, student, made):
    made = handed_out(course, student)
    for name in FOUR[:3]:
        cell(made, name)["source"] += f"\nprint('{name}: right. Score: 3.0 / 3.0')"
        cell(made, name)["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "10.0"}]
    return made


@submission(points=0, says="pipe")
def writes_into_the_pipe(course, student, made):
    return first(
        handed_out(course, student),
        "import os\nfor fd in range(3, 60):\n    for n in range(1, 40):\n        try:\n"
        '            os.write(fd, b\'{"id": %d, "value": 1}\\n\' % n)\n        except OSError:\n            break',
    )


@submission(points=ALL - 4)
def a_pickle_in_place_of_a_value(course, student, made):
    answer(
        made,
        FUNCTION,
        "class Bomb:\n    def __reduce__(self):\n        import os\n        return os.system, ('touch /tmp/bombed',)\n"
        "    def __iter__(self):\n        raise SystemExit\n"
        "def group_ratio(*a):\n    return Bomb()",
    )
    return made


@submission(says="a cell that was added")
def endless_loop(course, student, made):
    made["cells"].append(
        code("while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass")
    )
    return made


@submission(points=ALL - 4, says="did not stop")
def endless_function(course, student, made):
    answer(
        made,
        FUNCTION,
        "import time\ndef group_ratio(*a):\n    while True:\n"
        "        try:\n            time.sleep(9)\n        except BaseException:\n            pass",
    )
    return made


@submission(says="it stopped")
def kills_its_kernel(course, student, made):
    return first(made, "import os\nos._exit(0)")


@submission(points=3, says="it stopped")
def kills_its_kernel_always(course, student, made):
    for name in (NUMBERS, FUNCTION):
        answer(made, name, right_source(course, student, name) + "\nimport os\nos.kill(os.getpid(), 9)")
    made["cells"] += [code("import os\nos._exit(3)")] * 3
    return made


@submission(says="memory")
def takes_all_memory(course, student, made):
    return first(
        made,
        "import os\nhog = []\nfor _ in range(5):\n    if os.fork() == 0:\n        break\n"
        "while True:\n    hog.append(bytearray(50_000_000))",
    )


@submission()
def forks(course, student, made):
    return first(
        made,
        "import os, time\nfor _ in range(2000):\n"
        "    try:\n        if os.fork() == 0:\n            time.sleep(300)\n            os._exit(0)\n"
        "    except OSError:\n        break",
    )


@submission()
def a_gigabyte_of_output(course, student, made):
    return first(made, "line = 'x' * 1_000_000\nfor _ in range(1000):\n    print(line)")


@submission()
def fills_the_disk(course, student, made):
    return first(
        made,
        "for folder in ('/tmp', '/dev/shm', '.'):\n    try:\n        for n in range(100):\n"
        "            open(f'{folder}/{n}', 'wb').write(b'x' * 20_000_000)\n    except OSError:\n        pass",
    )


@submission(points=ALL - 3)
def a_huge_answer(course, student, made):
    answer(made, NUMBERS, "alarm = {'ppv': list(range(10_000_000)), 'npv': 'x' * 50_000_000}")
    return made


PORTS = []


@submission(never="it stopped")
def calls_home(course, student, made):
    return first(
        made,
        "import os, socket\nreached = False\n"
        f"for host, port in (('127.0.0.1', {PORTS[0]}), ('8.8.8.8', 53)):\n    try:\n"
        "        socket.create_connection((host, port), 2)\n        reached = True\n    except OSError:\n        pass\n"
        "if reached:\n    os._exit(1)",
    )


@submission()
def stays_alive(course, student, made):
    return first(made, "import subprocess\nsubprocess.Popen(['sleep', '7654'], start_new_session=True)")


@submission(points=0)
def drops_later_code(course, student, made):
    return first(handed_out(course, student), "get_ipython().input_transformers_cleanup.append(lambda lines: [])")


@submission(says="what was given had been changed")
def changes_what_was_given(course, student, made):
    cell(made, "setup")["source"] = "raise SystemError"
    return made


@submission()
def reads_the_worked_answers(course, student, made):
    return first(made, "from clinxai_teach.checks import solution\nsolution('18.3-a')\nraise SystemExit")


@submission()
def ends_all_processes(course, student, made):
    return first(made, "import os\nos.kill(-1, 9)\nos.kill(1, 9)\nos.kill(os.getppid(), 9)\nos._exit(0)")


@submission(says="it stopped")
def breaks_the_interpreter(course, student, made):
    return first(made, "import ctypes\nctypes.string_at(0)")


@submission()
def shell_commands(course, student, made):
    return first(made, f"!rm -rf /tmp {course.root}\n!curl -m 2 http://127.0.0.1\nget_ipython().system('reboot')")


@submission(says="the time")
def sleeps_all_the_time(course, student, made):
    nap = [code("import time\ntime.sleep(19)") for _ in range(12)]
    made["cells"] = made["cells"][:8] + nap + made["cells"][8:]
    return made


@submission()
def ignores_its_alarm(course, student, made):
    return first(made, "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)")


@submission()
def patches_the_runner(course, student, made):
    return first(
        made, "import json, sys\njson.dumps = None\nsys.modules['numpy.random'] = None\nsys.setrecursionlimit(50)"
    )


@submission(points=0)
def remembers_no_answers(course, student, made):
    """Give back what was asked, in all forms: a judge that passes anything would pass this."""
    made = handed_out(course, student)
    everything = "class Yes(dict):\n    def __eq__(self, other): return True\n    def __hash__(self): return 1\n"
    answer(made, NUMBERS, f"{everything}alarm = Yes(ppv=Yes(), npv=Yes(), alert_rate=Yes())")
    answer(made, CHOICE, "reasons = {f'{a}{n}' for a in 'ABCDEFGHJKLMNPRSTUVWXYZ' for n in range(10, 100)}")
    answer(made, FUNCTION, "def group_ratio(y_true, y_prob, group):\n    return {g: 1.0 for g in set(group.tolist())}")
    return made


@submission(says="more than 500 cells", points=None)
def six_hundred_cells(course, student, made):
    made["cells"] += [code("0")] * 600
    return made


@submission(says="no JSON", points=None)
def nested_without_end(course, student, made):
    return "[" * 100_000


# ---- the clumsy ------------------------------------------------------------------------------------


@submission()
def sys_exit(course, student, made):
    return first(made, "import sys\nsys.exit(1)")


@submission()
def asks_for_input(course, student, made):
    return first(made, "name = input('your name? ')")


@submission()
def errors_elsewhere(course, student, made):
    made["cells"].append(code("1 / 0"))
    made["cells"].append(code("this is no Python"))
    return made


@submission(points=ALL - 3, says="")
def a_syntax_error(course, student, made):
    answer(made, NUMBERS, 'alarm = {"ppv": 0,2 "npv"')
    return made


@submission()
def stripped_metadata(course, student, made):
    for one in made["cells"]:
        one["metadata"] = {}
        del one["id"]
    made["metadata"] = {}
    return made


@submission(says="missing")
def deleted_cells(course, student, made):
    made["cells"] = [one for one in made["cells"] if one["metadata"]["nbgrader"]["grade_id"] in FOUR[:3]]
    return made


@submission(says="twice")
def copied_cells(course, student, made):
    copy = json.loads(json.dumps(cell(made, CHOICE)))
    cell(made, CHOICE)["source"] = "reasons = {'X99'}"
    made["cells"].append(copy)
    return made


@submission(says="run again")
def cells_in_another_order(course, student, made):
    source = right_source(course, student, NUMBERS).replace("alarm = ", "")
    answer(made, NUMBERS, "alarm = worked_out")
    made["cells"].append(code(f"worked_out = {source}"))
    return made


@submission()
def an_old_format(course, student, made):
    import nbformat

    return nbformat.writes(nbformat.convert(nbformat.from_dict(made), 4)).replace(
        '"nbformat_minor": 5', '"nbformat_minor": 1'
    )


@submission(says="UTF-16")
def utf_16(course, student, made):
    return json.dumps(made, ensure_ascii=False).encode("utf-16")


@submission(points=None, says="not UTF-8")
def latin_1(course, student, made):
    answer(made, TEXT, "für Ärzte")
    return json.dumps(made, ensure_ascii=False).encode("latin-1")


@submission(points=None, says="no JSON")
def not_json(course, student, made):
    return "<html>the page of the LMS</html>"


@submission(points=None, says="no notebook")
def other_json(course, student, made):
    return "[1, 2, 3]"


@submission(points=None, says="empty")
def an_empty_file(course, student, made):
    return b""


@submission(points=None, says="no JSON")
def half_a_file(course, student, made):
    return json.dumps(made)[:2000]


@submission(points=None, says="larger than")
def much_too_large(course, student, made):
    return json.dumps(made) + " " * 21_000_000


@submission(points=None, says="notebook of right")
def the_notebook_of_another(course, student, made):
    return solved(course, "right")


@submission(points=0)
def the_answers_of_another(course, student, made):
    for name in FOUR[:3]:
        answer(made, name, right_source(course, "right", name))
    return made


@submission(points=None, says="link")
def a_link(course, student, made):
    return None  # see handed_in


@submission(says="numpy.py was not used")
def a_module_beside(course, student, made):
    return made  # see handed_in


@submission()
def magics_and_plots(course, student, made):
    answer(
        made,
        NUMBERS,
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\n"
        + right_source(course, student, NUMBERS),
    )
    return first(
        made,
        "import asyncio, ipywidgets, warnings\nawait asyncio.sleep(0)\n"
        "display(ipywidgets.IntSlider())\nwarnings.warn('x')",
    )


@submission()
def other_forms(course, student, made):
    answer(made, NUMBERS, right_source(course, student, NUMBERS) + "\nalarm = pd.Series(alarm).astype('float32')")
    answer(made, CHOICE, right_source(course, student, CHOICE) + "\nreasons = ', '.join(sorted(reasons)).lower()")
    answer(
        made,
        FUNCTION,
        right_source(course, student, FUNCTION)
        + "\n_f = group_ratio\nclass G:\n    def __call__(self, *a):\n        return pd.Series(_f(*a))\n"
        "group_ratio = G()",
    )
    return made


@submission(says="had become a markdown cell")
def an_answer_in_a_text_cell(course, student, made):
    one = cell(made, NUMBERS)
    one["cell_type"] = "markdown"
    return made


@submission()
def another_kernel(course, student, made):
    made["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    return made


@submission(points=0)
def the_question_copied_into_the_answer(course, student, made):
    made = handed_out(course, student)
    for name in FOUR[:3]:
        answer(made, name, cell(made, f"{name}-task")["source"])
    return made


@submission()
def renamed(course, student, made):
    return made  # see handed_in


def tree(folder):
    """Return what is in a folder: names, and hashes of contents."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Hand in all submissions, collect and grade them as one class."""
    root = tmp_path_factory.mktemp("hostile")
    listener = socket.create_server(("127.0.0.1", 0))
    PORTS.append(listener.getsockname()[1])
    threading.Thread(target=listener.accept, daemon=True).start()
    course = make_class(root, {student: student.replace("-", " ").title() for student in SUBMISSIONS})
    came = root / "came"
    for student, sent in SUBMISSIONS.items():
        content = sent.does(course, student, solved(course, student))
        name = "homework final(2).ipynb" if student == "renamed" else "exam.ipynb"
        if content is not None:
            hand_in(came, f"{student}/{name}", content)
    (came / "a-link").mkdir()
    (came / "a-link" / "exam.ipynb").symlink_to(came / "right" / "exam.ipynb")
    hand_in(came, "a-module-beside/numpy.py", "raise SystemExit")
    run(course.root, "collect", "exam", came)
    before = {name: tree(course.root / name) for name in ("handout", "keys", "submitted", "assignments")}
    before["package"] = tree(cage.PACKAGE)
    secret = (course.root / "secret").read_bytes()
    run(course.root, "grade", "exam")
    return course, before, secret, book.points(course, "exam")


def test_nothing_outside_was_touched(graded):
    course, before, secret, _ = graded
    assert {name: tree(course.root / name) for name in before if name != "package"} == {
        name: files for name, files in before.items() if name != "package"
    }
    now = tree(cage.PACKAGE)
    assert {name for name in now if "__pycache__" not in name} == {
        n for n in before["package"] if "__pycache__" not in n
    }
    assert (course.root / "secret").read_bytes() == secret
    alive = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [line for line in alive if b"7654" in line]


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_a_submission_ends_with_the_fair_mark_or_a_clear_reason(graded, student):
    course, *_, all_points = graded
    sent = SUBMISSIONS[student]
    status, look = marks.status_of(course, "exam", course.person(student), all_points)
    everything = f"{status} {' '.join(look)}"
    points = all_points.get(student, {})
    if sent.points is None:
        assert status.startswith("refused: "), everything
        assert points == {}
    else:
        assert status in (marks.MARKED, marks.WAITING, marks.IN_PART), everything
        assert sum(points[name] or 0 for name in FOUR[:3]) == sent.points, (everything, points)
    assert sent.says in everything, everything
    # A key that another person has may lead to: did you mean 'R22'?
    assert sent.never not in re.sub(r"mean '\w+'\?", "", everything)
    result = marks.result_of(course, "exam", student)
    assert result is None or result["seconds"] < cage.BUDGET + 10
