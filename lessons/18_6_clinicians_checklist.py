# %% [markdown] slide="The clinician's checklist | Sixteen questions before you act on the output of an AI tool. | Which answers stop you?"
# # 18.6 Quick reference: the clinician's checklist
#
# **For** doctors and nurses in training, and their teachers. You need no code: run each cell, fill in the form, answer the
# questions. The quick reference itself is [the card](../docs/checklist_card.pdf), two pages; this lesson teaches to use it.
#
# **Time, in two sittings.** {{reading}} minutes to read and try, 26 more for the sheets, the tables of questions and our answers, and 15 for the form in
# part 6. If English is not your first language, plan 120 in all. Stop after part 3. {{minutes 18.6}} minutes for the exercises.
#
# **Questions this section answers**
#
# - What must I ask before I act on the output of an AI tool?
# - Which answers stop me, and which do not? When may I say yes?
# - Whom do I ask when I do not know, and for which document?
#
# **After it you can**
#
# 1. *recall* the six groups of questions without the card,
# 2. *apply* the 16 questions to a sheet that you have never seen, within 15 minutes,
# 3. *justify* a verdict in writing, in the words of the card,
# 4. *locate* what is missing: which document, which person,
# 5. *write* a procedure for overriding a tool.
#
# > The checklist is **rebuilt**: written for this course after the chapter's factors and documents, and not a copy of any
# > published checklist. Nothing here is medical advice.

# %% fold=true
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import HTML, Markdown, display
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

from clinxai_teach import plots
from clinxai_teach.calibration import net_benefit
from clinxai_teach.checklist import GROUPS, PATIENT_RULES, QUESTIONS, RULES, Checklist
from clinxai_teach.checklist.verdict import GATE, NOT_SEEN
from clinxai_teach.checks import Question
from clinxai_teach.conformal import SplitConformalClassifier, coverage_by_group
from clinxai_teach.data import load_nhanes_diabetes
from clinxai_teach.explorers import ChecklistForm
from clinxai_teach.intervals import wilson_interval
from clinxai_teach.trust import alert_burden, subgroup_report
from clinxai_teach.trust.subgroups import cell
from clinxai_teach.vendor_sheets import CHESTGUARD, EPIC_2021, EPIC_2026

LESSONS = {
    "18.1": "18_1_why_interpretability_matters.ipynb",
    "18.2": "18_2_1_gradients_and_grad_cam.ipynb",
    "18.3": "18_3_1_reading_probabilities.ipynb",
    "18.4": "18_4_1_doubt_and_deferral.ipynb",
    "18.5": "18_5_1_from_signals_to_a_decision.ipynb",
}
SECOND = {  # where a section has two notebooks, and the second teaches it
    (4, "18.5"): "18_5_2_from_numbers_to_a_report.ipynb",
    (5, "18.5"): "18_5_2_from_numbers_to_a_report.ipynb",
    (11, "18.4"): "18_4_3_prediction_sets.ipynb",
    (13, "18.2"): "18_2_3_shap.ipynb",
    (16, "18.5"): "18_5_2_from_numbers_to_a_report.ipynb",
}


def show_group(group):
    """Show the questions of a group as a table, made from the checklist itself."""
    lines = ["| | Question | Ask for | Taught in |", "|---|---|---|---|"]
    for question in (question for question in QUESTIONS if question.group == group):
        links = ", ".join(
            f"[{section}]({SECOND.get((question.number, section), LESSONS[section])})" for section in question.sections
        )
        flag = f"<br>**Red flag:** {question.red_flag}"
        star = "*" if question.per == "tool" else ""
        lines.append(f"| {question.number}{star} | {question.question} {flag} | {question.evidence} | {links} |")
    display(Markdown("\n".join(lines)))


# %% [markdown]
# ## Warm-up: two questions on section 18.5
#
# To recall an answer is one of the best ways to keep it (Dunlosky 2013), so answer before you look.

# %% fold=true
Question(
    "A report has a subgroup with 26 patients who had the event. What may it print as that group's O/E (observed divided by "
    "expected events)?",
    {
        "The number, with two decimals": "A bare number from 26 events would be believed, and may be chance.",
        'No number, but "insufficient data" and the interval': "The interval stays: if it excludes 1, it "
        "still speaks against the tool (one of many subgroups: a reason to look again).",
        "The overall O/E instead": "It is made mostly of other patients.",
    },
    right='No number, but "insufficient data" and the interval',
    why="The course sets the limit at 100 events.",
)

# %% fold=true
Question(
    "A patient is flagged as unlike the training patients. What does the flag say?",
    {
        "The prediction is wrong": "It may be right. The flag does not know.",
        "The patient is at high risk": "The flag looks at the inputs, not at the risk.",
        "The model learned from few or no such patients": "Its number may be a guess. Whether it was tested on such "
        "patients is question 2.",
    },
    right="The model learned from few or no such patients",
)

