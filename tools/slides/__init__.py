"""Slides of each lesson, from its marked cells: `python tools/slides/build.py [18_3_1 ...]`, after the notebooks.

A cell of lessons/*.py goes on slides by its option `slide`:

    slide="Title | One sentence. | A question?"    code: the figure or the table that it shows; text: large type
    slide="Title | Sentence. | Question? | a; b"   of its table only the columns (or rows) a and b, of its
                                                   sliders only a and b
    slide="after 2 | Title | Sentence."            on `filmstrip`: the second of these pictures, for a deck without
                                                   sliders; a question may follow, and another one behind " || "
    slide="vote"                                   the cell's Question: a slide to vote, then one with the reasons
    slide="vote | Title | Sentence. | Question?"   both, for a cell that asks first and then shows its sliders
    slide="key points"                             the first sentence of each point of its list "Key points"
    slide="key points | without: A; B"             leaves out the points, and the things often heard, that begin with A
                                                   or B, as no slide shows them
    slide="key points | Back to the case | Sentence."   and first a slide that closes the case (also behind `without`)
    say="Words. {{of the ... lesson}}"             what the room must have heard before this slide: the first note; on a
                                                   vote also on the slide, as many sentences as fit
    say="On the vote, too. | Only said."           the same with a cut of your own
    say="Said first. | The answer."                on a figure: also what its question asks for
    say="... || The answer."                       on a vote with sliders: what the sliders' slide asks for; on "after":
                                                   "Of the first slide. || Of the second."
    say=" || High AUC = {Three numbers}: O/E 0.28. | ..."   on the key points: what speaks against each thing often
                                                   heard, by how it begins; {...}: the slide whose title begins so
    bridges="A ladder = Sentence. | Part = Another."  on the opening: what to say where these parts are left out

Figures, tables, votes and points are those of the built notebook, so they cannot drift. Figures are drawn anew by the
lesson, which is run once more: sharp, and with letters for the last row (`redrawn`, `room`). Each number of a
sentence must stand in the same part of the lesson; one of three digits or more, anywhere in it. What leaders say in
the room comes from teaching/sources/sections.md. In `say`, {{two ... ends}} stand for the lesson's own words before the
cell, so that they cannot drift.

A deck is one HTML file with reveal.js inside, and a PDF; the presenter's notes are a second PDF, with each slide's
text. None needs a kernel or a network. Where `make site` has
run, the sliders of the website stand on the slides; they then need the folders beside the deck.
"""
