"""From a notebook or a page of Markdown to one HTML page for print: answers at its end, links to the other handouts."""

import html
import re
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from bs4 import BeautifulSoup, NavigableString, Tag
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode

from cells import BuildError
from handouts import LEAST, WIDTH

MOST_FRAMES = 4  # of one explorer
FRAME, HIGH = 96, 140  # millimetres that the picture of a frame, and any other, may be high if its letters allow it
PAPER = "https://handout.invalid/"  # stands for the folder of the handouts until the file is printed
TEACHERS = "for_teachers/"  # the folder of what learners never get
BEFORE = "before/"  # the folder of the lessons without the answers to their questions
ANSWERS = re.compile(r"answer|should have (?:found|seen)|^show", re.IGNORECASE)  # what a reader opens after thinking
WORDS = "This picture in words"  # stands in the picture's alternative text
MOST_BEFORE = 400  # characters of a line that stays with what follows it
LINES = '<span class="line"></span>' * 2  # in a paragraph or a box
FOLDED = re.compile(r"(<summary>[^\n]*</summary>)\n(?=[^\n<])")  # else what is folded would not be read as Markdown
ANSI = re.compile(r"\x1b\[[0-9;]*m")
STYLE = (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")


@dataclass
class Paper:
    """A handout: its file's name without .pdf, its title, and what it was made from."""

    name: str
    title: str
    body: str
    note: str = ""
    place: str = "notebooks"  # the folder from which its links start
    withheld: bool = False  # whether what is folded as an answer is left out
    without: tuple[str, ...] = ()  # the parts that are left out, by the beginnings of their headings

    @property
    def kept(self) -> bool:
        """Whether it lies in teaching/print/, too, where no other handout is: a workshop's."""
        return "workshop_" in self.name

    @property
    def has_films(self) -> bool:
        """Whether it may be about films; a workshop without them says nothing of them."""
        return not self.kept or "film" in self.body

    @property
    def head(self) -> str:
        """The title as it stands on top of each page: a sheet beside a copier says whether it holds answers."""
        if self.withheld:
            return f"{self.title} (without answers)"
        if self.name.startswith(TEACHERS):
            return f"{'FOR THE LEADER' if self.kept else 'KEY, not for learners'}: {self.title}"
        return self.title

    def page(self, names: frozenset[str]) -> str:
        """Return the page; `names` are those of all handouts."""
        soup = BeautifulSoup(self.body, "html.parser")
        tidy(soup, plain=self.place != "notebooks")
        move_answers(soup, withheld=self.withheld)
        leave_out(soup, self.without)
        number_frames(soup)
        size_pictures(soup)
        mend_tables(soup, to_fill=self.place != "notebooks")
        mend_links(soup, self.links(names), self.place)
        one_heading(soup, self.title)
        mend_levels(soup)
        heading = soup.find("h1")
        heading.insert_after(BeautifulSoup(colophon(self.note, films=self.has_films), "html.parser"))
        style = STYLE.replace("RUNNING", self.head.replace('"', "”")).replace("VERSION", f"ClinXAI Teach {VERSION}")
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(self.head)}</title>'
            f"<style>{style}</style></head><body>{soup}</body></html>"
        )

    def links(self, names: frozenset[str]) -> dict[str, str]:
        """Return the handouts to which this one may lead, each with its place beside this one: no key for a learner."""
        if self.kept:
            return {}
        mine = self.name.startswith(TEACHERS)
        up = "../" * self.name.count("/")
        beside = {name: up + name for name in names if not name.startswith((TEACHERS, BEFORE))}
        if self.name.startswith(BEFORE):  # to the other lessons without answers
            return beside | {name.removeprefix(BEFORE): name.removeprefix(BEFORE) for name in names if BEFORE in name}
        keys = (name.removeprefix(TEACHERS) for name in names if name.startswith(TEACHERS))
        return beside | {name: name for name in keys if mine}


VERSION = version_of("clinxai-teach")


def colophon(note: str, *, films: bool) -> str:
    """Return the box below a title: which version, under which licence, and what the page is not."""
    said = " All chest films are <b>synthetic</b>: a program drew them." * films
    return (
        f'<div class="colophon"><p>ClinXAI Teach, version {VERSION}. Text and pictures: CC BY 4.0; code: MIT. '
        f"Teaching material, not medical advice.{said}</p>{note}</div>"
    )


# ---- from sources to HTML ------------------------------------------------------------------------


