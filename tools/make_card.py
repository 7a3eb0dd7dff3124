"""Print the cards of the checklist as tagged PDFs: docs/checklist_card.pdf and docs/checklist_ward_card.pdf.

`make build` runs it. It prints only what has changed since, so Chromium is needed only after a change of the questions.
A tagged PDF says what is a heading, a table and a cell: a screen reader can read it.
"""

import hashlib
import re
from pathlib import Path

from clinxai_teach.checklist import card_html
from lab_in_chromium import CHROMIUM, what_is_missing

DOCS = Path(__file__).resolve().parents[1] / "docs"
# What stands below each page in print; the margin of the card has just room for it.
FOOT = (
    '@page { @bottom-left { content: "ClinXAI Teach. CC BY 4.0"; font: 9pt Arial, "Liberation Sans", sans-serif; } '
    '@bottom-right { content: "page " counter(page) " of " counter(pages); '
    'font: 9pt Arial, "Liberation Sans", sans-serif; } }</style>'
)
CARDS = {
    DOCS / "checklist_card.pdf": card_html().replace("</style>", FOOT),
    DOCS / "checklist_ward_card.pdf": card_html(ward=True).replace("</style>", FOOT),
}
SIGN = "% printed from the page with SHA-256 "


def signature(page):
    """Return the line behind a PDF that says which page it was printed from."""
    return f"{SIGN}{hashlib.sha256(page.encode()).hexdigest()}\n".encode()


def is_current(path, page):
    """Say whether a file was printed from this page."""
    return path.exists() and path.read_bytes().endswith(signature(page))


def print_pdf(page):
    """Return a page as a tagged PDF in A4. Chromium's dates are blanked, so that the same page gives the same bytes."""
    if missing := what_is_missing():
        raise SystemExit(f"the card has changed and must be printed, but {missing}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        tab = chromium.new_page()
        tab.set_content(page)
        pdf = tab.pdf(prefer_css_page_size=True, tagged=True, outline=True)
        chromium.close()
    return re.sub(rb"D:\d{14}", b"D:20260101000000", pdf) + signature(page)


if __name__ == "__main__":
    for path, page in CARDS.items():
        if is_current(path, page):
            print(f"{path.name} is current")
        else:
            path.write_bytes(print_pdf(page))
            print(f"{path.name} printed")
