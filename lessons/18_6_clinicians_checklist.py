# %% [markdown] slide="The clinician's checklist | Sixteen questions before you act on the output of an AI tool, in six groups, A to F: right tool, shown to work, the number, its doubt, its explanation, your act. | Which answers stop you?" bridges="Not ready to use = Every open question has an address: the vendor, the AI team, or the tool's owner."
# # 18.6 Quick reference: the clinician's checklist
#
# **For** doctors and nurses in training, and their teachers. You need no code: run each cell, fill in the form, answer the
# questions. The quick reference itself is [the card](../docs/checklist_card.pdf), two pages; this lesson teaches to use it.
#
# **Time, in two sittings:** parts 1 to 3, about 45 minutes; parts 4 to 9, about 45. If English is not your first language, about 60 each. The exercises
# take {{minutes 18.6}}.
#
# **After it you can**
#
# 1. *recall* the six groups of questions without the card,
# 2. *apply* the 16 questions to a sheet that you have never seen, in 25 minutes,
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


def show_answers(checklist):
    """Show the verdict of a checklist, and its answers as a table, but those without a reason."""
    decision = checklist.verdict(per=None if len(checklist.answers) == len(QUESTIONS) else "tool").decision
    title = next(rule.title for rule in RULES if rule.decision == decision)
    lines = [f"**{checklist.tool}: {title}**", "", "| | Answer | Why |", "|---|---|---|"]
    lines += [f"| {number} | {answer} | {why} |" for number, (answer, why) in checklist.answers.items() if why]
    display(Markdown("\n".join([*lines, ""])))


# %% [markdown]
# ## Warm-up: two questions on section 18.5

