"""Slides of each lesson, from its marked cells: `python tools/slides/build.py [18_3_1 ...]`, after the notebooks.

A cell of lessons/*.py goes on slides by its option `slide`:

    slide="Title | One sentence. | A question?"    code: the figure or the table that it shows; text: large type
    slide="Title | Sentence. | Question? | a; b"   of its table only the columns a and b
    slide="vote"                                   the cell's Question: a slide to vote, then one with the reasons
    slide="vote | Title | Sentence. | Question?"   both, for a cell that asks first and then shows its sliders
    slide="key points"                             the first sentence of each point of its list "Key points"
    say="Words. {{of the ... lesson}} {{verdict}}" what the room must have heard before this slide: the first note
    bridges="A ladder = Sentence. | Part = Another."  on the opening: what to say where these parts are left out

Figures, tables, votes and points are those of the built notebook, so they cannot drift; a figure whose letters would be
too small on a slide is drawn anew by the lesson, which then is run once more (`redrawn`, `room`). Each number of a
sentence must stand in the same part of the lesson; one of three digits or more, anywhere in it. What leaders say in
the room comes from teaching/sources/sections.md. In `say`, {{two ... ends}} stand for the lesson's own words before the
cell, so that they cannot drift, and {{verdict}} for the checklist's rule.

A deck is one HTML file with reveal.js inside, and a PDF; the presenter's notes are a second PDF, with each slide's
text. None needs a kernel or a network. Where `make site` has
run, the sliders of the website stand on the slides; they then need the folders beside the deck.
"""