# %% [markdown] slide="A case | Invented: a vendor shows AUC 0.94, a heatmap on a lung, and the words 'guaranteed at 95%'. You have its sheet and a quarter of an hour. | Do we take it?"
# ## A case
#
# > A procurement meeting. The vendor shows three slides: *AUC 0.94*, a heatmap on a lung, and the words *guaranteed at
# > 95%*. The head of department turns to you: "You are the clinician here. Do we take it?" You have the vendor's sheet in
# > front of you, and a quarter of an hour.
#
# ## 1. First without a checklist
#
# Here is the sheet. (ChestGuard does not exist. We invented it, and we **left things out on purpose**.) Take three
# minutes and a piece of paper. **Note each thing that you would need to know and that the sheet does not say.** Count them.
# Keep the paper: you will need it in part 6.

# %% fold=true
CHESTGUARD

# %% [markdown]
# ## 2. Six groups, one at a time
#
# The groups follow a decision from its start to its end. Each question has **evidence** to ask for and a **red flag**. You need not have all of the
# evidence that is listed: enough to answer the question. A star means: answered *once per tool*, by a
# committee. The other six come back with *each patient*. Four words that it uses: *slope*,
# below 1 where the probabilities are too extreme; *softmax*, a network's scores made to add up to 1; *alpha*, the share of sets that may miss the truth; *dropout*,
# the network asked many times with parts of it switched off. Others: [glossary](../docs/glossary.md).
#
# There are three answers to each.
#
# - **Yes:** I can name the evidence, a document, a page or a number, and it satisfies me.
# - **No:** there is evidence, and it speaks against the tool.
# - **I don't know** (*unknown*): I looked, and there is no evidence, or it proves nothing.
#
# **A red flag is a place to look, and no answer by itself.** A test that nobody has made is an unknown.
#
# ### A. Right tool, right patient
#
# A frequent fault is silent: the tool is good, but at something else.

# %% fold=true
show_group("A")

# %% fold=true
Question(
    "A tool predicts who comes back to the same hospital within 30 days. Your ward wants to give its few home visits to those "
    "with the highest score. What do you answer at question 3, the label?",
    {
        "Yes: coming back is what a visit should prevent": "A patient who dies at home, or goes to another hospital, did "
        "not come back. For this tool both are successes.",
        "No: a patient who dies at home or goes elsewhere counts as well": "The label stands in for what you care about, and "
        "misses the worst.",
        "I don't know: no label is perfect": "The label is stated, so you can judge it. It speaks against the tool.",
    },
    right="No: a patient who dies at home or goes elsewhere counts as well",
    why="Question 1 is unknown: nobody says for which decision it was built. The no at 3 is enough: do not use.",
)

# %% [markdown]
# ### B. Shown to work
#
# A test counts if it was made in another place or later, on the people you will use it for, and only on them (part 4 shows what happens otherwise). If your own hospital built the tool, later patients of yours count, for you.
# Whether it *held* you decide by a limit, written down before you see the result: the lowest AUC, sensitivity and net benefit that you would accept.
# The interval lies wholly above it: yes. It includes the limit: unknown. Wholly below: no. (Our limit here, to teach: an AUC of 0.70. We
# chose it when the 0.63 of part 5 was already known; your committee must not.)
# A fault of the test counts once, at 4.
#
# Questions 4 to 13 are answered for **the version that was tested**; whether it is the one on your screen is asked once, at 16.

# %% fold=true
show_group("B")

# %% fold=true slide="vote"
Question(
    "A vendor shows AUC 0.93 (0.92 to 0.94) on 12,000 films: a random fifth of the films of the hospitals in which the tool "
    "was built. In 3 of the first 20 heatmaps that you see, the heat lies on the side marker. Your answers at 4 and 6?",
    {
        "Both yes": "12,000 films from the same hospitals show not enough about yours. And the heat is a suspicion.",
        "Both no": "These are two red flags. But nobody has seen the tool fail elsewhere, and three pictures do not show "
        "that it needs the marker.",
        "Both I don't know": "Nobody has tested it elsewhere, and nobody has searched for a shortcut. A test, or a search, "
        "makes each a yes or a no.",
    },
    right="Both I don't know",
    why="If a test elsewhere gave a poor result, 4 would be a no: question 4 also asks whether it held.",
)

# %% [markdown]
# Heat on a marker, film edge, text or foreign device has **one answer everywhere in this course**: the table for one patient, part 3. Strong
# heat there stops; weak heat is noted. **Strong** means: on a film with an alert, the hottest colour of the map lies on it. All else is weak.
# Many displays stretch the colours, so that each film has a hottest place, also one with a low score: on a film without an alert, note it and tell the owner
# by day. After strong heat, question 6 is *unknown* until the owner answers. If a search that covered such marks
# in this version is on file, the owner says so in writing, and 6 is a yes again. If not, somebody has to search.
#
# ### C. Can I read the number?
#
# A number is of use if it means the same here as on the sheet, and if the threshold is yours. **Net benefit** per 100 patients is: right alerts minus
# (false alerts divided by the price). The price is how many false alerts one right alert is worth to you. ChestGuard: 10.2 - 8.8 / 9 = 9.2 (section 18.3).
#
# O/E needs a limit on both sides, written down before, for instance 0.75 to 1.33 in each group. Interval wholly inside: yes. Wholly outside: no.
# Otherwise unknown. That it includes 1 is no evidence: a wide interval nearly always does.

# %% fold=true
show_group("C")