# %% fold=true
Question(
    "A report has a subgroup with 26 patients who had the event. What may it print as that group's O/E (observed divided by "
    "expected events)?",
    {
        "The number, with two decimals": "A bare number from 26 events would be believed, and may be chance.",
        'No number, but "insufficient data" and the interval': "The interval stays: it can still speak "
        "against the tool.",
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

# %% [markdown] slide="A case | Invented: the vendor of ChestGuard shows AUC 0.94, a heatmap on a lung, and the words 'guaranteed at 95%'. You have its sheet and 25 minutes. | Do we take it?" say="Hand out its sheet, one for two: the third page of the room print of this section's workshop (teaching/print). | Not to be said yet: each notes what the sheet leaves out. The case comes back before the points to take home."
# ## A case
#
# > A procurement meeting. The vendor shows three slides: *AUC 0.94*, a heatmap on a lung, and the words *guaranteed at
# > 95%*. The head of department turns to you: "Do we take it, to sort our adults' films?" You have the vendor's sheet in
# > front of you, and 25 minutes.
#
# ## 1. First without a checklist
#
# Here is the sheet. (We invented ChestGuard, and **left things out on purpose**.) Take three minutes and a piece of paper. **Note each thing that you would
# need to know and that the sheet does not say.** Keep the paper for part 6.

# %% fold=true
CHESTGUARD

# %% [markdown]
# ## 2. Six groups, one at a time
#
# Each question has **evidence** to ask for and a **red flag**. You need enough evidence to answer
# the question, not all that is listed. A star means: answered *once per tool*, by a committee. The other six come back with *each patient*. Words that
# you do not know: [glossary](../docs/glossary.md).
#
# There are three answers to each (a fourth, "not applicable", at 11 to 13).
#
# - **Yes:** I can name the evidence, a document, a page or a number, and it satisfies me.
# - **No:** there is evidence, and it speaks against the tool.
# - **I don't know** (*unknown*): I looked, and there is no evidence, or it proves nothing.
#
# **A red flag is a place to look, and no answer by itself.** A test that nobody has made is an unknown.
#
# ### A. Right tool, right patient
#
# A *model card* is the maker's page on what a tool is for, and for whom not.

# %% fold=true
show_group("A")

# %% fold=true
Question(
    "A tool predicts who comes back to the same hospital within 30 days. Your ward wants to give its few home visits to those "
    "with the highest score. What do you answer at question 3, the label?",
    {
        "Yes: coming back is what a visit should prevent": "A patient who dies at home, or goes to another hospital, did "
        "not come back. For this tool both are successes.",
        "No: a patient who dies at home or goes elsewhere is counted as a success": "The label stands in for what you care about, and "
        "misses the worst.",
        "I don't know: no label is perfect": "The label is stated, so you can judge it. It speaks against the tool.",
    },
    right="No: a patient who dies at home or goes elsewhere is counted as a success",
    why="One no in A to D is enough: do not use.",
)

# %% [markdown]
# ### B. Shown to work
#
# A test counts if it was made in another place, or later, on the people for whom you will use the tool, **and if the truth was looked for in all of
# them, also in those without an alert**, by somebody who had not seen the output. Otherwise missed cases are not counted. A tool that each hospital fits
# anew is another model there: only a test of *your* fit is a yes.
#
# Whether it *held* you decide by **limits** that you wrote down before you saw the result, for instance for AUC and sensitivity. The whole interval is on the
# good side of the limit: yes. The whole interval is on the bad side: no. Otherwise: unknown. With fewer than 100 events an interval can give a no, but
# never a yes.
#
# Answer 4 to 13 for **the version that was tested**. Mark a fault of the test at 4 only (after a new test: 2 and 5 to 11
# afresh), and another version on your screen at 16.

# %% fold=true
show_group("B")

# %% fold=true slide="vote" say=" | Hand out docs/checklist_card.pdf, one for two, folded to the group read. Read groups A and B aloud, always the questions only; of 4 and 6 also the red flag. Yes: {{I can name the evidence ... satisfies me}}. No: {{there is evidence, and it speaks ... the tool}}. I don't know: {{there is no evidence, or ... proves nothing}}. {{A red flag is ... by itself}}. AUC: how well ill and healthy are put in order. Marker: the letter L or R."
Question(
    "AUC 0.93 (0.92 to 0.94) on 12,000 films: a random fifth of the films of the hospitals in which the tool was built. In 3 of "
    "the first 20 heatmaps that you see, the heat lies on the side marker. Tested outside, and did it hold (4)? Ruled out that it "
    "reads a shortcut (6)?",
    {
        "Both yes": "12,000 films from the same hospitals show not enough about yours. And the heat is a suspicion.",
        "Both no": "Two red flags. But nobody has seen it fail elsewhere, and three pictures do not show that it needs the marker.",
        "Both I don't know": "Nobody has tested it elsewhere, and nobody has searched for a shortcut. A test, or a search, "
        "makes each a yes or a no.",
    },
    right="Both I don't know",
)

# %% [markdown]
# ### C. Can I read the number?
#
# A number is of use if it means the same here as on the sheet (7), and if acting on it does more good than harm (8).
#
# At 7, *observed / expected* (O/E) has a limit on both sides, for instance 0.75 to 1.33. An interval without 1 shows an error (18.5); the limit says
# whether it is too large. Of a tool that shows only a flag, 7 asks: of 100 flags how many are right, and of 100 silences how many are wrong,
# here and in each group that matters? O/E is only an average: the curve must fit too.
#
# At 8, **net benefit** per 100 patients is: right alerts, minus (false alerts / price). The price: how many false alerts is one right alert worth
# to you? It also sets the threshold: at a price of 4, alert from 20% (20 right for 80 false); at a price of 9, from 10%. ChestGuard, per 100
# patients at a price of 9: 10.2 - 8.8 / 9 = 9.2.
# A *decision curve* draws net benefit for many prices (section 18.3).

# %% fold=true
show_group("C")

# %% fold=true slide="vote" say="Sensitivity: of those with the disease, the share with an alert. Specificity: of the others, the share without. | Read group C aloud, the questions only."
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
    why="The sheet alone does not answer question 8, on alerts: the share with the disease is yours.",
)

# %% claim=true
assert round((4.5 + 0.2 * 95) / 4.5, 1) == 5.2
assert round((0.9 + 0.2 * 99) / 0.9) == 23
assert round(10.2 - 8.8 / 9, 1) == 9.2

# %% [markdown]
# ### D. Does it know when it does not know?
#
# Some tools show a **set**: a list of the answers that are still possible. It *covers* a
# patient if the truth is in it. *Coverage* is the share of patients covered; *alpha* is the share that may be missed. *Softmax* makes a network's scores
# add up to 1; that does not make them true. *Dropout*: the network is asked many times, with parts of it switched off.
#
# Three questions (11, 12 and 13) have a fourth answer: **not applicable**, with its reason. A tool that promises no coverage, or
# shows no explanation, owes no answer on it. "Not applicable" stops nothing. So look at the screen yourself: if it shows a set, answer 11; if it shows a
# heatmap or reasons, answer 12 and 13.
#
# If you know that the screen shows a bare number and no doubt, 9 is a no (strict by our choice: it stops many well-tested risk scores). If
# the sheet is silent, unknown.

# %% fold=true
show_group("D")

# %% [markdown]
# We measure question 11. A model (gradient boosting: many small decision trees, added up) predicts diabetes in the survey NHANES,
# with sets that promise 90%: "diabetes", "no diabetes", or both.

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

# %% fold=true slide="vote" say="{{Some tools show a set ... truth is in it}}. A model predicts diabetes in the survey NHANES. | Read group D aloud, the questions only. {{A model (gradient boosting ... or both}}."
Question(
    "The model's sets promise 90%, and over all 1,506 people of the test they keep it. Of the 298 WITH diabetes, how many are covered?",
    {
        "About 90 of 100": "The promise is about all people together. It says nothing about the sick.",
        "About 99 of 100": "That is closer to the people without diabetes.",
        "Between 45 and 60 of 100": "The many without diabetes are covered in 99 of 100. They lift the average, and hide that "
        "only 54 of 100 with diabetes are covered.",
    },
    right="Between 45 and 60 of 100",
)

# %% fold=true slide="90% of everybody, half of the sick | NHANES, 1,506 people of the test, sets that promise 90%: of all 0.90 are covered (0.88 to 0.92), of those with diabetes 0.54 (0.48 to 0.59). | Would a sheet tell you?" say=" | Only if it gives the coverage of those with the disease apart: question 11."
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
# The promise is kept for these 1,506 people, and nearly half of the sick are outside it: for them the set says "no diabetes" only. A sheet that says
# "90% guaranteed" is *true* and would have hidden this. (Section 18.4 repairs it.)
#
# ### E. Does the explanation hold?
#
# Two ways to go wrong: the picture has nothing to do with the model (12), or you read into it what it does not say (13). *Deletion test*:
# take away what the picture marks; the answer must change more than elsewhere.

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
    why="Question 13 asks for a list of inputs that treatment changes; a treatment belongs on it.",
)

