# %% [markdown]
# # 18.6 Quick reference: the clinician's checklist
#
# **For** doctors in training and their teachers. You need no code to follow: run each cell, fill in the form, answer the
# questions.
#
# **Time:** about 45 minutes to read and try, {{minutes 18.6}} minutes for the exercises.
#
# **Questions this section answers**
#
# - What must I ask before I act on the output of an AI tool?
# - Which answers stop me, and which do not?
# - Whom do I ask when I do not know, and for which document?
#
# **After it you can**
#
# 1. *recall* the six groups of questions without the card,
# 2. *apply* the 16 questions to a vendor's sheet that you have never seen, within 15 minutes,
# 3. *justify* a verdict: ready, with care, not ready, do not use,
# 4. *locate* what is missing: which document, which person.
#
# > The checklist is **rebuilt**: written for this course after the chapter's factors and documents, and not a copy of any
# > published checklist. Nothing here is medical advice.

# %% fold=true
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown, display
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from clinxai_teach import plots
from clinxai_teach.attribution import shap_explanation
from clinxai_teach.calibration import net_benefit
from clinxai_teach.checklist import GROUPS, QUESTIONS, STOPPING, Checklist
from clinxai_teach.checks import Question
from clinxai_teach.conformal import SplitConformalClassifier, coverage_by_group
from clinxai_teach.data import load_nhanes_diabetes
from clinxai_teach.explorers import ChecklistForm
from clinxai_teach.trust import SimilarityDetector, alert_burden, subgroup_report
from clinxai_teach.vendor_sheets import CHESTGUARD, EPIC_2021, EPIC_2026

# %% [markdown]
# ## Warm-up: three questions on section 18.5
#
# To recall an answer is one of the best ways to keep it (Dunlosky 2013), so answer before you look.

# %% fold=true
Question(
    "A report has a subgroup with 26 patients who had the event. What may it print as that group's O/E (observed divided by expected events)?",
    {
        "The number, with two decimals": "A bare number from 26 events would be believed, and may be chance.",
        '"Insufficient data"': "And how many events there are, so that somebody can collect more.",
        "The overall O/E instead": "It is made mostly of other patients.",
    },
    right='"Insufficient data"',
    why="The course sets the limit at 100 events.",
)

# %% fold=true
Question(
    "A patient is flagged as unlike the training patients. What does the flag say?",
    {
        "The prediction is wrong": "It may be right. The flag does not know.",
        "The patient is at high risk": "The flag looks at the inputs, not at the risk.",
        "Nobody has tested the model on such patients": "So its number has nothing behind it here.",
    },
    right="Nobody has tested the model on such patients",
)

# %% fold=true
Question(
    "A clinician looks at every output before anything happens. Does this make a wrong model safe?",
    {
        "Yes: the clinician sees the errors": "In a trial with 457 clinicians a biased model lowered their accuracy by 11.3 points (Jabbour 2023).",
        "No: wrong advice pulls clinicians along": "In a trial with 457 clinicians a biased model lowered their accuracy by 11.3 points (Jabbour 2023).",
    },
    right="No: wrong advice pulls clinicians along",
)

# %% [markdown]
# ## A case
#
# > A procurement meeting. The vendor shows three slides: *AUC 0.94*, a heatmap on a lung, and the words *95% confidence*.
# > The head of department turns to you: "You are the clinician here. Do we take it?" You have the vendor's sheet in front
# > of you, and a quarter of an hour.
#
# ## 1. First without a checklist
#
# Here is the sheet. (ChestGuard does not exist. We invented it, and we **left things out on purpose**.) Take three
# minutes and a piece of paper. **Note each thing that you would need to know and that the sheet does not say.** Count them.
# Keep the paper: you will compare it later.

# %% fold=true
CHESTGUARD

# %% [markdown]
# Have you counted? Write the number here in place of `None`, for example `noted_blind = 2`, and run the cell.

# %%
noted_blind = None

