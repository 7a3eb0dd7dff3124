"""PPV, NPV and alert rate in a hospital of this person's own."""

from clinxai_teach.classroom.items import Item, numbers

TITLE, POINTS, MINUTES = "An alarm in your hospital", 3, 8


def variant(rng):
    sensitivity, specificity = rng.integers(52, 92), rng.integers(80, 97)
    stays = int(rng.integers(80, 400)) * 100
    ill = round(stays * rng.uniform(0.012, 0.09))
    true = sensitivity / 100 * ill
    false = (100 - specificity) / 100 * (stays - ill)
    silent = stays - ill - false
    right = {"ppv": true / (true + false), "npv": silent / (silent + ill - true), "alert_rate": (true + false) / stays}
    return Item(
        text=f"""
A hospital sets an alarm to sensitivity {sensitivity}% and specificity {specificity}%. Of its {stays:,} stays a year, {ill:,}
have sepsis. Compute three shares between 0 and 1, to three decimals:

- `ppv`: of the alarms, the share with sepsis,
- `npv`: of the stays without an alarm, the share without sepsis,
- `alert_rate`: of all stays, the share with an alarm.
""",
        answer="alarm",
        stub='alarm = {"ppv": ..., "npv": ..., "alert_rate": ...}',
        judge=numbers(right, 0.001),
        why=f"{true:.0f} true and {false:.0f} false alarms: rare illness makes most alarms false.",
    )
