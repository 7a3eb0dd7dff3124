"""Sphinx's settings for the website. `tools/website/build.py` writes its sources and calls it."""

import os
import re
from importlib.metadata import version as version_of

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx

project = "ClinXAI Teach"
author = "ClinXAI Teach contributors"
copyright = "2026, ClinXAI Teach contributors. Code: MIT. Text and pictures: CC BY 4.0."
version = release = version_of("clinxai-teach")
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence"]
myst_heading_anchors = 4
html_math_renderer = "mathml"
# Headings of our own; `for_sphinx` has made the names to code.
napoleon_custom_sections = [f"Attributes after ``{name}``" for name in ("fit", "calibrate")]
autodoc_typehints = "none"
autodoc_member_order = "bysource"

html_theme = "furo"
html_title = "ClinXAI Teach"
html_static_path = [os.environ["CLINXAI_SITE_STATIC"]]
html_extra_path = [os.environ["CLINXAI_SITE_EXTRA"]]
templates_path = [os.environ["CLINXAI_SITE_TEMPLATES"]]
html_css_files = ["live.css"]
html_js_files = [("live.js", {"defer": "defer"})]
html_theme_options = {"top_of_page_buttons": []}
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
# What is shown as a word in a text is no reference.
suppress_warnings = ["myst.header"]


def math(writer, node: nodes.Element) -> None:
    """Write a formula as MathML, which browsers draw and read aloud without a script."""
    display = "block" if isinstance(node, nodes.math_block) else "inline"
    writer.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def for_sphinx(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Write a docstring as reStructuredText understands it: `name` is code; in coef_ and |x| the signs are signs."""
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            line = re.sub(r"(?<![`:])`([^`]+)`(?![`_])", r"``\1``", line)
            parts = line.split("``")
            parts[::2] = [re.sub(r"(\w)_(?!\w)", r"\1\\_", part) for part in parts[::2]]
            parts[::2] = [part.replace("|", "\\|") for part in parts[::2]]
            lines[number] = "``".join(parts)


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", for_sphinx, priority=400)
    app.add_html_math_renderer("mathml", (math, None), (math, None))