# %% [markdown]
# ## 2. Six groups, sixteen questions
#
# The groups follow a decision from its start to its end. Each question has **evidence** that answers it, a **red flag**,
# and the section of this course that teaches it. Some questions (about the model) are answered *once per tool*. The others
# come back with *each patient*. The table is made from the checklist itself; open a red flag with a click.

# %% fold=true
LESSONS = {
    "18.1": "18_1_why_interpretability_matters.ipynb",
    "18.2": "18_2_feature_attribution.ipynb",
    "18.3": "18_3_calibration.ipynb",
    "18.4": "18_4_uncertainty.ipynb",
    "18.5": "18_5_trust_guidelines.ipynb",
}
for group, title in GROUPS.items():
    rule = "one unknown stops" if group in STOPPING else "settle what is open"
    lines = [
        f"### {group} {title} ({rule})",
        "",
        "| | Question | Evidence that answers it | Taught in |",
        "|---|---|---|---|",
    ]
    for question in (question for question in QUESTIONS if question.group == group):
        links = ", ".join(f"[{section}]({LESSONS[section]})" for section in question.sections)
        flag = f"<details><summary>Red flag</summary>{question.red_flag}</details>"
        lines.append(f"| {question.number} | {question.question} {flag} | {question.evidence} | {links} |")
    display(Markdown("\n".join(lines)))

# %% tags=["nbval-check-output"]
for per in ("tool", "patient"):
    numbers = [question.number for question in QUESTIONS if question.per == per]
    print(f"once per {per}: {len(numbers)} questions, {numbers}")

# %% [markdown]
# The questions once per tool are work for a committee, before the tool is used. A doctor on the ward reads their answers
# on one page, and asks only the questions per patient. For a patient there are then six questions, not sixteen.

# %% [markdown]
# ## 3. The verdict: one unknown is enough
#
# There are three answers. **Yes** means: I can answer this, and the evidence satisfies me. It needs a document, a page or a
# number. **No** means: there is evidence, and it speaks against the tool. **I don't know** (*unknown*) means that you
# looked and found nothing. To leave a question out is not an answer.

# %% fold=true
Question(
    "Fifteen questions are answered yes, with evidence. One question of group D is unknown. What is the verdict?",
    {
        "Ready: fifteen of sixteen is excellent": "A checklist is not an examination that one passes with 94%.",
        "Do not act on the output alone": "The open question may be the one that harms your patient.",
        "Use it, but only for mild cases": "Nobody knows whether it is safe in mild cases: that is the open question.",
    },
    right="Do not act on the output alone",
    why="One unknown in A to D stops.",
)

# %%
almost = Checklist("a tool with fifteen good answers")
for question in QUESTIONS:
    almost.answer(question.number, "yes", evidence="shown in the validation report")
almost.answer(11, "unknown")

print(almost.verdict())

# %% [markdown]
# The rule (the first that fits decides; the next may follow):
#
# | Answers | Verdict |
# |---|---|
# | a **no** in A to D | do not use the output for this decision: the fault is known |
# | an **unknown** in A to D | do not act on the output alone; get the model card or the validation report, or ask the team responsible for AI |
# | a question **not answered** | not finished |
# | a no or an unknown in E or F | use with care, beside your own assessment; settle what is open |
# | all yes | ready to use, as one piece of evidence |
#
# ### Is that not too strict? Question 11, measured
#
# Question 11 asks whether a promised coverage also holds *for the sick*. Let us look at what a yes to all other questions
# can hide. We take a model that you know: gradient boosting (many small decision trees, added up) for diabetes in NHANES,
# with **prediction sets** that promise 90%. A prediction set (section 18.4) is a list of answers that are still possible:
# "diabetes", "no diabetes", or both. It *covers* a patient if the truth is in it.

# %%
data = load_nhanes_diabetes()
y = data.y.to_numpy()
train, rest = train_test_split(np.arange(len(y)), test_size=0.5, stratify=y, random_state=0)
calibration, test = train_test_split(rest, test_size=0.6, stratify=y[rest], random_state=0)