# %% [markdown]
# ### F. Act, override, account
#
# Two questions stop here as well: if nobody can stop the tool (15), or if it is no longer the one that was tested (16), good answers to the others do not
# help you. You ask about your own house: if you *know* that there is no override, no owner or no watch for *drift* (patients or machines change, the tool does not), that is a no.

# %% fold=true
show_group("F")

# %% [markdown]
# **A procedure for overriding** has five parts. *Who* may override an output, and how. *Why*: a reason from a short list, logged.
# *Stop*: who may switch the tool off for all, when, and what is done instead. *Harm*: where it is reported, and who tells the maker and the authority. *Owner*: one name,
# who reads the log with the outcomes, and when.
#
# **We recommend:** a ward that doubts a tool stops **relying** on it at once and leaves the owner a message. Only those whom the procedure names switch it **off**:
# others may depend on it. (Your hospital's rules go before our advice.)

# %% fold=true
Question(
    'Your committee judged version 2.1. Since Monday the screen says 2.2. The vendor: "Only the recalibration is new, the '
    'model is the same." What follows?',
    {
        "Nothing: the model is the same": "Every number on the screen is another one.",
        "Question 7 is asked of 2.2, the rest stays": "7 for certain. But which other answers use the same numbers?",
        "16 is a no; for 2.2 answer 4, 5, 7, 8, 9 and 11 afresh": "All six use the numbers on the screen, and these are new (at 4 the "
        "sensitivity at the threshold; the AUC stays where only the scale changed). "
        "That only the recalibration changed is the vendor's word: if the log of changes does not show it, answer 4 to 13 afresh. "
        "If the new test has other people, 2 as well.",
    },
    right="16 is a no; for 2.2 answer 4, 5, 7, 8, 9 and 11 afresh",
    why="Until 2.2 is tested, or 2.1 is back: do not use.",
)

