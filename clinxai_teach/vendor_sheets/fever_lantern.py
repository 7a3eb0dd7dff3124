"""FeverLantern: invented. All is well with it, except in the sick."""

from clinxai_teach.markup import Table
from clinxai_teach.vendor_sheets.sheet import VendorSheet

GROUPS = Table(
    "Silent trial in your department, by group, with 95% intervals. O/E: observed divided by expected events",
    ["Group", "Patients", "Events", "AUC", "Sensitivity at 5%", "O/E"],
    [
        ["All", "4,150", "498", "0.84 (0.82 to 0.86)", "0.93 (0.90 to 0.95)", "1.01 (0.93 to 1.10)"],
        ["Under 65 years", "2,488", "231", "0.83 (0.80 to 0.86)", "0.92 (0.88 to 0.95)", "1.03 (0.91 to 1.17)"],
        ["65 and over", "1,662", "267", "0.82 (0.79 to 0.85)", "0.94 (0.90 to 0.96)", "0.99 (0.88 to 1.12)"],
        ["Women", "2,096", "240", "0.84 (0.81 to 0.87)", "0.93 (0.89 to 0.96)", "1.00 (0.88 to 1.13)"],
        ["Men", "2,054", "258", "0.84 (0.81 to 0.87)", "0.93 (0.89 to 0.96)", "1.02 (0.90 to 1.15)"],
        ["Asian", "1,004", "120", "0.83 (0.79 to 0.87)", "0.93 (0.87 to 0.97)", "1.02 (0.85 to 1.22)"],
        ["Black", "836", "104", "0.84 (0.79 to 0.89)", "0.92 (0.85 to 0.96)", "0.98 (0.81 to 1.19)"],
        ["White", "2,310", "274", "0.84 (0.81 to 0.87)", "0.93 (0.89 to 0.95)", "1.02 (0.91 to 1.15)"],
        ["Chemotherapy", "402", "104", "0.80 (0.75 to 0.85)", "0.92 (0.85 to 0.96)", "1.05 (0.87 to 1.27)"],
    ],
)
SETS = Table(
    "The sets in the same trial: how many hold the truth (coverage), with 95% intervals",
    ["Patients", "Number", "Coverage"],
    [
        ["All", "4,150", "90.4% (89.5% to 91.3%)"],
        ["Under 65 years", "2,488", "91.2% (90.0% to 92.3%)"],
        ["65 and over", "1,662", "89.2% (87.6% to 90.6%)"],
        ["Women", "2,096", "90.6% (89.3% to 91.8%)"],
        ["Men", "2,054", "90.2% (88.9% to 91.4%)"],
        ["Without bacteraemia", "3,652", "95.7% (95.0% to 96.3%)"],
        ["With bacteraemia", "498", "51.6% (47.2% to 56.0%)"],
    ],
)