model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
model.fit(data.X.iloc[train], y[train])
both = model.predict_proba(data.X)  # two probabilities for each person: without and with diabetes
risk = both[test, 1]

sets = SplitConformalClassifier(alpha=0.1).calibrate(y[calibration], both[calibration]).predict_set(both[test])
everybody = coverage_by_group(y[test], sets, np.full(len(test), "all"))
coverage = pd.concat([everybody, coverage_by_group(y[test], sets, np.where(y[test] == 1, "sick", "not sick"))])

# %% fold=true
Question(
    "The sets promise 90%, and over all patients of the test they keep it. Of those WITH diabetes, how many are covered?",
    {
        "About 90 of 100": "The promise is about all patients together. It says nothing about the sick.",
        "About 99 of 100": "That is closer to the patients without diabetes.",
        "Between 45 and 60 of 100": "The many without diabetes pay for the few with it.",
    },
    right="Between 45 and 60 of 100",
)

# %% tags=["nbval-check-output"]
print(coverage[["n", "coverage"]].round(2).to_string())

# %% fold=true
figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
order = coverage.loc[["all", "not sick", "sick"]]
names = [
    f"{name}\n(n = {n:,})"
    for name, n in zip(["everybody", "without diabetes", "with diabetes"], order["n"], strict=True)
]
error = np.abs(order[["ci_low", "ci_high"]].to_numpy().T - order["coverage"].to_numpy())
bars = axes.barh(
    names, order["coverage"], xerr=error, capsize=5, color=["0.75", "0.75", plots.LIGHT], edgecolor="black"
)
for bar, hatch in zip(bars, ["", "", "//"], strict=True):
    bar.set_hatch(hatch)
for place, (value, high) in enumerate(zip(order["coverage"], order["ci_high"], strict=True)):
    axes.text(high + 0.02, place, f"{value:.2f}", va="center", fontsize=12)
axes.axvline(0.9, color="black", linestyle="--")
axes.text(0.885, 2.62, "promised: 0.90", ha="right", fontsize=12)
axes.invert_yaxis()
axes.set(xlim=(0, 1.12), ylim=(2.9, -0.6))
axes.set_xlabel("Coverage: share with the truth in the set (95% interval)", fontsize=12)
axes.set_title("NHANES, sets that promise 90%", fontsize=13)
axes.tick_params(labelsize=12)
plots.show(
    figure,
    "Coverage of prediction sets that promise 90%, with 95% intervals: "
    + "; ".join(f"{name} {value:.2f}" for name, value in order["coverage"].items())
    + ".",
)

# %% [markdown]
# The promise is kept, and nearly half of the sick are outside it: for them the set says "no diabetes" only. A sheet
# that says "90% guaranteed" is *true* and would have hidden this. So an unknown in question 11 is no formality. (Section
# 18.4 repairs it, with sets that are calibrated for each class.)
#
# **"A checklist is paperwork"** is a common thought. It is paperwork if you tick it. It is an experiment if each yes needs
# a number.

# %% [markdown]
# ## 4. First tool: your own model
#
# Would you use the model above in your practice, for whom to offer an HbA1c test? We fill in the checklist with
# *computed* evidence. The questions per patient are asked about one person of the test data: the one whose risk is nearest
# to 30%. First the numbers:

# %%
THRESHOLD = 0.2  # who is above it is offered a test
groups = data.audit["race_ethnicity"].iloc[test]
table = subgroup_report(y[test], risk, groups, threshold=THRESHOLD, n_bootstrap=300, seed=0)
burden = alert_burden(y[test], risk, threshold=THRESHOLD)
benefit = net_benefit(y[test], risk, [THRESHOLD])[0]
benefit_all = net_benefit(y[test], np.ones(len(test)), [THRESHOLD])[0]
age_auc = roc_auc_score(y[test], data.X["age_years"].iloc[test])

patient = int(np.abs(risk - 0.3).argmin())
inputs = data.X.iloc[[test[patient]]]
detector = SimilarityDetector().fit(data.X.iloc[train])
percentile = detector.score(inputs).percentile[0]
labels = [name for name, inside in zip(["no diabetes", "diabetes"], sets[patient], strict=True) if inside]

