"""What questions, the checklist and explorers share: one look, labels, a line that speaks, a twin without widgets."""

from typing import Any

from clinxai_teach.markup import html_text

STYLE = """<style>
/* When the kernel is gone, ipywidgets gives all that is dead this class. */
.clinxai-face.jupyter-widgets-disconnected {opacity: 0.4; pointer-events: none}

/* Text as large as the picture's, which is dimmed during a slow computation. */
.clinxai-explorer {--jp-widgets-font-size: 16px}
.clinxai-computing {opacity: 0.4}
.jp-OutputArea:has(.clinxai-explorer:not(.jupyter-widgets-disconnected)) .clinxai-run-again {display: none}

/* ipywidgets gives every option the height of one line, so a longer one would cover the next. In its HTML the circle
comes after the text, hence row-reverse. */
.clinxai-question label {
  display: flex; flex-direction: row-reverse; justify-content: flex-end; align-items: start; gap: 6px;
  height: auto !important;
}
.clinxai-question label, .clinxai-question p, .clinxai-question [role=status] {line-height: 1.5 !important}
.clinxai-question [role=status] {margin: 1em 0}

/* A group of questions fits a projector: each one's answers stand in one line. */
.clinxai-checklist {--jp-widgets-font-size: 15px; max-width: 900px}
.clinxai-checklist p, .clinxai-checklist details, .clinxai-checklist [role=status] {
  line-height: 1.4 !important; margin: 0; font-size: 15px;
}
.clinxai-checklist .widget-radio {
  display: flex !important; flex-direction: row !important; align-items: baseline; column-gap: 8px;
}
.clinxai-checklist .widget-radio-box {flex-wrap: nowrap; width: auto !important; column-gap: 12px}
.clinxai-checklist .widget-radio-box label {width: auto !important; margin: 0; white-space: nowrap}
.clinxai-checklist [role=status] {border-left: 4px solid #1b4f72; padding-left: 8px}
</style>"""

# JupyterLab takes arrow keys and letters for its commands, unless the focus is where one writes: on a radio button an
# arrow leads to another cell, and "dd" deletes this one. JupyterLab listens at the document, so the body keeps what
# comes from a face. An arrow goes from one radio button to the next: ipywidgets makes no group of them.
OWN_KEYS = """
if (!document.body.dataset.clinxaiKeys) {
  document.body.dataset.clinxaiKeys = "own";
  document.body.addEventListener("keydown", event => {
    const {key, target} = event;
    if (event.ctrlKey || event.altKey || event.metaKey || !target.closest(".clinxai-face")) return;
    if (!/^(Arrow.*|Home|End|PageUp|PageDown|.)$/.test(key)) return;
    event.stopPropagation();
    if (target.type !== "radio" || !key.startsWith("Arrow")) return;
    const radios = [...target.closest(".widget-radio-box").querySelectorAll("input")];
    const step = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    const next = radios.at((radios.indexOf(target) + step) % radios.length);
    event.preventDefault();
    next.focus();
    next.click();
  });
}
"""


def named(label: str) -> dict[str, str]:
    """Return a widget's label. Without a tooltip, ipywidgets 8.1 shows "null" when the mouse rests on it."""
    return {"description": label, "tooltip": label}


def boxed(kind: str, parts: list[Any]) -> Any:
    """Return the widgets `parts` below each other, in the look of a "question", a "checklist" or an "explorer".

    Arrow keys and letters that are pressed in it stay in it, in JupyterLab too.
    """
    import ipywidgets as widgets  # here, so that what is not shown never loads the widgets

    hidden = {"display": "none"}
    script = {"output_type": "display_data", "data": {"application/javascript": OWN_KEYS}, "metadata": {}}
    parts = [widgets.HTML(STYLE, layout=hidden), *parts, widgets.Output(outputs=(script,), layout=hidden)]
    return widgets.VBox(parts).add_class("clinxai-face").add_class(f"clinxai-{kind}")


def status(text: str) -> str:
    """Return a line as HTML. `role="status"` lets a screen reader speak its changes without taking the focus away."""
    return f'<div role="status">{html_text(text)}</div>'


def folded(summary: str, inside: str) -> str:
    """Return an element that opens by mouse and keyboard, on GitHub too: a text, and the HTML inside."""
    return f"<details><summary>{html_text(summary)}</summary>{inside}</details>"


def with_twin(widget: Any, twin: dict[str, str]) -> dict[str, Any]:
    """Return what a notebook saves for a widget: its view, and a twin by MIME type for readers who have no widgets.

    Each reader shows the richest form that it can: JupyterLab the widget, GitHub, print and a screen reader the twin.
    """
    return {**widget._repr_mimebundle_(), **twin}
