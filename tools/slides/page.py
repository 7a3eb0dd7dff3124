"""A deck as one HTML file, with reveal.js inside."""

import re
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from cells import BuildError
from slides.deck import marked
from slides.model import Slide
from slides.text import text_html

CSS = Path(__file__).with_name("slides.css")
NOTES_CSS = Path(__file__).with_name("notes.css")

# A clicker turns the slide also where a slider has the focus and would take its keys. What mouse or finger touched
# gives the focus back, so that the other keys turn the slide, too. Who came with Tab keeps the focus, for the arrows.
CLICKER = """
document.addEventListener('keydown', (event) => {
  const turn = {PageDown: 'next', PageUp: 'prev', n: 'next', p: 'prev'}[event.key];
  if (!turn || event.ctrlKey || event.metaKey || event.altKey || !event.target.closest('.live')) return;
  event.preventDefault();
  event.stopPropagation();
  document.activeElement.blur();
  Reveal[turn]();
}, true);
const release = (event) => {
  if (event.type === 'click' && !event.detail) return;
  setTimeout(() => document.activeElement?.closest('.live') && document.activeElement.blur());
};
document.addEventListener('pointerup', release);
document.addEventListener('click', release);
"""


def reveal(name: str) -> str:
    """A file of reveal.js, from the package that carries it."""
    try:
        there = files("sphinx-revealjs") or []
    except PackageNotFoundError:
        raise BuildError("reveal.js is missing; run: pip install -c constraints.txt -e '.[slides]'") from None
    found = [path for path in there if path.as_posix().endswith(f"/revealjs/{name}")]
    if len(found) != 1:
        raise BuildError(f"sphinx-revealjs does not hold {name}; install the version that constraints.txt names")
    return Path(str(found[0].locate())).read_text(encoding="utf-8")


def page(lesson: Path, slides: list[Slide], live: bool = False) -> str:
    """The deck as one HTML file."""
    number = number_of(lesson)
    title = f"{number} {text_html(slides[0].title)}"
    foot = f"ClinXAI Teach {number} · CC BY 4.0 · not medical advice"
    if drawn := "synthetic" in marked(lesson)[0].cell.source:
        foot += " · films: synthetic"
    if "NHANES" in lesson.read_text(encoding="utf-8"):
        foot += f" · people: NHANES 2017-2018{'' if drawn else ', real'}"  # all has to stand on one line
    slides = [replace(slides[0], title=title), *slides[1:]]
    sections = "\n".join(section(slide, n, len(slides), foot) for n, slide in enumerate(slides, 1))
    code = (reveal(name).replace("</script", r"<\/script") for name in ("dist/reveal.js", "plugin/notes/notes.js"))
    scripts = "\n".join(f"<script>{text}</script>" for text in code)
    start = (
        "Reveal.initialize({width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 4, hash: true, "
        "center: false, display: 'flex', transition: 'none', backgroundTransition: 'none', controlsTutorial: false, "
        "progress: false, pdfMaxPagesPerSlide: 1, plugins: [RevealNotes]});"
    )
    if live:  # not on paper
        start += CLICKER + (
            "if (!/print-pdf/.test(location.search)) document.head.append(Object.assign("
            "document.createElement('script'), {src: '_static/live.js'}));"
        )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: slides</title>
<style>{reveal("dist/reveal.css")}</style>
<style>{CSS.read_text(encoding="utf-8")}</style>
</head>
<body>
<div class="reveal"><div class="slides">
{sections}
</div></div>
{scripts}
<script>{start}</script>
</body>
</html>
"""


def number_of(lesson: Path) -> str:
    """The number of a lesson: "18.2.1-2" of its heading, or "18.5.1" of its name where that says more."""
    name = ".".join(re.findall(r"(?<![a-z])\d+(?![a-z])", lesson.stem))
    heading = re.match(r"# (\d[\d.-]*)", marked(lesson)[0].cell.source)
    return heading[1] if heading and not name.startswith(f"{heading[1]}.") else name


def section(slide: Slide, number: int, total: int, foot: str) -> str:
    """One slide as HTML, with its footer and its notes."""
    notes = "".join(f"<p><b>{what}.</b></p><div>{text}</div>" for what, text in slide.notes)
    level = "h1" if slide.kind == "opening" else "h2"
    kind = f"{slide.kind} list-slide" if slide.kind in ("points", "heard", "sources") else slide.kind
    kind = kind.replace("after", "figure")
    return (
        f'<section class="{kind}"><{level}>{text_html(slide.title)}</{level}>{slide.body}'
        f"<footer><span>{foot}</span><span>{number} / {total}</span></footer>"
        f'<aside class="notes">{notes}</aside></section>'
    )


def notes_page(lesson: Path, slides: list[Slide]) -> str:
    """What the presenter takes along on paper: each slide, small, with its notes."""
    title = f"{number_of(lesson)} {text_html(slides[0].title)}: notes"
    blocks = "\n".join(
        f"<section><h2>{n}. {text_html(slide.title)}</h2>{slide.body}"
        + "".join(f"<h3>{what}</h3><div>{text}</div>" for what, text in slide.notes)
        + "</section>"
        for n, slide in enumerate(slides, 1)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>{NOTES_CSS.read_text(encoding="utf-8")}</style>
</head>
<body>
<h1>{title}</h1>
{blocks}
</body>
</html>
"""
