"""Two published evaluations of one sepsis model. Our reading of what is quoted here, and of nothing else."""

from clinxai_teach.vendor_sheets.sheet import VendorSheet

EPIC_2021 = VendorSheet(
    title="Epic Sepsis Model, external evaluation of 2021",
    kind="published",
    text=(
        ("Who was studied", "27,697 patients with 38,455 hospital stays; sepsis in 2,552 stays (7%)."),
        (
            "Discrimination",
            "AUC 0.63 (95% interval 0.62 to 0.64). The vendor had reported 0.76 to 0.83.",
        ),
        (
            "At the threshold in use",
            "Sensitivity 33%, specificity 83%, PPV 12%, NPV 95%. Alerts on 18% of the stays. 1,709 stays with sepsis "
            "(67%) had no alert.",
        ),
        (
            "Later",
            "In April 2020 Michigan switched its sepsis alert off, as COVID-19 had changed who came to hospital.",
        ),
    ),
    sources=(
        "Wong A. et al., JAMA Intern Med 2021;181(8):1065-1070, doi:10.1001/jamainternmed.2021.2626",
        "Finlayson S. G. et al., N Engl J Med 2021, letter, doi:10.1056/NEJMc2104626 (the alert that was switched off)",
    ),
    answered={
        4: (
            "no",
            "Tested outside the vendor's data, and it did not hold: AUC 0.63, where 0.76 to 0.83 had been reported.",
        ),
    },
    decoys={
        5: "One overall AUC; no subgroup is quoted.",
        7: "An AUC says nothing about calibration.",
        8: "Of 100 stays 18 alerts, 2 right, 4 missed. Better than all or none? That hangs on a price; none is given.",
        16: "One hospital saw its patients change, and switched off. Your version and your watch: not on this page.",
    },
)

EPIC_2026 = VendorSheet(
    title="Epic Sepsis Model version 2, evaluation of 2026",
    kind="published",
    text=(
        (
            "What was done",
            "A prospective study: 227,091 hospital stays in four health systems of the United States. Version 2 "
            "was compared with the first version, and with the moment at which clinicians recognised sepsis.",
        ),
        ("Discrimination", "AUC 0.82 to 0.92, depending on the system."),
        (
            "Alerts",
            "PPV 0.13 to 0.26, depending on the system. The authors call the variation between systems high, the PPV "
            "low and the burden of alerts high.",
        ),
        (
            "What the authors advise",
            "To test it locally first, to plan the work that false alarms make, and to silence some alerts.",
        ),
    ),
    sources=(
        "Wong A. et al., Multicenter prospective validation of an updated proprietary sepsis prediction model, JAMA "
        "Netw Open, February 2026, doi:10.1001/jamanetworkopen.2026.0181. The abstract, not the full text.",
    ),
    answered={
        4: (
            "yes",
            "Four health systems, 227,091 stays: AUC 0.82 to 0.92. Whether it was first fitted to each is not quoted.",
        )
    },
    decoys={
        5: "Variation between systems is quoted, between groups of patients it is not.",
        7: "An AUC says nothing about calibration.",
        8: "The burden is called high. Without threshold, sensitivity and net benefit that decides nothing.",
        16: "The version is named; how drift is watched is not.",
    },
)