# %% [markdown]
# ## 3. The verdict: one unknown is enough
#
# This is the rule. In each table **the first line that fits decides**.
#
# **The tool, once.** A committee has no patient: its verdict comes from the ten questions with a star, so *use with care* cannot come out. **On paper** (the form, parts 5 and
# 6, the exercises) we judge all 16: 2 by the table, 12 by the test; 9, 10, 13 and 14 by what the sheet says is shown, or asked for.


# %% fold=true slide="The rule of the verdict | Our rule for all sixteen questions: the first line that fits decides. | How many unknowns may a tool have? | Verdict on the tool" say="A committee answers the ten with a star; its rule is on the card. | In A to D, and at 15 and 16, none."
def show_rules(verdict, rules):
    """Show rules as a table: the answers, the verdict, and what it means."""
    cell = '<{0} style="text-align: left">{1}</{0}>'
    rows = [[("th", "Answers"), ("th", verdict), ("th", "What it means")]]
    rows += [[("td", rule.when), ("th", rule.title), ("td", rule.means)] for rule in rules]
    lines = ["<tr>" + "".join(cell.format(*each) for each in row) + "</tr>" for row in rows]
    display(HTML("<table>" + "".join(lines) + "</table>"))


show_rules("Verdict on the tool", RULES)
display(Markdown(f"**One patient, each time.** {GATE} If all are a yes:"))
show_rules("For this patient", PATIENT_RULES)
Markdown("**{}:**{}".format(*NOT_SEEN.split(":", 1)))

# %% [markdown]
# **Usual care goes on, whatever the verdict.** What you find at the bedside decides; the silence of a tool is no reason to wait. As nobody can ignore a number
# for long, ask the owner to take the output off the screens while one of the first three verdicts stands.
#
# **Before a committee signs "ready to use", it files what the ward will need:** the table of the people tested, with the characteristics that matter (2), which
# doubt is shown (9), what is refused or flagged, with the limit of missing inputs (10), the test of the explanation (12; failed: off the screens), and the *marks and reasons cleared*: those that the search for shortcuts
# covered (6). Without the paper for 2, 9 or 10 it does not sign, and the minutes say *not finished*. A known no at 2, 9 or 10 for the whole tool (tested
# on others than yours; no doubt is shown; nothing is refused or flagged): *do not use*.
#
# Patients who were not in the test stand on the ward page as "not for": question 2 is a no for them. A group with too few events may become "not for".
# If the tool failed in a group, first test it anew, on new patients, without that group. Then answer every question again for the others. The
# minutes say what that group gets instead, and who found this lawful (part 7).
#
# The committee also files how it will measure **whether patients fare better than today**.

# %% fold=true slide="vote" say=" | Read groups E and F aloud, the questions only."
Question(
    "Fifteen questions are answered yes, with evidence. Unknown is question 11: does the promised coverage hold for the sick, too? What is the verdict?",
    {
        "No weight yet": "The open question may be the one that harms your patient.",
        "Ready to use: fifteen of sixteen is excellent": "A checklist is not an examination that one passes with 94%.",
        "Use with care, in mild cases": "Nobody knows whether it is safe in mild cases: that is the open question.",
    },
    right="No weight yet",
    why="One unknown in A to D stops.",
)

