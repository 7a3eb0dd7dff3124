"""Free text: a table of observed and expected, explained to a ward."""

from clinxai_teach.classroom.items import FreeText, Sample

TITLE, POINTS, MINUTES = "A table for the ward", 4, 12


def variant(rng):
    low, high = int(rng.integers(4, 12)), int(rng.integers(30, 60))
    factor = rng.uniform(0.45, 0.7)
    seen = round(high * factor)
    n, small = int(rng.integers(5, 20)) * 100, int(rng.integers(18, 40))
    count = round(small * 0.8 * int(rng.integers(1, 4)) / 4)
    return FreeText(
        text=f"""
What a tool said in your hospital last year, and what happened:

| it said | patients | happened in |
|---|---|---|
| about {low}% | {n} | {low}% |
| about {high}% | {n // 4} | {seen}% |
| about 80% | {small} | {count} of {small}, {round(100 * count / small)}% |

The tool's leaflet says: "AUC 0.8{rng.integers(1, 9)}, so the probabilities are reliable." Write to the ward in at most 120 words: what a "{high}%" means here, which row
you do not trust and why, what the AUC says about it, and what you propose.
""",
        criteria={
            f"says that {high}% was too high: of 100 such patients about {seen} had the event": 1,
            f"says that the last row rests on {small} patients, and that its interval is wide": 1,
            "says that an AUC is about order, and that a tool can have a good AUC and wrong probabilities": 1,
            "proposes something fitting: recalibration on local patients, another threshold, or not showing the number until then": 1,
        },
        model_answer=f"""
When the tool says {high}%, about {seen} of 100 of our patients have the event: the number is too high here. Around {low}% it was right. The row at 80%
has only {small} patients; its interval is wide, so I would not read it. The AUC tells how well the tool puts patients in order. It says nothing on
whether {high}% means {high} of 100. I propose to recalibrate it with last year's patients, to test that on this year's, and to use the number with {seen}% in mind until then.
""",
        samples=(
            Sample(
                (1, 0, 0, 1),
                f"When the tool says {high}%, only about {seen} of 100 of our patients have the event: it says too much. I propose to recalibrate it "
                f"with our own patients, and not to show the number until then.",
                "The direction with its counts, and a fitting proposal. The row with few patients and the leaflet's AUC are not answered.",
            ),
            Sample(
                (0, 1, 0, 0),
                f"I do not trust the last row: it rests on {small} patients, and its interval is wide. The rest is fine, for the AUC is good.",
                "The small row is seen. The AUC is taken for what it cannot say, so the wrong probability is missed.",
            ),
        ),
    )
