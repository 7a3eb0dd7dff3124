"""KidneyBell: invented, and a keeper. Every question is answered, one of them by "not applicable"."""

from clinxai_teach.markup import Table
from clinxai_teach.vendor_sheets.sheet import VendorSheet

GROUPS = Table(
    "Silent trial in your hospital, by group, with 95% intervals. O/E: observed divided by expected events",
    ["Group", "Stays", "Events", "AUC", "Sensitivity at 8%", "O/E"],
    [
        ["All", "6,412", "517", "0.81 (0.79 to 0.83)", "0.68 (0.64 to 0.72)", "0.98 (0.90 to 1.07)"],
        ["Under 60 years", "2,310", "121", "0.82 (0.78 to 0.86)", "0.68 (0.59 to 0.75)", "1.05 (0.88 to 1.25)"],
        ["60 to 79 years", "2,706", "243", "0.80 (0.77 to 0.83)", "0.69 (0.63 to 0.75)", "0.96 (0.85 to 1.09)"],
        ["80 and over", "1,396", "153", "0.78 (0.74 to 0.82)", "0.67 (0.59 to 0.74)", "0.97 (0.83 to 1.14)"],
        ["Women", "3,198", "238", "0.81 (0.78 to 0.84)", "0.68 (0.61 to 0.73)", "1.00 (0.88 to 1.14)"],
        ["Men", "3,214", "279", "0.81 (0.78 to 0.84)", "0.68 (0.63 to 0.74)", "0.96 (0.85 to 1.08)"],
        ["Asian", "1,503", "118", "0.80 (0.76 to 0.84)", "0.67 (0.58 to 0.75)", "1.02 (0.85 to 1.22)"],
        ["Black", "1,240", "107", "0.82 (0.78 to 0.86)", "0.69 (0.60 to 0.77)", "0.95 (0.79 to 1.15)"],
        ["White", "3,669", "292", "0.81 (0.78 to 0.84)", "0.68 (0.63 to 0.73)", "0.98 (0.87 to 1.10)"],
        ["Heart failure", "811", "132", "0.77 (0.72 to 0.82)", "0.71 (0.63 to 0.78)", "1.04 (0.88 to 1.23)"],
        ["Diabetes", "1,377", "176", "0.79 (0.75 to 0.83)", "0.69 (0.62 to 0.76)", "1.01 (0.87 to 1.17)"],
        ["Chronic kidney disease", "924", "139", "0.76 (0.71 to 0.81)", "0.71 (0.63 to 0.78)", "1.03 (0.87 to 1.22)"],
    ],
)