def markdown_html(text: str) -> str:
    """Return Markdown with tables, formulas and HTML as HTML; a formula becomes MathML."""
    parser = (
        MarkdownIt("commonmark")
        .enable("table")
        .use(
            dollarmath_plugin,
            double_inline=True,
            renderer=lambda formula, options: convert(
                formula, display="block" if options["display_mode"] else "inline"
            ),
        )
    )
    return plain_roots(str(parser.render(FOLDED.sub(r"\1\n\n", text))))


def plain_roots(page: str) -> str:
    """Return a page whose roots have brackets: in print the bar of a root touches a letter, and 1/√n reads as 1/π."""
    return re.sub(r"<msqrt>(.*?)</msqrt>", r"<mrow><mo>√</mo><mo>(</mo>\1<mo>)</mo></mrow>", page)


def notebook_html(notebook: NotebookNode) -> str:
    """Return a notebook's text, open code and outputs. Closed code is left out, as are other tools' folded lists."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(markdown_html(cell.source))
            continue
        if "hide-input" not in cell.metadata.get("tags", []):
            parts.append(f'<pre class="code">{html.escape(cell.source)}</pre>')
        parts += [output_html(output) for output in cell.outputs]
    return "\n".join(parts)


def output_html(output: NotebookNode) -> str:
    """Return an output as HTML."""
    if output.output_type in ("stream", "error"):
        text = output.text if output.output_type == "stream" else ANSI.sub("", "\n".join(output.traceback))
        return f'<pre class="said">{html.escape(text.rstrip())}</pre>'
    data = output.data
    if "text/markdown" in data:
        return re.sub(r"<(/?)h[1-6]>", r"<\1h4>", markdown_html(data["text/markdown"]))
    if "text/html" in data and "onclick" not in data["text/html"]:  # scikit-learn's picture of a model needs a script
        return str(data["text/html"])
    if "image/png" in data:
        raise ValueError("a picture was shown without plots.show: it has no words. Use plots.show(figure, words).")
    return f'<pre class="said">{html.escape(data.get("text/plain", ""))}</pre>'


# ---- from a page to a page in print --------------------------------------------------------------


def tidy(soup: BeautifulSoup, *, plain: bool = False) -> None:
    """Take away what only a screen needs; let long blocks break, and nothing that announces the next end a page.

    In a page that is `plain`, no lesson, a paragraph of a few bold words is a heading.
    """
    for element in soup.select("style, script, .clinxai-run-again"):
        element.decompose()
    for paragraph in soup.find_all("p"):
        if not paragraph.get_text().strip() and not paragraph.find(True):
            paragraph.decompose()  # all that stood in it was for a screen
    for strong in soup.select("p > strong"):
        said = strong.parent.get_text().strip()
        if said == strong.get_text().strip():
            strong.parent["class"] = "stays"  # a heading without its name
            if plain and re.search(r"\w$", said):
                strong.parent.name, strong.parent["class"] = "h3", "low"
                strong.unwrap()
    for paragraph in soup.find_all("p"):
        if paragraph.get_text().rstrip().endswith(":") and "class" not in paragraph.attrs:
            paragraph["class"] = "leads"
    for heading in soup.find_all("h2", string="References"):
        if (listed := heading.find_next_sibling()) and listed.name == "ul":
            listed["class"] = "references"
    for heading in soup.find_all("h2"):
        for line in heading.find_next_siblings(limit=2):
            if line.name != "p" or len(line.get_text()) > MOST_BEFORE or line.find_next_sibling() is None:
                break
            line["class"] = "stays"
    for block in soup.find_all("pre"):
        if block.get_text().count("\n") > 30:
            block["class"] = [*block.get("class", []), "long"]


def move_answers(soup: BeautifulSoup, *, withheld: bool = False) -> None:
    """Move what is folded: answers to the last pages, words of a picture away, anything else opens where it stands.

    With `withheld` the answers are left out.
    """
    answers = []
    for folded in soup.find_all("details"):
        summary = folded.find("summary").extract().get_text()
        if summary == WORDS:
            folded.decompose()
        elif ANSWERS.search(summary):
            answers.append(folded)
            ask(soup, folded, len(answers), None if withheld else summary)
        else:
            folded.name = "div"
            lead = soup.new_tag("b")
            lead.string = f"{summary}: "
            first = next((each for each in folded.contents if str(each).strip()), None)
            if isinstance(first, Tag) and first.name in ("p", "table", "ul", "ol", "div"):
                above = soup.new_tag("p", attrs={"class": "leads"})
                above.append(lead)
                lead = above
            folded.insert(0, lead)
    if withheld or not answers:
        return
    heading = soup.new_tag("h2", attrs={"class": "answers"})
    heading.string = "Answers"
    soup.append(heading)
    for number, folded in enumerate(answers, 1):
        folded.name, folded["class"], folded["id"] = "div", "answer", f"answer-{number}"
        mark = soup.new_tag("p", attrs={"class": "mark"})
        mark.append(soup.new_tag("a", href=f"#question-{number}", string=f"Question {number}"))
        folded.insert(0, mark)
        for verdict in folded.select("li > b:first-of-type, li > strong:first-of-type"):
            before = verdict.previous_sibling
            if (
                isinstance(before, NavigableString)
                and re.search(r"\w\W*$", before)
                and before.strip()[-1] not in ".?!:"
            ):
                before.replace_with(f"{before.rstrip()}: ")  # the option, and what is said to it
        soup.append(folded)


def ask(soup: BeautifulSoup, folded: Tag, number: int, summary: str | None) -> None:
    """Put a box with room to write where an answer was folded; what was asked just before goes into it.

    `summary` leads to the answer; None where there is none.
    """
    box = soup.new_tag("div", attrs={"class": "question", "id": f"question-{number}"})
    folded.insert_before(box)
    before = box.find_previous_siblings(limit=2)
    if len(before) == 2 and before[0].name == "ul" and before[1].get_text().startswith("Question."):
        before[0]["class"] = "options"
        before[1].find("b").string = f"Question {number}."
        box.extend([before[1].extract(), before[0].extract()])
        line = soup.new_tag("p", string="My answer is ")
        line.append("____, because")
    else:
        filled = bool(before) and "form" in before[0].get("class", [])
        said = "My answers stand in the form above." if filled else "My answer:"
        line = soup.new_tag("p", string=f"Question {number}. {said}")
        if before and not filled:
            before[0]["class"] = [*before[0].get("class", []), "stays"]
    box.append(line)
    if "form" not in line.get_text():
        box.append(BeautifulSoup(LINES, "html.parser"))
    where = soup.new_tag("p")
    if summary is None:
        where.string = "The answer is left out of this print."
    else:
        lead = f"{summary.strip()}: on the last pages, at “Question {number}”"
        where.append(soup.new_tag("a", href=f"#answer-{number}", string=lead))
    box.append(where)
    folded.extract()


def leave_out(soup: BeautifulSoup, starts: tuple[str, ...]) -> None:
    """Leave out parts, but for their headings; questions keep the numbers that they have in the whole print."""
    for start in starts:
        found = [h for h in soup.find_all("h2") if re.sub(r"^\d+\. ", "", h.get_text()).startswith(start)]
        if len(found) != 1:
            raise BuildError(f"{start!r} begins {len(found)} headings of a print; it has to leave out one part")
        for element in found[0].find_next_siblings():
            if element.name == "h2":
                break
            element.decompose()
        found[0].insert_after(soup.new_tag("p", string="This part is left out here: a meeting asks about it first."))


def number_frames(soup: BeautifulSoup) -> None:
    """Number the frames of each explorer. Of equal ones the first stays, and of more than four the start goes first."""
    strips: dict[str, list[Tag]] = {}
    for frame in soup.select(".frame"):
        strip = strips.setdefault(str(frame["data-title"]), [])
        if any(frame["data-values"] == other["data-values"] for other in strip):
            frame.decompose()
        else:
            strip.append(frame)
    for title, strip in strips.items():
        if len(strip) > MOST_FRAMES and strip[0]["data-kind"] == "start":
            strip.pop(0).decompose()
        while len(strip) > MOST_FRAMES:
            strip.pop().decompose()
        for number, frame in enumerate(strip, 1):
            frame.find("b").string = f"{title}, picture {number} of {len(strip)}. "


def size_pictures(soup: BeautifulSoup) -> None:
    """Give each picture its width: its own, or what the paper has. If letters allow it, two frames fit on a page."""
    for image in soup.select("img.figure"):
        own, high, smallest = (float(image[name]) for name in ("data-inches", "data-high", "data-smallest"))
        own, high = own * 25.4, high * 25.4
        room, most = (WIDTH - 5, FRAME) if image.find_parent(class_="frame") else (WIDTH, HIGH)
        shown = min(own, room, max(most * own / high, LEAST / smallest * own))
        if (letters := smallest * shown / own) < LEAST - 0.01:
            raise BuildError(f"letters of {letters:.1f} points in: {image['alt'][:60]}; draw it narrower")
        image["style"] = f"width: {shown:.1f}mm"


def mend_tables(soup: BeautifulSoup, to_fill: bool) -> None:
    """Say which cells are heads, for screen readers; keep a short table on one page; make room where one writes."""
    for table in soup.find_all("table"):
        put_sources_below(table)
        for text in table.find_all(string=re.compile("_")):
            parts = re.split(r"(?<=[^\s_]_)(?=[^\s_])", str(text))  # a long name may break behind its low lines
            text.replace_with(*[piece for part in parts for piece in (part, soup.new_tag("wbr"))][:-1])
        for name in ("border", "class", "style"):
            del table[name]
        rows = table.find_all("tr")
        many = any(len(row.find_all(["th", "td"])) > 10 for row in rows)
        fill = (to_fill or bool(table.find_parent(class_="form"))) and any(
            len([cell for cell in row.find_all("td") if not cell.get_text().strip()]) > 1 for row in rows[1:]
        )
        short = len(rows) <= (20 if "☐" in table.get_text() else 14)  # a grid to tick is not turned over
        table["class"] = ["short"] * short + ["fill"] * fill + ["many"] * many
        for cell in table.find_all("th"):
            if not cell.get_text().strip():
                cell.name = "td"
            elif not cell.get("scope"):
                cell["scope"] = "col" if cell.find_parent("thead") else "row"


def put_sources_below(table: Tag) -> None:
    """Put the last two columns of a table of rules, where each was found and when, below its first: paper is narrow."""
    heads = [cell.get_text(strip=True) for cell in table.select("thead th")]
    if heads[-2:] != ["source", "looked up"]:
        return
    for row in table.find_all("tr"):
        first, *_, source, day = row.find_all(["th", "td"])
        if row.find_parent("thead"):
            first.append(" (source; looked up)")
        else:
            first.append(f" ({source.get_text(strip=True)}; {day.get_text(strip=True)})")
        source.decompose()
        day.decompose()


def mend_links(soup: BeautifulSoup, names: dict[str, str], place: str) -> None:
    """Lead links to other handouts; of a file that is none of them, write where it is."""
    for link in soup.find_all("a", href=True):
        target = str(link["href"])
        if target.startswith("#"):
            known = {str(element["id"]) for element in soup.find_all(id=True)}
            if target[1:] not in known and (heading := heading_of(soup, target)):
                link["href"] = heading
            elif target[1:] not in known:
                link.unwrap()
            continue
        if re.match(r"https?:", target):
            if link.get_text().strip() != target:
                link.append(f" ({target})")
            continue
        path, _, _ = target.partition("#")
        name = PurePosixPath(path).stem
        if name in names and "exercises" not in path and "solutions" not in path:
            link["href"] = f"{PAPER}{quote(names[name], safe='')}.pdf"
        else:
            if written(place, path) not in link.get_text():
                link.append(f" ({written(place, path)})")
            link.unwrap()


def heading_of(soup: BeautifulSoup, target: str) -> str:
    """Return the link to the heading that a notebook's link names ("#1.-First"), or nothing."""
    wanted = re.sub(r"\W", "", target).lower()
    for number, heading in enumerate(soup.find_all(re.compile("^h[1-6]$"))):
        if re.sub(r"\W", "", heading.get_text()).lower() == wanted:
            heading["id"] = heading.get("id") or f"heading-{number}"
            return f"#{heading['id']}"
    return ""


def written(place: str, path: str) -> str:
    """Return a relative path as it is from the root of the course."""
    parts: list[str] = []
    for part in [*place.split("/"), *path.split("/")]:
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def mend_levels(soup: BeautifulSoup) -> None:
    """Leave no level of headings out: readers with a screen reader go from one to the next."""
    last = 1
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        level = int(heading.name[1])
        if level > last + 1:
            heading.name, heading["class"] = f"h{last + 1}", [*heading.get("class", []), "low"]
        last = int(heading.name[1])


def one_heading(soup: BeautifulSoup, title: str) -> None:
    """Make the first heading the only one of the first level."""
    first, *others = soup.find_all("h1") or [None]
    if first is None:
        first = soup.new_tag("h1", string=title)
        soup.insert(0, first)
    for other in others:
        other.name = "h2"
    soup.insert(0, first.extract())