# %% [markdown]
# For question 12 we ask SHAP (section 18.2) which input moved the score most. Then we replace this input by its median
# and look whether the risk follows. That is one step of a deletion test.

# %%
shap_values = shap_explanation(model, inputs).values[0]
top = data.X.columns[np.abs(shap_values).argmax()]
changed = inputs.assign(**{top: data.X[top].iloc[train].median()})
risk_changed = model.predict_proba(changed)[0, 1]
print(
    f"risk {risk[patient]:.2f}; largest contribution: {top}, {shap_values[np.abs(shap_values).argmax()]:+.2f} log-odds"
)
print(f"{top} {inputs[top].iloc[0]:g} replaced by its median {changed[top].iloc[0]:g}: risk {risk_changed:.2f}")

# %% [markdown]
# Now the answers, with the numbers put in. Read the evidence of each, and ask whether you agree.

# %%
overall, group = table.loc["overall"], groups.iloc[patient]
small = int((table.drop("overall")["events"] < 100).sum())
sick, all_patients = coverage.loc["sick"], coverage.loc["all"]

mine = Checklist("Diabetes model, NHANES (our own)")
mine.answer(1, "no", "Built to teach, on adults of a survey. It was never meant for a practice.")
enough = "yes" if table.loc[group, "events"] >= 100 else "unknown"
mine.answer(2, enough, f"{group}: {table.loc[group, 'events']} events in the test data; the course asks for 100.")
mine.answer(3, "yes", "Label: HbA1c of 6.5% or more, or told by a doctor. That is what we care about.")
mine.answer(4, "no", "Tested on a random half of the same survey of 2017-2018. No other place, no other time.")
mine.answer(5, "unknown", f"A table exists, but {small} of {len(table) - 1} groups have fewer than 100 events.")
mine.answer(
    6, "yes", f"13 measurements, no treatment and no site; age alone has AUC {age_auc:.2f}, all {overall.auc:.2f}."
)
mine.answer(
    7,
    "unknown",
    f"Overall O/E {overall.oe:.2f} ({overall.oe_low:.2f} to {overall.oe_high:.2f}), slope {overall.slope:.2f}; "
    "for this group too few events, and here nobody has measured it.",
)
mine.answer(
    8,
    "yes",
    f"At {THRESHOLD:.0%}, of 100: {burden.alerts:.0f} alerts, {burden.false_alerts:.0f} false, "
    f"{burden.missed:.1f} missed; net benefit {benefit:.3f}, test everybody {benefit_all:.3f}.",
)
mine.answer(9, "yes", f"Prediction set at alpha 0.1: {' or '.join(labels)}.")
mine.answer(
    10,
    "yes",
    f"Distance at the {percentile:.0f}th percentile of training; {inputs.isna().sum().sum()} of 13 inputs missing.",
)
mine.answer(
    11,
    "no",
    f"Promised 90%: all {all_patients.coverage:.0%}, but with diabetes {sick.coverage:.0%} "
    f"({sick.ci_low:.0%} to {sick.ci_high:.0%}).",
)
mine.answer(
    12,
    "yes",
    f"SHAP, baseline: mean of training. Top: {top}; at its median the risk goes from {risk[patient]:.2f} to {risk_changed:.2f}.",
)
mine.answer(13, "yes", "We say: it raised or lowered the score. We do not say: change it and the risk changes.")
mine.answer(14, "unknown", "Nobody has examined this person for us.")
mine.answer(15, "no", "There is no owner and no override procedure.")
mine.answer(16, "no", "Nobody watches for drift.")
print(mine.verdict())

# %% [markdown]
# A model can be well calibrated overall and useful on paper, and still not be a tool. What it lacks is mostly *not
# mathematics*: a purpose, a test elsewhere, an owner. Here is the same checklist as a form. Choose a group, read the
# evidence, change an answer, and watch the verdict below. With the keyboard: Tab moves on, Space chooses.

# %%
ChecklistForm(mine)