# %% fold=true slide="vote"
Question(
    "A sheet says: sensitivity 90%, specificity 80%. In your clinic 5 of 100 patients have the disease. How many alerts will "
    "you read for each case that is found?",
    {
        "About 1": "That would need a specificity of almost 100%.",
        "About 5": "Of 100 patients, 4.5 of the 5 with the disease raise an alert, and 19 of the 95 without it: 23.5 "
        "alerts for 4.5 cases.",
        "About 20": "Nearly so (23) if 1 of 100 had the disease.",
    },
    right="About 5",
    why="The sheet alone does not answer question 8: the share of patients with the disease is yours.",
)

# %% claim=true
assert round((4.5 + 0.2 * 95) / 4.5, 1) == 5.2
assert round((0.9 + 0.2 * 99) / 0.9) == 23
assert round(10.2 - 8.8 / 9, 1) == 9.2

# %% [markdown]
# ### D. Does it know when it does not know?
#
# Even a good tool meets a patient whom it cannot judge. It should say so.
#
# From here on three questions (11, 12 and 13) have a fourth answer: **not applicable**, with the reason. A tool that promises no coverage (a coverage
# of 90%: the sets hold the truth in 90 of 100 patients, section 18.4) owes no answer on it. A tool that shows no explanation owes
# none on that. "Not applicable" stops nothing, so it must not become a way out: *you* say it, from the screen, and not the vendor.
# If the screen shows a set, answer 11; if it shows a heatmap, answer 12 and 13; also where the sheet is silent about it.
# A set may be taken off the screen only openly: that is a change of the tool (16), question 9 needs another sign of doubt, and the committee files why.

# %% fold=true
show_group("D")

# %% [markdown]
# Question 11 looks like a formality. We measure it. We take gradient boosting (many small decision
# trees, added up) for diabetes, known or not, in the survey NHANES. It comes with **prediction sets** that promise 90%. A set is a list of
# answers that are still possible: "diabetes", "no diabetes", or both. It *covers* a person if the truth is in it.

# %% fold=true
data = load_nhanes_diabetes()
y = data.y.to_numpy()
train, rest = train_test_split(np.arange(len(y)), test_size=0.5, stratify=y, random_state=0)
calibration, test = train_test_split(rest, test_size=0.6, stratify=y[rest], random_state=0)

model = HistGradientBoostingClassifier(max_depth=3, learning_rate=0.05, max_iter=150, random_state=0)
model.fit(data.X.iloc[train], y[train])
both = model.predict_proba(data.X)  # two probabilities for each person: without and with diabetes

sets = SplitConformalClassifier(alpha=0.1).calibrate(y[calibration], both[calibration]).predict_set(both[test])
everybody = coverage_by_group(y[test], sets, np.full(len(test), "all"))
coverage = pd.concat([everybody, coverage_by_group(y[test], sets, np.where(y[test] == 1, "sick", "not sick"))])

# %% fold=true slide="vote"
Question(
    "The sets promise 90%, and over all people of the test they keep it. Of those WITH diabetes, how many are covered?",
    {
        "About 90 of 100": "The promise is about all people together. It says nothing about the sick.",
        "About 99 of 100": "That is closer to the people without diabetes.",
        "Between 45 and 60 of 100": "The many without diabetes are covered in 99 of 100. They lift the average, and hide that "
        "only 54 of 100 with diabetes are covered.",
    },
    right="Between 45 and 60 of 100",
)

# %% fold=true slide="90% of everybody, half of the sick | 1,506 people of the test. Sets that promise 90% cover 0.90 of all, 0.99 of those without diabetes, and 0.54 (0.48 to 0.59) of those with it. | Would a sheet tell you?"
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
axes.set_xlabel("Coverage: share with the truth in the set (exact 95% interval)", fontsize=12)
axes.set_title("NHANES, sets that promise 90%", fontsize=13)
axes.tick_params(labelsize=12)
plots.show(
    figure,
    "Bars of the coverage of prediction sets that promise 90%, with 95% intervals: "
    + "; ".join(
        f"{name} {row.coverage:.2f} ({row.ci_low:.2f} to {row.ci_high:.2f})"
        for name, row in zip([name.replace("\n", " ") for name in names], order.itertuples(), strict=True)
    )
    + ". A dashed line stands at the promise, 0.90.",
)

# %% [markdown]
# The promise is kept for these 1,506 people (unweighted: not for the country), and nearly half of the sick are outside it: for them the set says "no diabetes" only. A sheet that says
# "90% guaranteed" is *true* and would have hidden this. (Section 18.4 repairs it.)
#
# ### E. Does the explanation hold?
#
# Two ways to go wrong: the picture has nothing to do with the model (12), or you read into it what it does not say (13).

# %% fold=true
show_group("E")

# %% fold=true
Question(
    'A display says: "takes two drugs for high blood pressure: raised the risk of stroke". The patient asks: "Then shall I '
    'leave them out?" What do you answer?',
    {
        "Yes: the drugs raise your risk": "Dangerous. In trials such drugs lower the risk of stroke. The display never said "
        "that they cause it.",
        "No: the drugs mark people whose pressure was high": "Those who take them have, or had, what raises the risk, so in the data "
        "drugs and strokes go together. What happens without the drugs is another question, and trials answer it.",
        "Perhaps: if the explanation passed its sanity checks, yes": "Those are question 12. An explanation can be true to the "
        "model and still name no cause.",
    },
    right="No: the drugs mark people whose pressure was high",
    why="(The name for it: confounding by indication.) Question 13 asks for a list of inputs that treatment changes; a treatment "
    "belongs on it.",
)

