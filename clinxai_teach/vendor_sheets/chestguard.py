"""ChestGuard: invented, with planted omissions. The sheet of the lesson."""

from clinxai_teach.vendor_sheets.sheet import VendorSheet

CHESTGUARD = VendorSheet(
    title="ChestGuard, vendor sheet",
    kind="invented",
    text=(
        (
            "What it does",
            "ChestGuard reads frontal chest films of adults in emergency departments and wards. It moves films with "
            "suspected pneumonia up the radiologist's worklist, within a minute of the exposure. It is for "
            "radiologists. It is not for children, not for lateral films, and not for ruling pneumonia out.",
        ),
        (
            "How it was built",
            "Trained on 410,000 films from a diverse and representative population. Pneumonia means that two "
            "radiologists, who had not seen the report, agreed; in 400 films their label was checked against CT. "
            "ChestGuard learns continuously and gets better every day.",
        ),
        (
            "How good it is",
            "AUC 0.94 on our own test films. Tested from January to June 2024 in two hospitals that had no part in "
            "building it: 6,120 patients, 734 with pneumonia, AUC 0.91 (95% interval 0.90 to 0.92). From March to May "
            "2026 your own radiologists ran it unseen beside their work: 2,400 patients of the kinds named above, 288 "
            "with pneumonia, AUC 0.90 (0.88 to 0.92). It works for every patient. The score from 0 to 100 is highly "
            "reliable, as the AUC of 0.94 shows.",
        ),
        (
            "What it means at work",
            "In your hospital (prevalence 12%), at the threshold that your radiologists chose, of 100 patients 19 "
            "raise an alert: 10.2 with pneumonia and 8.8 without. 1.8 with pneumonia are missed. For a department that "
            "acts at a risk of 10%, net benefit is 9.2 per 100, against 2.2 if every film is put first.",
        ),
        (
            "No shortcuts",
            "With side markers, text and borders masked, the AUC changes by less than 0.01. The type of the machine "
            "alone predicts pneumonia with AUC 0.53.",
        ),
        (
            "It knows its limits",
            "Five networks read each film; where they disagree, the display says so and that more training films of "
            "this kind could help. Lateral films, children and badly exposed films are refused, and films unlike the "
            "training films are flagged. Each result is a list of findings, guaranteed at 95%.",
        ),
        (
            "It explains itself",
            "A Grad-CAM map of the last convolution is shown. It vanishes when the weights are replaced by random "
            "ones, and hiding the marked area lowers the score. In 100 films with pneumonia two radiologists found it "
            "at the right place in 88. The display says: "
            '"Areas that raised the score. Not a finding, not a cause."',
        ),
        (
            "Your doctors stay in charge",
            "The radiologist enters a first impression before the score is shown. ChestGuard sees the film only: no "
            "fever, no blood values, no earlier film. One key overrides it; the reason is logged and sent to the "
            "imaging lead of your hospital, whom the contract names. When it is down, the order is that of "
            "arrival.",
        ),
    ),
    answered={
        1: ("yes", "What it does: adults, frontal films, pneumonia, order of the worklist, radiologists."),
        3: ("yes", "Two radiologists who had not seen the report; 400 films checked against CT."),
        4: (
            "yes",
            "Outside, 2024: 6,120 patients, AUC 0.91 (0.90 to 0.92). Here, 2026: 2,400, AUC 0.90 (0.88 to 0.92).",
        ),
        6: ("yes", "AUC changes by less than 0.01 when markers are masked; machine alone: AUC 0.53."),
        8: ("yes", "Here, at our threshold, of 100: 19 alerts, 8.8 false, 1.8 missed; net benefit 9.2, for all 2.2."),
        9: ("yes", "Five networks; the display says where they disagree, and that more films could help."),
        10: ("yes", "Lateral films, children and bad exposures are refused; unlike films are flagged."),
        12: (
            "yes",
            "Grad-CAM, last convolution; right place in 88 of 100; vanishes with random weights; a hidden area counts.",
        ),
        13: ("yes", 'The display: "Areas that raised the score. Not a finding, not a cause."'),
        14: ("yes", "First impression before the score; the sheet lists what the tool is not told."),
        15: ("yes", "Override key, log, named imaging lead, order of arrival when it is down."),
        16: ("no", '"Learns continuously": the model in use is no longer the one that was tested.'),
    },
    decoys={
        2: '"A diverse and representative population", without a table.',
        5: '"It works for every patient": one overall number, no subgroup.',
        7: '"Highly reliable, as the AUC shows": an AUC says nothing about calibration.',
        11: '"Guaranteed at 95%": over whom, calibrated on whom, and also for those with pneumonia?',
    },
)