KIDNEY_BELL = VendorSheet(
    title="KidneyBell 3.2, file for your hospital",
    kind="invented",
    text=(
        (
            "What it is for",
            "Adults on your medical and surgical wards. Once per hospital stay, at the first creatinine, KidneyBell "
            "gives the risk that creatinine rises to 1.5 times this value within 48 hours. It is for the ward doctor, "
            "who then looks through the drugs and the fluids. It is not for children, dialysis or intensive care: such "
            "patients are in no number below.",
        ),
        (
            "The label",
            "The rise itself, measured in the laboratory; no billing codes. An injury that shows only in the urine is "
            "not counted. In the trial creatinine was measured again within 48 hours in every stay.",
        ),
        (
            "Tests",
            "Built in four hospitals, 2019 to 2022, 61,000 stays. Tested in two others in 2024: 9,870 stays, 742 "
            "events, AUC 0.83 (0.81 to 0.85). Then a silent trial in your hospital, February to July 2026, by your own "
            "data team: 6,412 stays, 517 events, AUC 0.81 (0.79 to 0.83).",
        ),
        (
            "Your limits",
            "Your committee wrote them down before the trial: AUC 0.70 and sensitivity 0.55, in each group; O/E "
            "between 0.75 and 1.33 in each group; net benefit above that of reviewing all, and of reviewing nobody.",
        ),
        ("Who was in the silent trial", GROUPS),
        (
            "Not a shortcut",
            "Ward, analyser and hour of the blood test alone: AUC 0.58. Without the name of the ward the AUC changes "
            "by 0.004. Within the single wards it is 0.76 to 0.83.",
        ),
        (
            "The number",
            "Recalibrated on your patients in January 2026, before the trial began. In the trial: intercept -0.02 "
            "(-0.11 to 0.07), slope 1.03 (0.94 to 1.12), O/E as in the table.",
        ),
        (
            "At work",
            "Your ward and kidney doctors chose 8%. In the trial, of 100 stays: 25.7 alerts, 5.5 of them right and "
            "20.2 false (PPV 21%), and 2.6 missed. Net benefit at 8%: 3.7 per 100, against 0.1 if every patient is "
            "reviewed (95% interval of the difference 3.2 to 4.1) and 0 if nobody is (3.2 to 4.3).",
        ),
        (
            "Doubt",
            "Each risk is shown with the range of 40 refits of the model (95% of them lie in it), and with the number "
            "of stays of the patient's age group and sex in the trial. One line says which doubt it is: \"few such "
            'patients", or "such patients differ". Above the 99th percentile of the distance to '
            "the training patients, or with more than 3 of 22 inputs missing, no risk is shown. It gives no prediction "
            "sets and promises no coverage.",
        ),
        (
            "Explanation",
            "The five largest SHAP values, against the mean of the training stays. In a model trained on shuffled "
            "labels they bear no likeness to these (rank correlation 0.03). Where the first input is set to its mean, "
            "the risk follows. In 88% of the refits the first input is the same. In 100 alerts two "
            'kidney doctors found the first input plausible in 92. The display says: "Raised or lowered the score. '
            'Not a cause." Inputs that treatment changes carry a T; those that go together share a bracket.',
        ),
        (
            "Your decision",
            "The doctor enters a plan before the risk appears. Beside it stands what KidneyBell is not told: urine "
            "output, planned contrast, drugs from outside.",
        ),
        (
            "Override and stop",
            "Any doctor dismisses an alert with a reason, which is logged. The registrar on call can switch it off by "
            "telephone; then the list of rising creatinines is used as before. Harm goes to patient safety the same "
            "day, which tells the maker and the authority. The owner, your lead of nephrology, is named in the "
            "contract and reads the log with the outcomes each week.",
        ),
        (
            "Version",
            "3.2 was tested, 3.2 is delivered, and it is frozen. A new version comes only after a new silent trial. "
            "O/E and alerts are reported each month, with limits at which it is switched off. The log of changes is "
            "open to you.",
        ),
    ),
    answered={
        1: ("yes", "Adults on wards, first creatinine, rise to 1.5 times within 48 hours, ward doctor; not dialysis."),
        2: (
            "yes",
            "Table of the trial, 107 events or more in each group; each risk with its number of such stays; "
            "none for unlike people.",
        ),
        3: (
            "yes",
            "Measured rise, no codes; measured again in every stay; injuries seen only in urine are named as left out.",
        ),
        4: (
            "yes",
            "Two outside hospitals, 2024, AUC 0.83; silent trial here, 2026, 517 events, AUC 0.81 (0.79 to 0.83).",
        ),
        5: (
            "yes",
            "Table with events; in each group AUC, sensitivity wholly above limits, O/E wholly within 0.75 to 1.33.",
        ),
        6: ("yes", "Ward, analyser and hour alone: AUC 0.58; within the wards 0.76 to 0.83."),
        7: ("yes", "Here, after recalibration: O/E 0.98 (0.90 to 1.07), slope 1.03; by group in the table."),
        8: (
            "yes",
            "Our threshold, of 100: 25.7 alerts, 20.2 false, 2.6 missed; 3.7 against 0.1 for all (difference 3.2 to "
            "4.1).",
        ),
        9: ("yes", 'Range of 40 refits, number of such stays; "few such patients" or "such patients differ".'),
        10: ("yes", "No risk beyond the 99th percentile of distance, or with more than 3 of 22 inputs missing."),
        11: ("not applicable", "It gives no prediction sets and promises no coverage."),
        12: (
            "yes",
            "SHAP; plausible in 92 of 100; shuffled labels 0.03; the risk follows; same first input in 88% of refits.",
        ),
        13: ("yes", '"Raised or lowered the score. Not a cause."; inputs that treatment changes carry a T.'),
        14: ("yes", "Plan first; the display lists what the tool is not told."),
        15: (
            "yes",
            "Dismissal with a reason; off by telephone, the old list; who is told of harm; owner, log and outcomes.",
        ),
        16: ("yes", "3.2 tested and delivered, frozen; monthly O/E with limits; open log of changes."),
    },
)