# %% [markdown]
# ### F. Act, override, account
#
# Two questions stop here as well. If nobody can stop the tool (15), good answers to
# the others do not help you. If it is no longer the one that was tested (16), they are about another tool. Here you ask about your own
# house: if you *know* that there is no override, no owner or no watch, that is a no.

# %% fold=true
show_group("F")

# %% [markdown]
# **A procedure for overriding** has five parts. *Who* may override an output, and how. *Why*: a reason from a short list, logged.
# *Stop*: who may switch the tool off for all, when, and what is done instead. *Harm*: where it is reported, and who tells the maker and the authority. *Owner*: one name,
# who reads the log with the outcomes, and when.
#
# **This course recommends:** a ward that doubts a tool stops **relying** on it at once, without asking first, and leaves a message for the owner (nobody has to
# be woken for it, except for strong heat on a marker: part 3). To switch it **off** is for those whom the procedure names: others may depend on it. That is advice, and not the rule of
# every hospital: in yours a protocol may bind you to the tool. If there is no rule, question 15 is a no.

# %% fold=true
Question(
    'Your committee judged version 2.1. Since Monday the screen says 2.2. The vendor: "Only the recalibration is new, the '
    'model is the same." What follows?',
    {
        "Nothing: the model is the same": "Every number on the screen is another one.",
        "Question 7 is asked of 2.2, the rest stays": "7 for certain. But sensitivity (4), the groups (5), the alerts at your "
        "threshold (8), the doubt (9) and the sets (11) use the same numbers.",
        "16 is a no; for 2.2 answer 4, 5, 7, 8, 9 and 11 afresh": "The old answers stay true of 2.1. Of 4, only the AUC could "
        "stay, if the log proves that the order of the patients is the same. Sensitivity and net benefit at your threshold are "
        "new. That only the recalibration changed is the vendor's word, until the log shows it.",
    },
    right="16 is a no; for 2.2 answer 4, 5, 7, 8, 9 and 11 afresh",
    why="Until 2.2 is tested, or 2.1 is back: do not use.",
)

# %% [markdown]
# ## 3. The verdict: one unknown is enough
#
# This is the whole rule. An answer is *yes* only with evidence, *no* if evidence speaks against the tool, *unknown* if there is none; *not
# applicable* only at 11, 12 and 13, with the reason. In each table **the first line that fits decides**.
#
# **The tool, once.** A committee has no patient: its verdict comes from the ten questions with a star, and "use with care" cannot come out. (Where this section
# answers all 16 from a sheet, it uses the same table. At the other six, 2, 9, 10 and 12 to 14, it then asks: does the sheet say so for every patient?)

# %% fold=true
lines = ["| Verdict on the tool | Answers | What it means |", "|---|---|---|"]
lines += [f"| **{rule.title}** | {rule.when} | {rule.means} |" for rule in RULES]
lines += [
    "",
    f"**One patient, each time.** {GATE} If all three are a yes:",
    "",
]
lines += ["| For this patient | Answers | What it means |", "|---|---|---|"]
lines += [f"| **{rule.title}** | {rule.when} | {rule.means} |" for rule in PATIENT_RULES]
lines += ["", "**{}:**{}".format(*NOT_SEEN.split(":", 1))]
Markdown("\n".join(lines))

# %% [markdown]
# **Usual care goes on, whatever the verdict.** A warning may send you to the bedside, but it is no reason to treat, and silence is no
# reason to wait: what you find decides. As nobody can ignore a number for long, ask the owner to take the output off the screens while one of the first
# three verdicts on the tool stands.
#
# ***Ready to use* answers the questions of this list and is not yet a permission.** Before the first patient, the offices named in part 7 must say yes in writing:
# approval for this use, data protection, contract and liability, and what patients are told. The committee files who said so, and when.
#
# **With "ready to use" the committee files** the papers without which every ward must answer *unknown*: the table of the people tested (2), which
# doubt is shown (9), how many inputs may be missing (10), the test of the explanation (12). And it files how it will measure **whether patients fare better**: outcome,
# date, who. That is not asked here: a silent trial shows that the number is right, not that acting on it helps.
#
# **May a committee narrow the use to the groups that were tested?** Only openly. It writes whom the tool is not for, why, what these patients get
# instead, and when they will be tested. Those left out are listed on the ward page ("not for"): **there question 2 is a no for them.** To leave the row out of the table is
# no answer. If a group is left out by age, sex, ancestry or disability, ask the legal office first: it may be unlawful, however open. If many are left out, that is a reason to refuse.

# %% fold=true slide="vote"
Question(
    "Fifteen questions are answered yes, with evidence. Question 11, a star, is unknown. What is the verdict?",
    {
        "Ready to use: fifteen of sixteen is excellent": "A checklist is not an examination that one passes with 94%.",
        "Do not act on the output alone (no weight yet)": "The open question may be the one that harms your patient.",
        "Use with care, in mild cases": "Nobody knows whether it is safe in mild cases: that is the open question.",
    },
    right="Do not act on the output alone (no weight yet)",
    why="One unknown in A to D stops. At 2, 9 or 10, for one patient only, you would do the same for this patient, and the tool "
    "stays in use for others.",
)