# %% [markdown]
# If the form does not react, or if you see a long table instead, the kernel is not running: choose *Run > Run All Cells*.
# In code, `form.checklist` is the checklist, and its `.to_json()` saves it.

# %% [markdown]
# ## 5. Second tool: a published one, twice
#
# The Epic Sepsis Model warns of sepsis in hospital. It was evaluated from outside in 2021, and its second version in 2026.
# We answer the questions with what these pages say, and with nothing else. A "yes" may wait in a document that is not
# quoted here. So **unknown means: not on this page**. Where a question can only be asked about one patient, it is unknown
# as well.

# %% fold=true
display(EPIC_2021)
display(EPIC_2026)

# %% fold=true
Question(
    "From AUC 0.63 to 0.82-0.92 in four systems. Is version 2 ready for your hospital?",
    {
        "Yes: it has now been validated outside": "Question 4 is answered. Look at how many others the page leaves open.",
        "Not from this page alone: what it means here is open": "The page itself reports large variation between sites.",
        "No: a tool that failed once stays unusable": "That would be unfair. It is a new version, with new evidence.",
    },
    right="Not from this page alone: what it means here is open",
)

# %% tags=["nbval-check-output"]
for sheet in (EPIC_2021, EPIC_2026):
    print(sheet.title)
    print("  ", sheet.checklist().verdict(), "\n")
print(f"PPV 0.13 to 0.26: of 100 alerts, {100 - 26} to {100 - 13} are false.")

# %% [markdown]
# The first verdict is harder than the second: where something bad is *known*, no document can repair it. In the second, nothing
# bad is known. What is missing can be asked for. The form of 2026, as we filled it in:

# %%
ChecklistForm(EPIC_2026.checklist())

# %% [markdown]
# ## 6. Third tool: ChestGuard again, with the checklist
#
# Go back to [the sheet in part 1](#1.-First-without-a-checklist) and fill in the form. Answer all 16 questions **from the
# sheet**. Copy a few words of the sheet as evidence for each yes. Give yourself 15 minutes.

# %%
form = ChecklistForm(Checklist("ChestGuard"))
form


# %% [markdown]
# When all questions have an answer, run this cell (again). It compares what you marked unknown with what we left out.


# %%
def compare(checklist, sheet):
    """Say how many planted omissions were marked unknown, and how many questions too many."""
    verdict = checklist.verdict()
    if verdict.unanswered:
        return f"{16 - len(verdict.unanswered)} of 16 questions answered. Finish the form, then run this cell again."
    marked, planted = set(verdict.unknown), sheet.unknown
    found, too_many = len(marked & planted), len(marked - planted)
    blind = "the number on your paper" if noted_blind is None else noted_blind
    return (
        f"You found {found} of {len(planted)} omissions, and marked {too_many} unknown that the sheet answers. "
        f"Without the checklist you had noted: {blind}.\nVerdict: {verdict}"
    )


print(compare(form.checklist, CHESTGUARD))

# %% [markdown]
# Exercise 18.6-a asks for the same answers and tells you, mistake by mistake, which words misled you.
#
# Compare with your paper honestly. Did you miss something because the sheet *sounds* complete? How many things on your paper are
# **not** among the 16 questions? (If there are any, they may be worth adding to your own list.) We know of no trial of this
# checklist: whether it helps you is what you have just measured, with one reader and one sheet.

# %% [markdown]
# ## 7. "Not ready": what now?
#
# "Not ready" is not the end. It is a list of questions, and each has an address.
#
# | Open questions | Ask for | Ask whom |
# |---|---|---|
# | 1, 3 | the model card (Mitchell 2019), or the one-page Model Facts label (Sendak 2020): purpose, label, when *not* to use it | the vendor, the tool's owner |
# | 2, 5 | the table of patients and of subgroups, with events and intervals | the vendor; for local patients, the team responsible for AI |
# | 4, 7, 8 | the validation report (TRIPOD+AI says what belongs in it), and a test on local patients at your threshold | the vendor; the team responsible for AI |
# | 6 | the shortcut audit: what do site, device or marker alone predict? | the vendor; radiology or medical physics |
# | 9, 10, 11 | what "confidence" means, the coverage by class and group, the rules for bad or unusual input | the vendor's developers; a statistician |
# | 12, 13 | the method, its baseline and its sanity check; the wording of the display | the vendor's developers |
# | 14 | nothing: this is your own work, before you look at the output | yourself |
# | 15, 16 | the override procedure, the named owner, the version, the monitoring | your hospital: the tool's owner, patient safety |
#
# And the patient of today? He or she does not wait: take the decision as you would without the tool. Exercise 18.6-b puts
# the five actions in order.

