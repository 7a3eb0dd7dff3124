"""A question of a lesson as a vote: a slide with the options, and one with the answer."""

import ast
import re
from string import ascii_uppercase
from typing import Any

from cells import BuildError
from slides.model import Slide
from slides.text import first_sentence, text_html

MOST_ON_A_SLIDE = 75  # words of a vote or an answer; the rest is in the notes


def question_of(source: str) -> dict[str, Any]:
    """The prompt, the options with their feedback, the right one and the reason of the Question in a cell."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Question":
            try:
                given = [ast.literal_eval(argument) for argument in node.args]
                named = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            except ValueError as error:
                raise BuildError("its Question is not written out; mark another one") from error
            return {"why": "", "defensible": "", **dict(zip(("prompt", "options"), given, strict=False)), **named}
    raise BuildError("the cell has no Question to vote on")


def vote_slides(asked: dict[str, Any], number: int, first: str = "") -> list[Slide]:
    """A slide with the options, and one with the answer: the reason, and what each wrong option mistakes.

    `first` is what the room must have heard: as many of its sentences stand on the slide as fit, or those before " | ".
    """
    letters = dict(zip(asked["options"], ascii_uppercase, strict=False))
    options = "".join(f"<li><b>{letter}</b><div>{text_html(text)}</div></li>" for text, letter in letters.items())
    vote = f'<p class="prompt">{text_html(asked["prompt"])}</p><ol class="options">{options}</ol>'
    if shown := on_a_vote(first, len(words_of(vote))):
        vote = f'<p class="first">{text_html(shown)}</p>{vote}'
    vote = f'<div class="body">{vote}</div>'
    right = letters[asked["right"]]
    wrong = [
        f"{letters[text]}, “{text_html(text)}” {defensible(asked, text)}{text_html(reason)}"
        for text, reason in asked["options"].items()
        if text != asked["right"]
    ]
    told = (
        f"{right}: {text_html(asked['right'])} {text_html(asked['options'][asked['right']])} {text_html(asked['why'])}"
    )
    notes = [
        (
            "What to do",
            "Read the question aloud. Everybody writes a letter; then hands or cards. Note the counts.",
        ),
        ("The answer, on the next slide", f"{right}: {text_html(asked['right'])}"),
    ]
    return [
        Slide("vote", f"Vote {number}", vote, notes),
        Slide(
            "answer",
            f"Answer {number}: {right}",
            f'<div class="body"><ol class="options">{answer_lines(asked, letters)}</ol></div>',
            [
                ("In full", told),
                ("The usual wrong beliefs", "<br>".join(wrong)),
                ("Ask", "Who changed sides, and by which argument?"),
            ],
        ),
    ]


def words_of(text: str) -> list[str]:
    return re.sub(r"<[^>]+>", " ", text).split()


def on_a_vote(first: str, others: int) -> str:
    """What of a text stands on a vote whose other words are so many."""
    shown, cut, _ = first.partition(" | ")
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z{\d'])", shown)
    while sentences and others + len(" ".join(sentences).split()) > MOST_ON_A_SLIDE:
        if cut:
            raise BuildError(f"say at most {MOST_ON_A_SLIDE - others} words before ' | ', for the slide")
        sentences.pop()
    return " ".join(sentences).strip()


def defensible(asked: dict[str, Any], text: str) -> str:
    return "Defensible: " if text == asked["defensible"] else ""


def answer_lines(asked: dict[str, Any], letters: dict[str, str]) -> str:
    """The options with their reasons, in as many of their words as one can read from the back row."""
    for shorter in range(4):
        lines = "".join(answer_line(asked, text, letter, shorter) for text, letter in letters.items())
        if len(words_of(lines)) <= MOST_ON_A_SLIDE:
            break
    return lines


def answer_line(asked: dict[str, Any], text: str, letter: str, shorter: int) -> str:
    """One option in its words, and why. `shorter`: 1 leaves out the last reason, 2 all but first sentences, 3 also the
    reasons of wrong options.
    """
    reason = asked["options"][text]
    if shorter > 1:
        reason = first_sentence(reason)
    if text == asked["right"]:
        why = f" {text_html(asked['why'])}" if asked["why"] and not shorter else ""
        verdict = f"<strong>✓ {text_html(text)}</strong><br>{text_html(reason)}{why}"
        return f'<li class="right"><b>{letter}</b><div>{verdict}</div></li>'
    why = "" if shorter == 3 else f" {defensible(asked, text)}{text_html(reason)}"
    return f"<li><b>{letter}</b><div><strong>{text_html(text.rstrip('.'))}.</strong>{why}</div></li>"