# %% [markdown]
# ## 4. First tool: your own model
#
# The model that we measured at question 11 is right on average over all people of the test. Would you use it in your practice, to decide who is offered an HbA1c test? Such a tool
# is *for people who do not know that they have diabetes, and take no drug for it*: 1,247 of the 1,506.

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

# %% fold=true slide="vote" say="O/E, observed / expected: the ill, divided by the sum of their risks; 1 is right. | Our own model of vote 3."
Question(
    "Among all 1,506 people of the test O/E is 0.97 (0.88 to 1.06). What will it be among the 1,247 who were never told of diabetes and take no drug for it?",
    {
        "Also about 1": "Most of the sick know of it. Without them, far fewer events are left, and the risks stay.",
        "Far below 1": "Most events have left (250 of 298); the others keep their risks. O/E lies between 0.17 and 0.30 (95% interval).",
        "About 2": "Then the risks would be too low. But the sick have left, not the healthy.",
    },
    right="Far below 1",
)

# %% fold=true tags=["nbval-check-output"]
for name, row in report.items():
    auc, oe = (cell(row[m], row[f"{m}_low"], row[f"{m}_high"], row.insufficient, 2) for m in ("auc", "oe"))
    print(f"{name}: {row.n:,} people, {row.events} with diabetes. AUC {auc}, O/E {oe}")

needless = 4  # the price: needless tests for one diabetes found
# net benefit per 100 people: a mean over people, so it has an interval (1.96 standard errors)
gain = 100 * np.where(ill == 1, 1, -1 / needless)[untreated]
each = np.where(risk[untreated] >= THRESHOLD, gain, 0)
half = 1.96 * each.std() / len(each) ** 0.5
benefit = each.mean(), each.mean() - half, each.mean() + half, gain.mean()
alerted = untreated & (risk >= THRESHOLD)
right = int(ill[alerted].sum())
false = int(alerted.sum()) - right
print(
    f"   at {THRESHOLD:.0%}, price {needless} needless tests: net benefit "
    "{:.1f} ({:.1f} to {:.1f}); to test all {:.1f}".format(*benefit)
)
print(f"   {false} needless tests for {right} with diabetes found")

# %% claim=true
assert (round(all_of_them.auc, 2), round(all_of_them.oe, 2)) == (0.79, 0.97)
assert [round(end, 2) for end in (all_of_them.oe_low, all_of_them.oe_high)] == [0.88, 1.06]
assert (meant.n, meant.events, all_of_them.events) == (1247, 48, 298)
assert (all_of_them.insufficient, meant.insufficient) == (False, True)
assert (round(meant.oe_low, 2), round(meant.oe_high, 2)) == (0.17, 0.30)
assert meant.oe_high < 0.75
assert [round(1 / high) for high in (meant.oe_high, meant.oe_low)] == [3, 6]  # times too high
assert [round(float(number), 1) for number in benefit] == [-5.1, -6.3, -3.9, -20.2]
assert (false, right, round(false / right)) == (401, 37, 11)
assert [round(1 / share - 1) for share in wilson_interval(right, false + right)[::-1]] == [8, 15]
assert all_of_them.events - meant.events == 250
assert np.allclose(100 * net_benefit(ill[untreated], risk[untreated], [THRESHOLD]), benefit[0])
assert sets[(y[test] == 1) & ~sets[:, 1], 0].all()  # the sick outside: "no diabetes" only
assert coverage.loc["sick", "ci_low"] > 0.45
assert coverage.loc["sick", "ci_high"] < 0.6

# %% [markdown]
# Only 48 have diabetes, too few for an estimate. But the interval of O/E, 0.17 to 0.30, lies wholly below our
# limit of 0.75: a no at 7. On average the risks are three to six times too high.
#
# With such risks a threshold of 20% is not 20%: it should bring at most 4 needless HbA1c tests for one diabetes found, and brings 11 (8 to 15). At **our** price
# of 4, chosen to teach, net benefit is -5.1 per 100 people (-6.3 to -3.9). To test nobody is 0: a no at 8. At a price of 11 the same alerts would break even. So
# doctors, with patients and those who pay, settle the price **before** they see the result.
#
# Our answers to seven of the ten questions with a star (1, 15 and 16 are left out: it was built to teach, not for a ward).