# %% [markdown]
# ## 4. First tool: your own model
#
# The model of group D has an AUC of 0.79 and is right on average over all people of the test. Would you use it in your practice, to decide
# who is offered an HbA1c test? Such a tool is *for people who do not know that they have diabetes, and take no drug for it*. So we look
# at these people alone: 1,247 of the 1,506.

# %% fold=true
THRESHOLD = 0.2  # who is above it is offered a test; chosen by us, to teach
risk, ill = both[test, 1], y[test]
untreated = data.X.index.isin(load_nhanes_diabetes(people="untreated").X.index)[test]
rows = {"all in the test": np.full(len(test), True), "not told, no drug": untreated}
report = {
    name: subgroup_report(ill[who], risk[who], np.full(who.sum(), name), threshold=THRESHOLD).loc["overall"]
    for name, who in rows.items()
}
all_of_them, meant = report.values()

# %% fold=true slide="vote"
Question(
    "Among all people of the test O/E is 0.97. What will it be among those who were never told of diabetes and take no drug for it?",
    {
        "Also about 1": "Most of the sick know of it. Without them, far fewer events are left, and the risks stay.",
        "Far below 1": "The risks were learned with those who know of their diabetes.",
        "About 2": "Then the risks would be too low. But the sick have left, not the healthy.",
    },
    right="Far below 1",
)

# %% fold=true tags=["nbval-check-output"]
for name, row in report.items():
    auc, oe = (cell(row[m], row[f"{m}_low"], row[f"{m}_high"], row.insufficient, 2) for m in ("auc", "oe"))
    print(f"{name}: {row.n:,} people, {row.events} with diabetes. AUC {auc}, O/E {oe}")

alerted = untreated & (risk >= THRESHOLD)
denied = alerted & (sets == [True, False]).all(axis=1)  # the set says "no diabetes" only
for name, who in {"'no diabetes' only": denied, "another set": alerted & ~denied}.items():
    print(f"not told, no drug: {who.sum()} of {alerted.sum()} alerts come with {name}; {ill[who].sum()} have diabetes")
needless = 4  # the price: needless tests for one diabetes found
# net benefit per 100 people: a mean over people, so it has an interval (1.96 standard errors)
gain = 100 * np.where(ill == 1, 1, -1 / needless)[untreated]
each = np.where(risk[untreated] >= THRESHOLD, gain, 0)
half = 1.96 * each.std() / len(each) ** 0.5
benefit = each.mean(), each.mean() - half, each.mean() + half, gain.mean()
print(
    f"   at {THRESHOLD:.0%}, price {needless} needless tests: net benefit "
    "{:.1f} ({:.1f} to {:.1f}); to test all {:.1f}".format(*benefit)
)

# %% claim=true
assert (round(all_of_them.auc, 2), round(all_of_them.oe, 2)) == (0.79, 0.97)
assert all_of_them.oe_low < 1 < all_of_them.oe_high
assert (meant.n, meant.events, all_of_them.events) == (1247, 48, 298)
assert (all_of_them.insufficient, meant.insufficient) == (False, True)
assert (round(meant.oe_low, 2), round(meant.oe_high, 2)) == (0.17, 0.30)
assert meant.oe_high < 0.75
assert [round(1 / high) for high in (meant.oe_high, meant.oe_low)] == [3, 6]  # times too high
assert (alerted.sum(), denied.sum()) == (438, 227)
assert (ill[denied].sum(), ill[alerted & ~denied].sum()) == (18, 19)
assert 0.33 < risk[~sets[:, 1]].max() < risk[sets[:, 1]].min() < 0.34  # the cut-off of the sets
assert [round(float(number), 1) for number in benefit] == [-5.1, -6.3, -3.9, -20.2]
assert np.allclose(100 * net_benefit(ill[untreated], risk[untreated], [THRESHOLD]), benefit[0])
assert coverage.loc["sick", "ci_low"] > 0.45
assert coverage.loc["sick", "ci_high"] < 0.6

# %% [markdown]
# The same model, the same test, other people: only 48 have diabetes, fewer than the 100 that the course asks for before it prints AUC or
# O/E. But the interval of O/E, 0.17 to 0.30 (from a bootstrap), lies wholly below 0.75, and that is enough for a no at 7.
#
# And the price, which is ours, to teach? A threshold of 20% says: one diabetes found is worth four needless HbA1c tests. Net benefit is then -5.1 per 100
# (-6.3 to -3.9): worse than to test nobody, 0. But these risks are three to six times too high (7), so "20%" is not 20%.
# A wrong number also spoils the choice of the threshold: settle 7 before 8, and name the price, and the people, before you judge.
#
# And 227 of the 438 alerts come with a set that says "no diabetes" only. The two have different cut-offs (20% and 33%). Of these 227, 18 have diabetes, almost as
# many as among the other alerts (19 of 211): the set reassures and should not.
#
# Now the form, as a committee fills it in: the ten questions with a star. There is no patient yet.

