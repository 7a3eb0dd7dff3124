"""ChestGuard: invented, with planted omissions. The sheet of the lesson."""

from clinxai_teach.vendor_sheets.sheet import VendorSheet

CHESTGUARD = VendorSheet(
    title="ChestGuard, vendor sheet",
    kind="invented",
    text=(
        (
            "What it does",
            "ChestGuard reads frontal chest films of adults in emergency departments and wards, within a minute of the "
            "exposure. It is for the doctor who ordered the film: where it suspects pneumonia, it advises to have the "
            "film read by a radiologist at once; all others are read in their turn. It is not for children, not for "
            "lateral films, and not for ruling pneumonia out.",
        ),
        (
            "How it was built",
            "Trained on 410,000 films from a diverse and representative population. Pneumonia means that two "
            "radiologists, who saw neither report nor score, saw it; where they differed, a third decided. In 400 "
            "patients with a CT on the same day their label agreed with it in 372. "
            "ChestGuard learns continuously and gets better every day.",
        ),
        (
            "How good it is",
            "AUC 0.94 on our own test films. Tested from January to June 2024 in two hospitals that had no part in "
            "building it: 6,120 patients of the kinds named above, 734 with pneumonia, AUC 0.91 (95% interval 0.90 to "
            "0.92). From March to May 2026 your own radiologists ran it unseen beside their work: 2,400 such patients, "
            "288 with pneumonia, AUC 0.90 (0.88 to 0.92). They had written down a limit of 0.80 before. In both tests "
            "each film was labelled as above. It works for every patient. "
            "The score from 0 to 100 is highly reliable, as the AUC of 0.94 shows.",
        ),
        (
            "What it means at work",
            "In that trial in your hospital (12% had pneumonia), at the threshold that your emergency doctors and "
            "radiologists chose before it, of 100 patients 19 raise an alert: 10.2 with pneumonia and 8.8 without (PPV "
            "54%). 1.8 with pneumonia raise no alert and wait their turn. To these doctors, one film with pneumonia "
            "read at once is worth nine without it read at once. At this price net benefit is 9.2 per 100 (8.0 to "
            "10.5), against 2.2 if every film is read at once and 0 if none is.",
        ),
        (
            "No shortcuts",
            "With side markers, text, borders, lines, tubes and drains masked, the AUC changes by less than 0.01. In "
            "your hospital the type of the machine, and whether the film was taken at the bedside, predict pneumonia "
            "with AUC 0.53. On the bedside films alone (740, 104 with pneumonia) the AUC is 0.88 (0.84 to 0.92), on "
            "all others 0.91 (0.88 to 0.94).",
        ),
        (
            "It knows its limits",
            'Five networks read each film. Where they differ, the display says "few such films in training"; where '
            'they agree on a middle score, "this film leaves it open". Lateral films, children and badly exposed films '
            "are refused, and films unlike the training films are flagged. Each result is a list of findings, "
            "guaranteed at 95%.",
        ),
        (
            "It explains itself",
            "A Grad-CAM map of the last layer is shown. With random weights it bears no likeness to "
            "this (rank correlation 0.04), and to hide the marked area lowers the score more than to hide another. In "
            "100 films with pneumonia two radiologists found it at the right place in 88. The display says: "
            '"Areas that raised the score. Not a finding, not a cause."',
        ),
        (
            "Your doctors stay in charge",
            "The doctor enters a first impression before score and advice are shown. ChestGuard sees the film only: no "
            "fever, no blood values, no earlier film; the display says so. One key overrides it, with a reason that "
            "is logged. Harm goes to patient safety the same day, which tells the maker and the authority. The imaging "
            "lead of your hospital, whom the contract names, owns it and reads the log with the outcomes each week. "
            "The radiologist on duty can switch it off; then, as when it is down, the doctor telephones about each "
            "film that cannot wait.",
        ),
    ),
    answered={
        1: (
            "yes",
            "Adults, frontal films, pneumonia, in emergency and on wards; read at once or not; the doctor who ordered.",
        ),
        3: (
            "yes",
            "Two radiologists who saw neither report nor score, and a third; CT on the same day agreed in 372 of 400.",
        ),
        4: (
            "yes",
            "Outside, 2024: 6,120, AUC 0.91 (0.90 to 0.92). Here, 2026: 0.90 (0.88 to 0.92), limit 0.80; all labelled.",
        ),
        6: (
            "yes",
            "Markers, text, lines and drains masked: AUC changes by less than 0.01; machine, bedside alone: AUC 0.53.",
        ),
        8: (
            "yes",
            "Our threshold and price, of 100: 19 alerts, 8.8 false, 1.8 missed; net benefit 9.2 (8.0 to "
            "10.5), all 2.2, none 0.",
        ),
        9: (
            "yes",
            'Five networks differ: "few such films"; agree on a middle score: "leaves it open". (The 95%: see 11.)',
        ),
        10: ("yes", "Lateral films, children and bad exposures are refused; unlike films are flagged."),
        12: (
            "yes",
            "Grad-CAM, last layer; right place in 88 of 100; random weights 0.04; the hidden area counts.",
        ),
        13: ("yes", 'The display: "Areas that raised the score. Not a finding, not a cause."'),
        14: ("yes", "First impression before score and advice; the display says what the tool is not told."),
        15: (
            "yes",
            "Override key, log and outcomes read weekly, who is told of harm, owner; who switches it off, what then.",
        ),
        16: ("no", '"Learns continuously": the model in use is no longer the one that was tested.'),
    },
    decoys={
        2: '"A diverse and representative population", without a table.',
        5: '"It works for every patient": no age, sex or illness. Bedside films have an AUC, no sensitivity at the '
        "threshold.",
        7: '"Highly reliable, as the AUC shows": an AUC says nothing about calibration.',
        11: '"Guaranteed at 95%": over whom, calibrated on whom, and also for those with pneumonia?',
    },
)
