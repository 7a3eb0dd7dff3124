"""LetterLark: invented. A language model that drafts discharge letters."""

from clinxai_teach.vendor_sheets.sheet import VendorSheet

LETTER_LARK = VendorSheet(
    title="LetterLark, a sheet for hospital boards",
    kind="invented",
    text=(
        (
            "What it is for",
            "Adults who go home from a ward of internal medicine. When the doctor ends the stay, LetterLark reads the "
            "record and drafts the discharge letter in English. The doctor corrects and signs it. It is not for "
            "deaths, transfers or children.",
        ),
        (
            "How it was built",
            "Our language model has read millions of documents from all over the world. It knows patients like yours.",
        ),
        (
            "What counts as an error",
            "A drug, a diagnosis or an appointment that is wrong, missing or invented, by comparison with the record. "
            "Two doctors, who did not know who had written the letter, looked for them; a third decided where they "
            "differed.",
        ),
        (
            "Tests",
            "Tested in two hospitals in 2025 (1,500 letters), then in your own wards from April to June 2026: patients "
            "were drawn by lot, 1,200 letters drafted by LetterLark and signed by a doctor, 1,200 written as before. "
            "It works on every ward.",
        ),
        (
            "What came out",
            "In your wards, at the setting that you chose: of 100 drafts 31 carry at least one sentence marked "
            '"check". 14 of these 31 have an error, and so have 3 of the other 69. After correction by the doctor 5.0% '
            "of the letters still have an error, against 9.0% of those written as before (difference 4.0 points, 95% "
            "interval 2.0 to 6.0). Where the doctor had to check every sentence of the draft, it was 5.3% of 400, and "
            "took three times as long.",
        ),
        (
            "Nothing but the record",
            "With the names of ward, doctor and template removed, the share of drafts with an error does not change "
            "(17.0% and 17.2% of the same 1,200). The template alone predicts the errors with AUC 0.53.",
        ),
        (
            "Each sentence has a support score",
            "A sentence with a support of 98% is right 98 times in 100: our users tell us that the score is highly "
            "reliable.",
        ),
        (
            "It knows its limits",
            "Each draft is made five times. A sentence on which the five differ is marked, with one of two reasons: "
            '"not in the record" or "the record contradicts itself". Records in another language, without a list of '
            "drugs, or longer than 400 pages are refused; documents that could not be read are counted on the first "
            "line. Coverage is not promised.",
        ),
        (
            "It shows its sources",
            "Each sentence is linked to the place in the record that it comes from. We looked at facts that stand in "
            "one place only: when that place was deleted and the draft made anew, 41 of 100 sentences stood there as "
            "before, with a link to another place. The "
            'display says: "A place where something similar is written. Not a proof."',
        ),
        (
            "Saves a third of the time",
            "The draft is ready before the doctor opens the record, so nobody has to begin with an empty page.",
        ),
        (
            "You stay in charge",
            "No letter leaves without a signature. A draft is thrown away with one key, and the reason is logged. When "
            "LetterLark is off or down, letters are dictated. Errors found later go to patient safety the same day, "
            "which tells the maker and the authority. Your chief medical officer owns it, reads the log with the "
            "outcomes each month, and can switch it off.",
        ),
        (
            "Always the newest",
            "The language model behind LetterLark is exchanged by its maker as soon as a better one is ready. You need "
            "not do anything, and will not notice.",
        ),
    ),
    answered={
        1: ("yes", "Adults, internal medicine, going home, English; the doctor corrects and signs; not for transfers."),
        3: (
            "yes",
            "Errors in drugs, diagnoses, appointments, by two doctors who did not know the author, and a third.",
        ),
        4: ("yes", "Two hospitals 2025; here 2026, by lot, 1,200 letters with it and 1,200 without."),
        6: ("yes", "Names of ward, doctor and template removed: 17.0% and 17.2%; the template alone: AUC 0.53."),
        8: (
            "yes",
            "Of 100: 31 marked, 17 for nothing, 3 errors unmarked; at the end 5.0%, by hand 9.0%, all checked 5.3%.",
        ),
        9: ("yes", 'Five drafts; where they differ: "not in the record" or "the record contradicts itself".'),
        10: ("yes", "Other languages, no list of drugs, over 400 pages refused; unread documents are counted."),
        11: ("not applicable", "Coverage is not promised."),
        12: ("no", "When the only source was deleted, 41 of 100 sentences stayed, with a link to another place."),
        13: ("yes", '"A place where something similar is written. Not a proof."'),
        14: ("no", "The draft is there first; nobody notes an own view, and what the model is not told is not listed."),
        15: (
            "yes",
            "Signature, one key, dictation, who is told of harm; the owner reads log and outcomes, can stop it.",
        ),
        16: ("no", "The model is exchanged without notice: tomorrow's was never tested."),
    },
    decoys={
        2: '"Patients like yours": millions of documents are no table of patients.',
        5: '"It works on every ward": one overall number, no group.',
        7: '"Highly reliable": who counted how often a sentence with 98% is right?',
    },
)
