# %% [markdown]
# ## Justify a verdict in writing
#
# LetterLark is invented. It drafts discharge letters with a language model. The committee asks you for a verdict in **at most
# 150 words**: the decision by the rule of the checklist, the known faults and the open questions with their numbers, what of
# it is good, and what must happen before you would say yes. Where the checklist speaks of a risk, think of the support score
# of a sentence; where it speaks of an alert, of a sentence that is marked.
#
# {{material}}
#
# A teacher marks it, or you do, by the list above and the model answer: `solution("18.6-h")`.

# %% answer [markdown] points=5 minutes=20 difficulty="hard" coding="none"
# ### BEGIN SOLUTION
# Do not use LetterLark (question 16): the language model is exchanged and we "will not notice", so the letters of tomorrow come
# from a model that nobody has tested. Two more faults: when the only source was deleted, "41 of 100 sentences stood there as before"
# (12), and "the draft is ready before the doctor opens the record" (14). Open are who the patients were ("patients like yours",
# 2), results by group ("works on every ward", 5), and whether a support of 98% means 98 of 100 ("our users tell us", 7).
#
# Good is the test on our wards, by lot: 5.0% of letters with an error instead of 9.0% (difference 2.0 to 6.0 points), and
# that one person can switch it off.
#
# Before a yes: a frozen version, a test by group, the support score counted, our own plan written first.
# ### END SOLUTION

# %% judge
from clinxai_teach.checks.kinds import free_text
from clinxai_teach.vendor_sheets import LETTER_LARK

EXERCISE = free_text(
    {
        "gives the decision of the rule, and the one question that gives it": 1,
        "names two more faults or open questions by number, each with the words of the sheet": 1,
        "keeps a known fault (no) apart from an open question (unknown)": 1,
        "says what is good, with a number and its interval": 1,
        "says what must happen before a yes, and stays within 150 words": 1,
    },
    about=LETTER_LARK.between_rules(),
    hints=(
        "Fill in the checklist first. Three answers are no, three are unknown, one is not applicable.",
        "Which of the three no stops by the rule? It comes into your first sentence.",
        "End with what you want: who must show what, so that the next committee can say yes.",
    ),
    why="A verdict without its reason cannot be answered. One with a reason tells the vendor what to bring.",
)
