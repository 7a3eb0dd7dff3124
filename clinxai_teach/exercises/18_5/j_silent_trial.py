# %% [markdown]
# ## Plan a silent trial
#
# Your hospital wants a film tool that marks pneumonia, for the emergency department at night. The vendor's report looks good; half of
# your films come from a scanner that is not in it. Write the plan of a **silent trial** in at most eight sentences. The marks:
#
# {{material}}
#
# A teacher marks it, or you do, by the list above and the model answer: `solution("18.5-j")`.

# %% answer [markdown] points=6 minutes=12 difficulty="hard" coding="none"
# ### BEGIN SOLUTION
# 1. For the next 4,500 night-time films of adults (all of them, both scanners), the tool runs and its outputs are stored; nobody
#    who treats a patient sees them.
# 2. Films of children, and repeats within 24 hours, are left out, and counted.
# 3. The truth, for every film, marked or not: two radiologists who do not know the output, a third where they differ (how often is reported); what
#    they find and the doctor has missed goes to that doctor at once.
# 4. We report, for each scanner and in all, with 95% intervals: sensitivity, alerts and false alerts per 100 films, and observed /
#    expected. We plan for 150 pneumonias of each scanner: at least 130 must be found (6). A tool that truly finds
#    90% passes this on both scanners in 86 of 100 trials.
# 5. We also count how often the tool gave no output, and how long it took.
# 6. Before the start, and after the ethics committee agreed, we write down (whole 95% intervals): good enough is a sensitivity above 80% and
#    fewer than 15 false alerts per 100, on each scanner; we reject it if either is surely on the wrong side; between the two it stays silent.
# 7. Dr A. N. Owner, lead of the tool, decides with the head of radiology, and tells the vendor the result.
# 8. After go-live, for each of the two scanners, a monitor watches whether at least 80% of pneumonias are marked: fed by a random part of all films,
#    read without the output, set for the pneumonias of a year among them, with a false alarm in at most 2.5% of runs; its alarm goes to her.
# ### END SOLUTION

# %% judge
from clinxai_teach.checks.kinds import free_text

EXERCISE = free_text(
    {
        "the output is stored and shown to nobody who treats the patients": 1,
        "says which patients, that they are those of the intended use, and counts who is left out": 1,
        "says how the truth is found, without knowledge of the output, and who hears of a disease that was missed": 1,
        "gives the numbers by scanner, with intervals or enough events": 1,
        "says before the start who must approve it, what counts as good enough, and what stops it": 1,
        "names who decides, and what is watched after go-live": 1,
    },
    why="A silent trial answers what no report from elsewhere can: of your patients, on your machines, in your workflow. Its rules are "
    "written before the first film.",
    hints=(
        "Think of a trial of a drug: patients, outcome, blinding, sample size, stopping rule.",
        "The scanner that is not in the vendor's report is the reason for the trial. Where does it show in your plan?",
        "Six points: silent, whom, truth, by scanner, limits beforehand, who decides.",
    ),
)
