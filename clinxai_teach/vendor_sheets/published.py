"""Two published evaluations of one sepsis model. Our reading of what is quoted here, and of nothing else."""

from clinxai_teach.markup import Table
from clinxai_teach.vendor_sheets.sheet import VendorSheet

EPIC_2021 = VendorSheet(
    title="Epic Sepsis Model, external evaluation of 2021",
    kind="published",
    text=(
        (
            "Who was studied",
            "Michigan Medicine, December 2018 to October 2019: 27,697 patients with 38,455 hospital stays; sepsis in "
            "2,552 stays (7%), counted by a composite of surveillance criteria and diagnostic codes.",
        ),
        (
            "Discrimination",
            "AUC 0.63 (95% interval 0.62 to 0.64). The vendor had reported 0.76 to 0.83.",
        ),
        (
            "At the threshold in use",
            "Sensitivity 33%, specificity 83%, PPV 12%. Alerts on 18% of the stays. 1,709 stays with sepsis "
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
            "AUC 0.63 (0.62 to 0.64): wholly below the vendor's 0.76, which may have been counted in another way.",
        ),
    },
    decoys={
        5: "One overall AUC; no subgroup is quoted.",
        8: "Of 100 stays 18 alerts, 2.2 right, 15.8 false, 4.4 missed. Better than all or none? That depends on a "
        "price; none is given.",
        16: "Seen once: in April 2020 the patients changed and the alert was switched off. Version and watch: not on "
        "this page.",
    },
)

EPIC_2026 = VendorSheet(
    title="Epic Sepsis Model version 2, evaluation of 2026",
    kind="published",
    text=(
        (
            "What was done",
            "A prospective study, August 2023 to March 2025: 227,091 hospital stays of adults in four health systems "
            "of the United States, 7,401 with sepsis (3.3%, Sepsis-3 criteria). Before, each system had fitted "
            "version 2 to its own past patients. On the same stays the first version ran unseen, and was worse in all "
            "four. Stays without a blood count in the first hour were left out: 9.8% to 30.1% of those with sepsis.",
        ),
        (
            "At the score at which 60% of the stays with sepsis had an alert before it",
            Table(
                "The authors set the score of each system so that this sensitivity was the same: it need not be the "
                "threshold in use.",
                ("Health system", "Hospital stays", "AUC (95% interval)", "Alert from score", "PPV (95% interval)"),
                (
                    ("University of Michigan", "32,642", "0.82 (0.81 to 0.83)", "14", "0.13 (0.13 to 0.14)"),
                    (
                        "Oregon Health and Science University",
                        "36,211",
                        "0.85 (0.85 to 0.86)",
                        "29",
                        "0.26 (0.25 to 0.27)",
                    ),
                    ("Emory Healthcare", "54,420", "0.90 (0.90 to 0.91)", "37", "0.25 (0.24 to 0.26)"),
                    ("MetroHealth", "103,818", "0.92 (0.92 to 0.93)", "35", "0.20 (0.19 to 0.21)"),
                ),
            ),
        ),
        (
            "What the authors say",
            "High variation between the systems, low PPV, many alerts. Test it locally first, plan the work that false "
            "alarms make, silence some alerts. The comparison with doctors' own recognition is not on "
            "this page. By age, sex, race and ethnicity the AUC did not differ in a way that stood out. Whether "
            "patients fare better was not studied.",
        ),
    ),
    sources=(
        "Wong A. et al., Multicenter prospective validation of an updated proprietary sepsis prediction model, JAMA "
        "Netw Open 2026;9(2):e260181, doi:10.1001/jamanetworkopen.2026.0181. The abstract, and the tables of the paper "
        "as two public summaries quote them; last compared in November 2026.",
    ),
    answered={},
    decoys={
        2: "Stays without a blood count in the first hour were left out, up to 30.1% of those with sepsis. No table of "
        "the others.",
        4: "Tested after it was fitted, in each of four systems. Yours would be a fifth fit, not tested yet.",
        5: "Only AUCs are spoken of, without a table; nothing at the threshold in use.",
        8: "At scores that the authors set: 3 to 7 false alerts for a right one. Open: your threshold and price, and "
        "whether doctors saw it first.",
    },
)
