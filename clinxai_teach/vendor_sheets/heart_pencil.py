"""HeartPencil: invented. Each of its omissions stands behind a real number."""

from clinxai_teach.markup import Table
from clinxai_teach.vendor_sheets.sheet import VendorSheet

PATIENTS = Table(
    "The patients: number, and number with an ejection fraction of 40% or less (events)",
    ["Group", "Training", "Events", "Test", "Events"],
    [
        ["All", "48,200", "5,784", "8,010", "961"],
        ["Under 65 years", "20,900", "1,980", "3,470", "330"],
        ["65 and over", "27,300", "3,804", "4,540", "631"],
        ["Women", "23,600", "1,888", "3,920", "314"],
        ["Men", "24,600", "3,896", "4,090", "647"],
        ["Recorder of maker P (as yours)", "30,100", "3,612", "5,006", "601"],
        ["Recorder of maker Q", "18,100", "2,172", "3,004", "360"],
        ["Asian", "9,640", "1,060", "1,602", "176"],
        ["Black", "8,676", "1,214", "1,410", "198"],
        ["White", "29,884", "3,510", "4,998", "587"],
        ["Diabetes or kidney disease", "16,200", "2,690", "2,700", "450"],
    ],
)
AUCS = Table(
    "AUC in the test, with 95% intervals",
    ["Group", "AUC"],
    [
        ["All", "0.91 (0.90 to 0.92)"],
        ["Under 65 years", "0.92 (0.90 to 0.94)"],
        ["65 and over", "0.90 (0.89 to 0.91)"],
        ["Women", "0.92 (0.90 to 0.94)"],
        ["Men", "0.90 (0.89 to 0.91)"],
    ],
)

HEART_PENCIL = VendorSheet(
    title="HeartPencil, scientific summary",
    kind="invented",
    text=(
        (
            "What it is for",
            "Adults who come to a heart clinic for the first time. From a 10-second ECG with 12 leads HeartPencil "
            "gives the risk that the ejection fraction is 40% or less. It is for cardiologists, who decide how soon an "
            "echocardiogram is made. It is not for children or for patients with a pacemaker.",
        ),
        (
            "The label",
            "The ejection fraction of an echocardiogram within 14 days, which all patients of the test had, read by "
            "cardiologists who had not seen the score. Two readers differed by 5 points or less in 91% of 600.",
        ),
        (
            "The test",
            "Version 2.0 was tested in three hospitals with 8,010 patients, 961 events: AUC 0.91 (0.90 to 0.92).",
        ),
        ("The patients", PATIENTS),
        ("It works in each group", AUCS),
        (
            "Calibration",
            "After recalibration on these 8,010 patients, in the same patients: O/E 1.00 (0.94 to 1.06), slope 1.00 "
            "(0.93 to 1.07), and a curve on the diagonal.",
        ),
        (
            "Not a shortcut",
            "The recorder and the hospital alone: AUC 0.55. Within the single hospitals 0.90 to 0.92. With the printed "
            "text and the calibration mark cut off, the AUC changes by 0.002.",
        ),
        (
            "At work",
            "Your cardiologists chose 10%. From your own list of first visits (12% with an ejection fraction of 40% or "
            "less) and the test: of 100 patients 29.8 raise an alert, 10.4 rightly (PPV 35%) and 19.4 falsely; 1.6 are "
            "missed. Net benefit at 10%: 8.2 per 100, against 2.2 if all are examined at once.",
        ),
        (
            "Doubt",
            'Ten networks read each ECG. The range of all ten is shown, and the words "the networks disagree: few such '
            'ECGs in training" or "this ECG leaves it open". HeartPencil gives no prediction sets and promises no '
            "coverage. Noisy ECGs, exchanged leads and paced rhythms are refused; an ECG unlike the training ECGs is "
            "flagged.",
        ),
        (
            "Explanation",
            "A Grad-CAM trace of the last layer of feature maps is drawn above the ECG. In 50 patients whom "
            'HeartPencil classified correctly, three cardiologists found it plausible in 47. The display says: "Where '
            'the score came from. Not a finding, not a cause."',
        ),
        (
            "Your decision",
            "The cardiologist enters when the echocardiogram would be made before the score is shown. HeartPencil is "
            "told the ECG only: no symptoms, no blood values, no earlier echocardiogram. The display says so.",
        ),
        (
            "Override and stop",
            "One key overrides it; reasons are logged. When it is off or down, the letters of referral decide, as "
            "before. Incidents go to your risk manager the same day, who tells the maker and the authority. The owner, "
            "your head of cardiology, reads the log with the outcomes each month, and can switch it off.",
        ),
        (
            "Version",
            "You receive version 2.3, whose new noise filter keeps more ECGs. All changes are in an open log. "
            "Recordings and alerts are counted each month, and shown on a page of your own.",
        ),
    ),
    answered={
        1: ("yes", "Adults, first visit to a heart clinic, 12 leads, ejection fraction 40% or less, order of echoes."),
        2: (
            "yes",
            "Table of training and test, 176 events or more in each group, our recorder; unlike ECGs are flagged.",
        ),
        3: ("yes", "Ejection fraction within 14 days, readers had not seen the score; 91% within 5 points."),
        6: ("yes", "Recorder and hospital alone: AUC 0.55; within hospitals 0.90 to 0.92; text cut off: 0.002."),
        8: (
            "yes",
            "Our threshold and prevalence, of 100: 29.8 alerts, 19.4 false, 1.6 missed; 8.2 against 2.2 for all.",
        ),
        9: ("yes", "Range of ten networks, and in words whether they disagree or the ECG leaves it open."),
        10: ("yes", "Noisy ECGs, exchanged leads, paced rhythms refused; unlike ECGs flagged."),
        11: ("not applicable", "No prediction sets, and no coverage is promised."),
        13: ("yes", '"Where the score came from. Not a finding, not a cause."'),
        14: ("yes", "Own plan before the score; the display says what it is not told."),
        15: (
            "yes",
            "Override key, letters of referral, who is told of harm; the owner reads log and outcomes, can stop it.",
        ),
        16: (
            "no",
            "2.0 was tested, 2.3 with a new filter is delivered: untested; each yes of 4 to 13 is about 2.0.",
        ),
    },
    decoys={
        4: '"Three hospitals", without when, and without whether they helped to build it. No test here.',
        5: '"It works in each group": AUCs with intervals. Where are sensitivity and O/E?',
        7: '"In the same patients": calibration on the patients that were used to make it.',
        12: '"Found it plausible": looks alone, in correct cases. Where is a test in which the ECG changes?',
    },
)