# %% fold=true
alerts = alert_burden(ill[untreated], risk[untreated], threshold=THRESHOLD)
groups = data.audit["race_ethnicity"].iloc[test][untreated]
most = int(pd.Series(ill[untreated]).groupby(groups.to_numpy()).sum().max())
covered, sick = int(sets[untreated & (ill == 1), 1].sum()), int(ill[untreated].sum())
low, high = wilson_interval(covered, sick)
known = all_of_them.events - meant.events

mine = Checklist(
    "Diabetes model, NHANES (our own)",
    version="as trained in this notebook",
    name="who wrote this course",
    date="each run",
)
for number, answer, evidence in (
    (1, "no", "Built to teach, on adults of a survey; never meant for a practice."),
    (3, "no", f"The label counts known or treated diabetes: {known} of {all_of_them.events}."),
    (4, "unknown", "Tested on people of the same survey of 2017-2018 only."),
    (5, "unknown", f"Fewer than 100 events in each group of origin; the largest has {most}."),
    (
        6,
        "unknown",
        "No site, device or text among the inputs. But treated pressure and cholesterol: nobody searched.",
    ),
    (7, "no", f"Not told, no drug ({sick} events: no estimate): O/E {meant.oe_low:.2f} to {meant.oe_high:.2f}."),
    (
        8,
        "no",
        f"At {THRESHOLD:.0%}, of 100: {alerts.alerts:.0f} alerts, {alerts.false_alerts:.0f} false, {alerts.missed:.1f} "
        f"missed; at 4 needless tests for one found net benefit {benefit[0]:.1f}, nobody 0.",
    ),
    (11, "no", f"Promised 90%; of the {sick} with diabetes {covered} are covered ({low:.0%} to {high:.0%})."),
    (15, "no", "There is no owner and no override procedure."),
    (16, "no", "Nobody watches for drift."),
):
    mine.answer(number, answer, evidence)
ChecklistForm(mine)

# %% [markdown]
# Choose a group, change an answer, and watch the verdict below. With the keyboard: Tab moves on, Space chooses. If the form does not react, or if you see a
# long table instead, the kernel is not running: choose *Run > Run All Cells*.
#
# ## 5. Second tool: a published one, twice
#
# The Epic Sepsis Model warns of sepsis in hospital. It was evaluated from outside in 2021, and its second version in 2026.
# We answer the questions with what these pages say, and with nothing else. So **unknown means: not on this page**. If you have only a page or a sheet, ask of the six questions per patient: does it say
# that the doctor is *shown* this, or *asked* for it, each time? (Question 2 needs both: a table of the people tested, and for each patient a look
# whether they are in it.) At 11 we write *unknown*, and not *n/a*: these pages do not show us the screen. **It is an exercise on a few published lines, and
# no verdict on the product.**

# %% fold=true
display(EPIC_2021)
display(EPIC_2026)

# %% fold=true
Question(
    "AUC 0.63 in 2021, and 0.82 to 0.92 in four systems in 2026. Is version 2 ready to use in your hospital?",
    {
        "Yes: it has now been tested outside": "In four systems, and each had fitted it to its own patients first. Yours would be a fifth fit.",
        "Not from this page alone: what it means here is open": "One product, four fitted models, scores from 14 to 37 for the same sensitivity. The authors themselves advise a local test.",
        "No: a tool that failed once stays unusable": "That would be unfair. It is a new version, with new evidence.",
    },
    right="Not from this page alone: what it means here is open",
    why="One of the four, Michigan, is the place of 2021. But years, patients and the definition of sepsis differ, and the other "
    "three are other hospitals. So the difference is not the gain of the new version. The fair comparison is on the same hospital stays: "
    "there the first version was worse in all four.",
)

# %% fold=true
for sheet in (EPIC_2021, EPIC_2026):
    found, verdict = sheet.checklist().answers, sheet.checklist().verdict()
    said = [f"| {number} | {answer} | {why} |" for number, (answer, why) in found.items() if why]
    silent = ", ".join(str(number) for number, given in found.items() if not given.evidence)
    decision = next(rule.title for rule in RULES if rule.decision == verdict.decision)
    title = f"**{sheet.title}: {decision}** (an exercise on these lines, no verdict on the product)"
    lines = [title, "", "| | Answer | Why |", "|---|---|---|", *said]
    display(Markdown("\n".join([*lines, f"| {silent} | unknown | not on this page |", ""])))

# %% [markdown]
# The first verdict is stricter: outside, the AUC of that version was low (4). Question 8 is open in both, as nobody's price is on the page. For 2021 we can say
# for which price what is best. How many false alerts would you read to find one sepsis? *7 or fewer:* best is no alert on any hospital stay. *8 to 17:* best is this
# tool (from rounded numbers, without an interval). *18 or more:* best is an alert on every stay. (This counts each right alert as a find, also where the doctors already treat.)
# So for some prices the net benefit of this tool was above both others, and our limit on the AUC stops it all the same. That is what our rule does, and not
# proof that it was useless: a limit on net benefit, at a price named before, is nearer to the decision. The verdict hangs on a limit that we chose afterwards.
#
# In 2026 the sensitivity was made the same, 60%: for that the score had to be 14 in one system and 37 in another,
# and of 100 alerts 13 to 26 were right. Part of this is the patients, not the fit: from the table, about 4, 7, 3 and 2 of 100 stays had sepsis. MetroHealth has
# the fewest false alerts per 100 stays and yet not the highest PPV. Your PPV follows your own share. And 4, which looks answered, is open for you: each of the four had fitted the tool to its own patients first.

