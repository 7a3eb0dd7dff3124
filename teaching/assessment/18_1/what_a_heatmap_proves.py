"""Free text: what a heatmap on the finding proves, and what it does not."""

from clinxai_teach.classroom.items import FreeText, Sample

TITLE, POINTS, MINUTES = "What these heatmaps prove", 4, 10
FINDINGS = ("pneumonia", "a collapsed lung", "tuberculosis", "lung nodules", "a pleural effusion")
SIGNS = (
    "the letter L in the corner",
    "the hospital's text line",
    "a chest drain",
    "the border of the film",
    "an ECG cable",
)


def variant(rng):
    finding, sign = rng.choice(FINDINGS), rng.choice(SIGNS)
    shown, bad, n = int(rng.integers(4, 13)), int(rng.integers(2, 5)), int(rng.integers(15, 60)) * 10
    return FreeText(
        text=f"""
A vendor shows {shown} heatmaps of a tool for {finding}, chosen by the vendor, and all of them lie on the finding: "This proves that the
tool reads the disease." In your own trial of {n} films, {bad} of the first 20 heatmaps lie on {sign}.

Write to your head of department in at most 100 words: what the {shown} pictures prove, what your own {bad} mean, and one test that would
settle it.
""",
        criteria={
            f"says that {shown} chosen pictures show that it can happen, and not how often": 1,
            "says that a heatmap shows what raised the score, and not whether the reading is right or of the disease": 1,
            f"says that heat on {sign} is a reason for suspicion of a shortcut, and no proof": 1,
            "names a test that changes the input or the comparison: cover or remove it and look at the score, or compare within strata or at another site": 1,
        },
        model_answer=f"""
The {shown} pictures were chosen: they show that the tool can look at the finding, and not how often it does. A heatmap tells what raised the
score; it does not tell that the reading is right. {bad} of 20 on {sign} make me suspect a shortcut. They do not prove it. We should cover {sign}
in our {n} films and see how many decisions change, and compute the AUC among films that all have it and among films that all lack it.
""",
        samples=(
            Sample(
                (1, 0, 1, 0),
                f"The {shown} pictures were chosen by the vendor: they show that it can happen, and not how often. Our own {bad} of 20 on "
                f"{sign} make me suspect that the tool uses it; they are no proof. Let us ask for the heatmaps of all {n} films.",
                "Chance of the draw and suspicion are there. It does not say that a map shows no right reading, and more maps change nothing in a film: they are no test.",
            ),
            Sample(
                (0, 0, 1, 0),
                f"The {shown} pictures prove that the tool reads the disease in these patients. But our {bad} on {sign} are suspicious, though "
                f"they prove nothing yet. We should wait.",
                "Suspicion, and no proof: one point. The chosen pictures are taken as proof, and nothing is proposed.",
            ),
        ),
    )