FEVER_LANTERN = VendorSheet(
    title="FeverLantern 1.4, file for your hospital",
    kind="invented",
    text=(
        (
            "What it is for",
            "Adults with fever in your emergency department, at the first blood test. FeverLantern gives the risk that "
            "the blood culture grows a pathogen, for the doctor who decides whether to take cultures. "
            "Others, and children, are in no number below.",
        ),
        (
            "The label",
            "Growth in a blood culture within 48 hours; two microbiologists, who had not seen the score, set the usual "
            "contaminants aside. In the trial every patient with fever had cultures taken.",
        ),
        (
            "Tests",
            "Built in three hospitals, 2018 to 2021. Tested in two others in 2023: 5,204 patients, 611 events, AUC "
            "0.85 (0.83 to 0.87). Then a silent trial in your department, January to June 2026, by your own team, "
            "below.",
        ),
        (
            "Your limits",
            "Your committee wrote them down before the trial: AUC 0.70 and sensitivity 0.80, in each group; O/E "
            "between 0.75 and 1.33 in each group; net benefit above that of taking cultures from all, and from nobody.",
        ),
        ("Who was in the silent trial", GROUPS),
        (
            "Not a shortcut",
            "The hour, the room and the laboratory machine alone: AUC 0.54. With them removed the AUC changes by "
            "0.003; within hours of day it is 0.82 to 0.85.",
        ),
        (
            "The number",
            "Recalibrated on your patients of 2025. In the trial: intercept 0.01 (-0.09 to 0.11), slope 0.97 (0.88 to "
            "1.06), O/E as in the table.",
        ),
        (
            "At work",
            "Your doctors chose to take cultures at 5%. In the trial (12% had bacteraemia), of 100 patients: 57.7 "
            "alerts, 11.2 right and 46.5 false (PPV 19%), and 0.8 missed. Net benefit at 5%: 8.8 per 100, against 7.4 "
            "if cultures are taken from all (95% interval of the difference 1.1 to 1.7) and 0 if from nobody (7.8 to "
            "9.8).",
        ),
        (
            "It says how sure it is",
            'Beside the risk stands a set at alpha 0.10: "bacteraemia", "no bacteraemia", or both when it cannot tell. '
            'One line says which doubt it is: "few such patients", or "such patients differ". '
            "The sets were calibrated on 2,000 of your own patients of 2025. The promise of 90% is kept:",
        ),
        ("Coverage", SETS),
        (
            "Unusual input",
            "A patient beyond the 99th percentile of the distance to the training patients is flagged as unlike, with "
            "the number of such patients in the trial. With more than 2 of 18 inputs missing there is no risk.",
        ),
        (
            "Explanation",
            "The four largest SHAP values against the mean of the training patients. In a model trained on shuffled "
            "labels they bear no likeness to these (rank correlation 0.05). The risk follows when the first input is "
            "set to its mean, and the first input is the same in 84% of 40 refits. In 50 alerts two "
            'emergency doctors found it plausible in 46. The display says: "Why the score is what it is, not why the '
            'patient is ill", and marks what paracetamol changes.',
        ),
        (
            "Your decision",
            "The doctor enters a first impression before the risk appears. FeverLantern is not told of travel, of "
            "rashes, or of how the patient looks; the display says so.",
        ),
        (
            "Override and stop",
            "The doctor can override every step with a reason, which is logged. The consultant on duty can switch it "
            "off; then your fever pathway applies. Harm goes to patient safety the same day, which tells the maker and "
            "the authority. The owner, your lead of emergency medicine, is named in the contract and reads the log "
            "with the outcomes each week.",
        ),
        (
            "Version",
            "1.4 was tested, 1.4 is delivered, and it is frozen. O/E and alerts are reported each month, with limits "
            "at which it is switched off, and each change is logged.",
        ),
    ),
    answered={
        1: ("yes", "Adults with fever, emergency department, first blood test, growth in culture; the doctor there."),
        2: (
            "yes",
            "Table of the trial, 104 events or more in each group; unlike patients are flagged with their number.",
        ),
        3: (
            "yes",
            "Growth within 48 hours, contaminants set aside by two who had not seen the score; all had cultures.",
        ),
        4: (
            "yes",
            "Two outside hospitals, 2023, AUC 0.85; silent trial here, 2026, 498 events, AUC 0.84 (0.82 to 0.86).",
        ),
        5: (
            "yes",
            "Table with events; in each group AUC, sensitivity wholly above limits, O/E wholly within 0.75 to 1.33.",
        ),
        6: ("yes", "Hour, room and machine alone: AUC 0.54; within hours of day 0.82 to 0.85."),
        7: ("yes", "Here, after recalibration: O/E 1.01 (0.93 to 1.10), slope 0.97; by group in the table."),
        8: (
            "yes",
            "Our threshold, of 100: 57.7 alerts, 46.5 false, 0.8 missed; 8.8 against 7.4 for all (difference 1.1 to "
            "1.7).",
        ),
        9: ("yes", 'A set at alpha 0.10 beside each risk; "few such patients" or "such patients differ".'),
        10: ("yes", "Beyond the 99th percentile flagged as unlike; no risk with more than 2 of 18 inputs missing."),
        11: (
            "no",
            "90.4% over all, but with bacteraemia 51.6% (47.2% to 56.0%). Not n/a: a set that is shown is a promise.",
        ),
        12: (
            "yes",
            "SHAP; plausible in 46 of 50; shuffled labels 0.05; the risk follows; same first input in 84% of refits.",
        ),
        13: ("yes", '"Why the score is what it is, not why the patient is ill"; what paracetamol changes is marked.'),
        14: ("yes", "First impression before the risk; the display says what it is not told."),
        15: (
            "yes",
            "Override with a reason; off by the consultant, fever pathway; who is told of harm; owner, log, outcomes.",
        ),
        16: ("yes", "1.4 tested and delivered, frozen; monthly O/E with limits; each change is logged."),
    },
)