# %% fold=true
alerts = alert_burden(ill[untreated], risk[untreated], threshold=THRESHOLD)
groups = data.audit["race_ethnicity"].iloc[test][untreated]
by_origin = subgroup_report(ill[untreated], risk[untreated], groups.to_numpy(), threshold=THRESHOLD).drop("overall")
most = by_origin.loc[by_origin.events.idxmax()]
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
    (
        3,
        "no",
        f"Of {all_of_them.events} sick, {known} were told or take a drug for it; {sick} are counted by HbA1c (6.5% or more) only.",
    ),
    (4, "unknown", "Tested on people of the same survey of 2017-2018 only."),
    (
        5,
        "no",
        f"Group of origin with most events ({most.events}): O/E {most.oe_low:.2f} to {most.oe_high:.2f}, below 0.75.",
    ),
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
        f"missed; at our price of {needless} net benefit {benefit[0]:.1f}, nobody 0.",
    ),
    (11, "no", f"Promised 90%; of the {sick} with diabetes {covered} are covered ({low:.0%} to {high:.0%})."),
):
    mine.answer(number, answer, evidence)
show_answers(mine)

# %% claim=true
assert most.events == 16
assert (round(most.oe_low, 2), round(most.oe_high, 2)) == (0.21, 0.54)

# %% [markdown]
# ## 5. Second tool: a published one, twice
#
# The Epic Sepsis Model warns of sepsis in hospital. It was evaluated from outside in 2021, and its second version in 2026.
# We answer from these pages alone. **A question that is not in our table is unknown.** To teach, we take both tests to count, and our limit for the AUC is the vendor's own lowest
# figure, 0.76. Your committee must write its own first. **It is an
# exercise on a few published lines, and no verdict on the product.**

# %% fold=true
display(EPIC_2021)
display(EPIC_2026)

# %% fold=true
Question(
    "AUC 0.63 in 2021, and 0.82 to 0.92 in four systems in 2026. Is version 2 ready to use in your hospital?",
    {
        "Yes: it has now been tested outside": "In four systems, each with its own fit. Yours would be a fifth.",
        "Not from this page alone: what it means here is open": "One product, four fitted models, scores from 14 to 37 for the same sensitivity. The authors themselves advise a local test.",
        "No: a tool that failed once stays unusable": "It is a new version, with new evidence.",
    },
    right="Not from this page alone: what it means here is open",
    why="The two studies differ in years, patients and the definition of sepsis, so the difference is not the gain of the new version. "
    "The fair comparison is on the same hospital stays: there the first version was worse in all four.",
)

# %% fold=true
for sheet in (EPIC_2021, EPIC_2026):
    show_answers(sheet.checklist())

# %% claim=true
assert [round((1 - ppv) / ppv) for ppv in (0.26, 0.13)] == [3, 7]  # Wong 2026
(systems,) = (content.rows for _, content in EPIC_2026.text if hasattr(content, "rows"))
scores, ppvs = ([float(line[column][:4]) for line in systems] for column in (3, 4))
assert (min(scores), max(scores), min(ppvs), max(ppvs)) == (14, 37, 0.13, 0.26)

# %% [markdown]
# ## 6. Third tool: ChestGuard again, with the checklist
#
# Go back to [the sheet in part 1](#1.-First-without-a-checklist) and answer all 16 questions **from the sheet** (25 minutes). What "guaranteed at 95%" means,
# 11 asks; at 9 look for the doubt about this patient. You have no screen here: at 11 to 13 take the sheet's word for what it shows. Copy a few words of the
# sheet as evidence for each yes. If the form does not react, choose *Run > Run All Cells*.
#
# **Do not lose your answers.** The form keeps each answer that counts (a *yes* once its evidence does) in a file on this computer, and nowhere
# else. After a reload of the page the form does not react: run its cell again, and your answers are there. *Begin anew* below the form deletes
# them. If nothing can be kept, the line below the form says so.

