"""The sliders of the website, for the slides where it has drawn them."""

import html
import json
import re
from pathlib import Path

import nbformat

from website.build import marks_in

LIVE = Path("build") / "site" / "extra" / "live"  # where tools/website/build.py keeps what it has drawn


def live_marks(root: Path, stem: str) -> dict[str, str]:
    """The explorers that `make site` has drawn for a lesson as it is, by cell id: each as a mark for the script."""
    notebook = nbformat.read(root / "notebooks" / f"{stem}.ipynb", as_version=4)
    found = {}
    for cell, marks in (marks_in(root / LIVE / f"{stem}.json", notebook) or {}).items():
        for mark in marks:
            if 'data-kind="explorer"' in mark and (root / LIVE / key_of(mark) / "states.js").exists():
                found[cell] = mark.replace("&quot;wait&quot;: true", "&quot;wait&quot;: false")
    return found


def key_of(mark: str) -> str:
    """The name of an explorer's folder."""
    data = re.search(r'data-live="([^"]*)"', mark)
    return str(json.loads(html.unescape(data[1]))["key"]) if data else ""
