"""What all faces share: one look, labels that a mouse may rest on, and text that stays text."""

import subprocess
import sys

import pytest

from clinxai_teach.checks import Question
from clinxai_teach.explorers import ChecklistForm, Explorer, Slider
from clinxai_teach.forms.face import OWN_KEYS, STYLE, folded, named, status


class Empty(Explorer):
    """An explorer without a picture."""

    size = (2, 1)
    controls = (Slider("n", "Number", 0, 3, 1, start=1),)

    def build(self, figure):
        return []

    def update(self, artists, state):
        pass

    def words(self, state):
        return "Nothing."


FACES = {
    "question": lambda: Question("?", {"a": "A.", "b": "B."}, "a").face,
    "checklist": lambda: ChecklistForm().face,
    "explorer": lambda: Empty().face,
}


@pytest.mark.parametrize("kind", FACES)
def test_all_faces_have_one_look(kind):
    box = FACES[kind]().box
    assert box._dom_classes == ("clinxai-face", f"clinxai-{kind}")
    assert box.children[0].value == STYLE
    assert box.children[-1].outputs[0]["data"] == {"application/javascript": OWN_KEYS}
    assert all("<style>" not in str(getattr(part, "value", "")) for part in box.children[1:])


@pytest.mark.parametrize("kind", FACES)
def test_no_label_shows_null_when_the_mouse_rests_on_it(kind):
    def labelled(widget):
        for part in widget.children:
            yield from labelled(part) if hasattr(part, "children") else [part]

    for widget in labelled(FACES[kind]().box):
        if getattr(widget, "description", ""):
            assert widget.tooltip == widget.description


def test_text_is_escaped_and_the_inside_of_an_element_that_opens_is_not():
    assert status("a < b") == '<div role="status">a &lt; b</div>'
    assert folded("a & b", "<p>c</p>") == "<details><summary>a &amp; b</summary><p>c</p></details>"
    assert named("a & b") == {"description": "a & b", "tooltip": "a & b"}  # ipywidgets shows a label as text


def test_the_room_stands_on_the_ground():
    code = (
        "import sys, clinxai_teach.forms\n"
        "rooms = {name.split('.')[1] for name in sys.modules if name.startswith('clinxai_teach.')}\n"
        "needed = {'forms', 'checklist', 'markup', 'progress', '_lazy', '_validate'}\n"
        "assert rooms == needed | rooms & {'_types'}, rooms\n"
        "assert not {'ipywidgets', 'IPython', 'matplotlib', 'pandas', 'sklearn', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