# %%
form = ChecklistForm(Checklist("ChestGuard"), keep=True)
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
    f"<details><summary>Show all our answers on ChestGuard, with the reasons</summary><ol>{ours}</ol><b>What you say in the "
    "meeting:</b> Do not use, because of 16: it learns continuously, so what was tested is not what will run. Three questions are "
    "open: the groups at our threshold (5), calibration (7), what 95% covers (11). One paper is missing: who was tested (2). Good was the test in our "
    "hospital: 2,400 patients, AUC 0.90 (0.88 to 0.92). But it was of a model that has changed since. With one fixed version, "
    "and 2, 4 to 13 and 16 answered afresh, we judge again.</details>"
)

# %% [markdown] slide="Not ready: now what? | Card in hand: every open question has an address, a document and a person. | Whom would you ask tomorrow? | Ask whom"
# How many things on your paper are **not** among the 16 questions? We know of no trial of this checklist.
#
# ## 7. Not ready to use: what now?
#
# | Open questions | Ask for | Ask whom |
# |---|---|---|
# | 1, 3 | the model card (Mitchell 2019), or the one-page Model Facts label (Sendak 2020): purpose, label, when *not* to use it | the vendor |
# | 2, 4, 5, 7, 8 | the validation report (TRIPOD+AI says what belongs in it), by group, with intervals; then a test on local patients at your threshold | the vendor; then the team responsible for AI |
# | 6, 9 to 13 | the search for shortcuts; what "confidence" means, and the coverage by class and group; the sanity check of the explanation | the vendor's developers |
# | 14 | your own note, before you look; the list of what the model is not told | yourself; the vendor |
# | 15, 16 | the override procedure, the named owner, the version, the monitoring | your hospital: the tool's owner; for the version the vendor |
#
# A *no* about the tool goes to the vendor, to be mended (the threshold: to the owner). Then answer 2, 4 to 13 and 16 again, with new patients; after a new label 3 too.
#
# And the permissions, for which these questions do not ask: approval as a medical device for this use, data protection and security, contract, liability, equal treatment,
# what patients are told. Before the first patient the office for each must say yes in writing. A silent trial (nobody who treats sees the output) uses real patients too: before it, ask the
# ethics committee and data protection (18.5).
#
# ## 8. The card, and six questions for the ward
#
# To print: [the card](../docs/checklist_card.pdf) for the committee and [the page for the
# ward](../docs/checklist_ward_card.pdf): read it once by day.

# %% [markdown]
# ## 9. Close the book
#
# Do not scroll up. Say the six groups aloud, or write them down. Then open the answer.

# %% fold=true
answer = "".join(f"<li>{title}</li>" for title in GROUPS.values())
HTML(f"<details><summary>Show the six groups</summary><ol type='A'>{answer}</ol></details>")

# %% [markdown]
# ## Three questions to take with you
#
# Answer in your own words, then open ours.
#
# **1.** A tool shows a risk, with a range. It shows no heatmap, no reasons and no prediction sets. All other questions are yes, with evidence.
# What do you write at 11, 12 and 13, and what is the verdict?
#
# <details><summary>Our answer</summary>
#
# "Not applicable", each with its reason: "promises no coverage" (11), "shows no explanation" (12 and 13). The verdict is *ready to
# use*. "Yes" would claim evidence that does not exist. ("95 of 100 refitted models lie in the range" answers 9. "95 of 100 results lie in it" is a promise: answer 11. Neither: 9 is unknown.)
#
# </details>
#
# **2.** A tool has been in use on your ward for a year. You find that question 5 is unknown; all others are yes. What may you do
# today, and whom must you tell?
#
# <details><summary>Our answer</summary>
#
# The verdict is *no weight yet*. **Do at once** (a protocol that binds you: part 3): stop relying on it, tell every shift, and go back to
# what was done before the tool. **You must tell** the owner, in writing, which table is missing; and patient safety, if anybody may have come to harm. **You may not
# switch it off:** that is for those whom the procedure names (15). Ask them for a silent trial, after the permissions of part 7: so the team
# responsible for AI can make the table. (Last year's
# patients give no table if the tool predicts the future: staff acted on its output, and so changed the outcome.)
#
# </details>
#
# **3.** A sheet says: "Our sets hold the truth in 95% of all patients, and in 94% to 96% of women, of men and of each age group.
# Calibrated on 3,000 of your own patients, last spring." In your clinic 5% have the disease. What is missing at question 11?
#
# <details><summary>Our answer</summary>
#
# The coverage among the **sick**. With 5% ill in each group, a tool whose sets always say "healthy" would cover 95% of all patients, of women, of men and of
# each age group, and not one sick person. The answer is unknown, and one unknown in A to D stops. Ask for the coverage by class, with its interval.
#
# </details>