# %% [markdown]
# ## 8. Close the book
#
# Do not scroll up. Say the six groups aloud, or write them down. Then open the answer. (Exercise 18.6-c checks it in your
# own words. To recall without looking works better than to read again: Dunlosky 2013.)

# %% fold=true
answer = "".join(f"<li>{title}</li>" for title in GROUPS.values())
HTML(f"<details><summary>Show the six groups</summary><ol type='A'>{answer}</ol></details>")

# %% [markdown]
# ## 9. The card
#
# To print: [the card](../docs/checklist_card.pdf), two pages in A4, and [six questions for the
# ward](../docs/checklist_ward_card.pdf), one page.
#
# ## Back to the meeting
#
# "AUC 0.94, a heatmap, 95% confidence." Now you can say what each slide answers. An AUC answers part of question 4, if it comes
# from elsewhere. A heatmap alone answers none: question 12 asks for its sanity check. "95% confidence" raises questions 9 and 11,
# and answers none. A good sentence for the meeting is short: *"We are not ready to decide. These are our open questions, and this is
# whom we ask."*
#
# ## Discuss
#
# 1. Which three questions would you keep if you had one minute?
# 2. Which questions can a clinician not answer at all, and whose job are they?
# 3. A vendor says that a subgroup table is a trade secret. What do you do?
# 4. The tool is already in use, and question 5 is unknown. Do you switch it off today?
#
# ## Key points
#
# - Six groups: right tool, shown to work, the number, its doubt, its explanation, and your act.
# - Yes needs evidence. Unknown is an honest answer. A question left out is none.
# - One unknown in A to D stops, however many questions are answered yes.
# - A known fault is worse than an open question: do not use.
# - "Reliable", or a percentage without "of what", is not evidence.
# - "Not ready" has an address: a document and a person.
#
# ## Exercises
#
# {{Count 18.6}} exercises, with hints and solutions: [exercises/18_6_clinicians_checklist.ipynb](../exercises/18_6_clinicians_checklist.ipynb).
#
# ## References
#
# - Collins G. S. et al. TRIPOD+AI statement: updated guidance for reporting clinical prediction models that use regression or machine learning methods. BMJ 2024;385:e078378. doi:10.1136/bmj-2023-078378
# - Dunlosky J. et al. Improving students' learning with effective learning techniques. Psychol Sci Public Interest 2013. doi:10.1177/1529100612453266
# - Finlayson S. G. et al. The clinician and dataset shift in artificial intelligence. N Engl J Med 2021, letter. doi:10.1056/NEJMc2104626
# - Jabbour S. et al. Measuring the impact of AI in the diagnosis of hospitalized patients. JAMA 2023;330:2275-2284. doi:10.1001/jama.2023.22295
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Mitchell M. et al. Model cards for model reporting. 2019. arXiv:1810.03993
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
# - Sendak M. P. et al. Presenting machine learning model information to clinical end users with model facts labels. npj Digit Med 2020;3:41. doi:10.1038/s41746-020-0253-3
# - Wong A. et al. External validation of a widely implemented proprietary sepsis prediction model in hospitalized patients. JAMA Intern Med 2021;181:1065-1070. doi:10.1001/jamainternmed.2021.2626
# - Wong A. et al. (the evaluation of version 2 in four health systems). JAMA Netw Open 2026. doi:10.1001/jamanetworkopen.2026.0181