# %% claim=true
stays, sepsis, unseen = 38455, 2552, 1709  # Wong 2021
wrong = 0.17 * (stays - sepsis)  # specificity 83%
# Net benefit is a + b / price. The tool beats no alert where wrong / found < price; an alert on every stay beats the tool
# where the false alerts that it adds, for each sepsis that it adds, are < price.
assert 7 < wrong / (sepsis - unseen) < 8
assert 17 < (stays - sepsis - wrong) / unseen < 18
assert [round((1 - ppv) / ppv) for ppv in (0.26, 0.13)] == [3, 7]  # Wong 2026
(systems,) = (content.rows for _, content in EPIC_2026.text if hasattr(content, "rows"))
specific, ppvs = (np.array([float(line[column][:4]) for line in systems]) for column in (4, 5))
odds = ppvs / (1 - ppvs) * (1 - specific) / 0.60  # of sepsis: PPV / (1 - PPV) = odds * sensitivity / (1 - specificity)
septic = odds / (1 + odds)
assert [round(100 * float(part)) for part in septic] == [4, 7, 3, 2]
false_alerts = (1 - specific) * (1 - septic)
assert systems[int(false_alerts.argmin())][0] == "MetroHealth" != systems[int(ppvs.argmax())][0]
shown = [sheet.to_markdown() for sheet in (CHESTGUARD, EPIC_2021, EPIC_2026)]
shown += [f"{q.question} {q.evidence} {q.red_flag}" for q in QUESTIONS]
shown += [f"{rule.title} {rule.when} {rule.means}" for rule in (*RULES, *PATIENT_RULES)]
keys = [sheet.checklist() for sheet in (CHESTGUARD, EPIC_2021, EPIC_2026)]
shown += [answer.evidence for checklist in (*keys, mine) for answer in checklist.answers.values()]
# Minutes for what the rule of reading does not count: these words, and three with the paper of part 1.
assert round(sum(len(text.split()) for text in shown) / 130 + 3) == 26

# %% [markdown]
# ## 6. Third tool: ChestGuard again, with the checklist
#
# Go back to [the sheet in part 1](#1.-First-without-a-checklist) and fill in the form. Answer all 16 questions **from the
# sheet**. For 2, 9, 10, 12, 13 and 14: does it say that this is shown, or asked for, each time? What "guaranteed at 95%" means,
# 11 asks; at 9 look for the doubt about this patient. At 4 use our teaching limit alone (AUC 0.70). The sheet names no limit written down before, and no
# interval of the sensitivity: at work, ask for both. You have no screen here: at 11 to 13 take the sheet's word for what it shows. Copy a few words of the sheet as evidence for each yes. Give yourself 15 minutes.

# %%
form = ChecklistForm(Checklist("ChestGuard"))
form

# %% [markdown]
# When all questions have an answer, run the next cell (again). It shows where your answers and ours differ.

# %%
print(CHESTGUARD.compare(form.checklist))

# %% fold=true
ours = "".join(
    f"<li value='{number}'><b>{given.answer}</b>: {given.evidence}</li>"
    for number, given in CHESTGUARD.checklist().answers.items()
)
HTML(
    f"<details><summary>Show all our answers on ChestGuard, with the reasons</summary><ol>{ours}</ol>We left four things out "
    '(2, 5, 7, 11). A fifth the sheet says aloud, as if it were good: "learns continuously" (16). Then what runs on your '
    "screen is not what was tested. That is evidence, a no, and our verdict is <i>do not use</i>.</details>"
)

# %% [markdown] slide="Not ready: now what? | Every verdict but 'ready to use' is a list of open questions. Each has an address: a document and a person. | Whom would you ask tomorrow?"
# Compare with your paper. Did you miss something because the sheet *sounds* complete? How many things on your paper are
# **not** among the 16 questions? We know of no trial of this checklist. That all three tools of this section are stopped is our choice of tools.
#
# ## 7. Not ready to use: what now?
#
# Each open question has an address.
#
# | Open questions | Ask for | Ask whom |
# |---|---|---|
# | 1, 3 | the model card (Mitchell 2019), or the one-page Model Facts label (Sendak 2020): purpose, label, when *not* to use it | the vendor, the tool's owner |
# | 2, 5 | the table of patients and of subgroups, with events and intervals | the vendor; for local patients, the team responsible for AI |
# | 4, 7, 8 | the validation report (TRIPOD+AI says what belongs in it), and a test on local patients at your threshold | the vendor; the team responsible for AI |
# | 6 | the search for shortcuts: what do site, device or marker alone predict? | the vendor; radiology or medical physics |
# | 9, 10, 11 | what "confidence" means, the coverage by class and group, the rules for bad or unusual input | the vendor's developers; a statistician |
# | 12, 13 | the method, its baseline and its sanity check; the wording of the display | the vendor's developers |
# | 14 | nothing: this is your own work, before you look at the output | yourself |
# | 15, 16 | the override procedure, the named owner, the version, the monitoring | your hospital: the tool's owner, patient safety |
#
# And the permissions, for which these questions do not ask. Approval as a medical device for this use: purchasing. Data protection: its office. Contract and
# liability: the legal office. What patients are told: the office for patient information, with the legal office.
#
# ## 8. The card, and six questions for the ward
#
# To print: [the card](../docs/checklist_card.pdf) for the committee, two pages, and [the page for the
# ward](../docs/checklist_ward_card.pdf). Both are tagged, so that a screen reader can read them.
#
# On the ward nobody asks 16 questions at night. The committee has answered ten of them. The page asks first: Did the committee say "ready to use", of the version on your screen, and for this decision and this kind of patient? If one of the three is a no, or you
# do not know, decide as if you had not seen the output. Six come back with each patient, and the second table of part 3 says what follows, and below it
# what a nurse then does.
#
# 14 comes first. But **an alarm comes unasked**: the output is what calls you. Go to the patient; before you read score or reason,
# note what you find and would do. The page has lines for this, and for what was done.