# %% [markdown] slide="key points | without: Not applicable; Ready to use holds; Version 2.2 | Back to the case | ChestGuard, by its sheet: do not use. It learns continuously, so what was tested is not what will run. Open: the groups, calibration, what is covered. Missing: who was tested." say="With one fixed version, tested afresh, we judge again. | The no, at question 16: 'learns continuously': the model in use is no longer the one that was tested. Unknown: who was tested, 'a diverse and representative population', without a table; the groups, 'works for every patient': no age, sex or illness; calibration, 'highly reliable, as the AUC shows': an AUC says nothing about calibration; what is covered, 'guaranteed': over whom, and also for those with pneumonia? The other eleven: yes, from the sheet. || Fifteen = {Answer 4}: one unknown in A to D stops. | Not stated = {Answer 1}: what nobody has tested is an 'I don't know'. | Guaranteed = {90% of}: of all 0.90 are covered, of those with diabetes 0.54. | Red flag = {Answer 1}: two red flags, and both answers are 'I don't know'."
# ## Key points
#
# - Six groups: right tool, shown to work, the number, its doubt, its explanation, and your act.
# - Yes needs evidence. Evidence against the tool is a no. No evidence is an unknown.
# - Not applicable, with its reason, is for what the screen does not promise or show.
# - One unknown in A to D, or at 15 or 16: decide as if you had not seen the output. A no there: do not use. Usual care goes on.
# - Ready to use holds for one version, one decision and one kind of patient. It is no permission, and it does not say that patients fare better than today.
# - Ask of every number: is it about the people whom the tool is meant for?
#
# ## Exercises
#
# {{Count 18.6}} exercises (only 18.6-d needs code): [exercises/18_6_clinicians_checklist.ipynb](../exercises/18_6_clinicians_checklist.ipynb).
#
# ## References
#
# - Collins G. S. et al. TRIPOD+AI statement: updated guidance for reporting clinical prediction models that use regression or machine learning methods. BMJ 2024;385:e078378. doi:10.1136/bmj-2023-078378
# - Finlayson S. G. et al. The clinician and dataset shift in artificial intelligence. N Engl J Med 2021, letter. doi:10.1056/NEJMc2104626
# - McBeth R. The Clinical AI Field Guide, chapter 18. University of Pennsylvania. (The chapter that this course follows.)
# - Mitchell M. et al. Model cards for model reporting. 2019. arXiv:1810.03993
# - NHANES 2017-2018, National Center for Health Statistics. Public domain. See `load_nhanes_diabetes().source`.
# - Sendak M. P. et al. Presenting machine learning model information to clinical end users with model facts labels. npj Digit Med 2020;3:41. doi:10.1038/s41746-020-0253-3
# - Wong A. et al. External validation of a widely implemented proprietary sepsis prediction model in hospitalized patients. JAMA Intern Med 2021;181:1065-1070. doi:10.1001/jamainternmed.2021.2626
# - Wong A. et al. Multicenter prospective validation of an updated proprietary sepsis prediction model. JAMA Netw Open 2026;9(2):e260181. doi:10.1001/jamanetworkopen.2026.0181. (Seen: the abstract, and its tables as two public summaries quote them.)
