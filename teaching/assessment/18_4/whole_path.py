"""Deferral counted along the whole path, with this person's own numbers."""

from clinxai_teach.classroom.items import Item, numbers

TITLE, POINTS, MINUTES = "Deferral along the whole path", 3, 8
TOOLS = (
    ("moles", "melanomas", "dermatologist"),
    ("mammograms", "cancers", "radiologist"),
    ("retinas", "retinopathies", "ophthalmologist"),
)


def variant(rng):
    things, ill_name, expert = TOOLS[int(rng.integers(len(TOOLS)))]
    n, ill = int(rng.integers(12, 40)) * 100, int(rng.integers(60, 160))
    alone = ill - int(rng.integers(12, 30))
    deferred = int(rng.integers(15, 45)) * 10
    kept_missed = int(rng.integers(2, 10))
    # Whom the tool alone misses is handed over, or missed among those that it keeps.
    handed = int(rng.integers(max(20, ill - alone - kept_missed), ill // 2))
    kept_found = ill - handed - kept_missed
    expert_found = int(rng.integers(handed // 2, handed))
    right = {
        "kept": kept_found / (kept_found + kept_missed),
        "whole": (kept_found + expert_found) / ill,
        "more_missed": float((kept_missed + handed - expert_found) - (ill - alone)),
    }
    return Item(
        text=f"""
A tool looks at {n:,} {things}; {ill} are {ill_name}. Alone it finds {alone}. With deferral it hands the {deferred} most doubtful to a {expert}: {handed} of these are
{ill_name}, and the {expert} recognises {expert_found}. Among those that it keeps, the tool misses {kept_missed}.

Give three numbers:

- `kept`: the sensitivity among those kept, to three decimals,
- `whole`: the sensitivity of the whole path, to three decimals,
- `more_missed`: how many more {ill_name} the whole path misses than the tool alone (negative: fewer).
""",
        answer="whole_path",
        stub='whole_path = {"kept": ..., "whole": ..., "more_missed": ...}',
        judge=numbers(right, {"kept": 0.001, "whole": 0.001, "more_missed": 0.1}),
        why="Those handed over do not vanish: what the expert misses counts, too.",
    )