# %% [markdown]
# ## 9. Close the book
#
# Do not scroll up. Say the six groups aloud, or write them down. Then open the answer. (Exercise 18.6-c checks it in your
# own words.)

# %% fold=true
answer = "".join(f"<li>{title}</li>" for title in GROUPS.values())
HTML(f"<details><summary>Show the six groups</summary><ol type='A'>{answer}</ol></details>")

# %% [markdown] slide="key points"
# ## Three questions to take with you
#
# New situations. Answer in your own words, then open ours.
#
# **1.** A tool shows a risk, with a range. It has no heatmap and no prediction sets. All other questions are yes, with evidence.
# What do you write at 11, 12 and 13, and what is the verdict?
#
# <details><summary>Our answer</summary>
#
# "Not applicable", each with its reason: "promises no coverage" (11), "shows no explanation" (12 and 13). The verdict is *ready to
# use*. (Look at the screen, not at the vendor's sheet: is there really no picture? If the screen says of the range "95 of 100 patients
# lie in it", that is a promise: then answer 11.) "Yes" would claim evidence that does not exist.
#
# </details>
#
# **2.** A tool has been in use on your ward for a year. You find that question 5 is unknown; all others are yes. What may you do
# today, and whom must you tell?
#
# <details><summary>Our answer</summary>
#
# The verdict is *do not act on the output alone* (no weight yet). **What the course recommends to do at once,** unless your hospital's rule says otherwise: stop relying on it, tell every shift, and bring back what was
# done before the tool. **The ward must tell** the owner, in writing, which table is missing; and patient safety, if anybody may
# have come to harm. **It may not switch it off:** that is for those whom the procedure names (15). Ask them to take the output off your screens, and to let it run on
# silently (with the permissions that your hospital asks for): with these patients the team responsible for AI can make the table. Last year's cases cannot give
# a yes, as acting on the output changed them. But search them for patients who raised no alert and were ill: that can show harm. Count them per 100 patients
# of the group, not as a sensitivity: an alert that worked removes an ill patient from the count. A group with many such patients is a reason to look at each of
# them, and it makes 5 a no only if patients before the tool, or a silent run, show the same.
#
# </details>
#
# **3.** A sheet says: "Our sets hold the truth in 95% of all patients, and in 94% to 96% of women, of men and of each age group.
# Calibrated on 3,000 of your own patients, last spring." In your clinic 5% have the disease. What is missing at question 11?
#
# <details><summary>Our answer</summary>
#
# The coverage among the **sick**. With 5% ill (and the disease as common in each group), a tool whose sets always say "healthy" would cover 95% of all patients,
# of women, of men and of each age group, and not one sick person. So all these numbers can be true and the tool
# useless. The answer is unknown, and one unknown in A to D stops. Ask for the coverage by class, with its interval.
#
# </details>
#
# ## Key points
#
# - Six groups: right tool, shown to work, the number, its doubt, its explanation, and your act.
# - Yes needs evidence. Evidence against the tool is a no. No evidence is an unknown. A question left out is no answer.
# - Not applicable, with its reason, is for what the screen does not promise or show. It stops nothing.
# - One unknown in A to D, or at 15 or 16: decide as if you had not seen the output. A no there: do not use. Usual care goes on.
# - Strong heat on a marker, film edge, text or foreign device: telephone whoever may switch the tool off; no patient until the owner has answered.
# - *Ready to use* holds for one version, one decision and one kind of patient. It is no permission: the offices must say yes in writing.
# - It does not say that patients fare better. The committee files how this will be measured.
# - Ask of every number: is it about the people whom the tool is meant for?
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
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Mitchell M. et al. Model cards for model reporting. 2019. arXiv:1810.03993
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
# - Sendak M. P. et al. Presenting machine learning model information to clinical end users with model facts labels. npj Digit Med 2020;3:41. doi:10.1038/s41746-020-0253-3
# - Wong A. et al. External validation of a widely implemented proprietary sepsis prediction model in hospitalized patients. JAMA Intern Med 2021;181:1065-1070. doi:10.1001/jamainternmed.2021.2626
# - Wong A. et al. Multicenter prospective validation of an updated proprietary sepsis prediction model. JAMA Netw Open 2026;9(2):e260181. doi:10.1001/jamanetworkopen.2026.0181. (Seen: the abstract, and its tables as two public summaries quote them.)
