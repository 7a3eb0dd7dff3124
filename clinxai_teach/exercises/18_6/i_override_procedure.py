# %% [markdown]
# ## Write an override procedure
#
# The silent trial of a sepsis alert went well, and your ward begins on Monday. Write the procedure for overriding it in **at
# most six sentences**, so that a nurse who works her first night here could follow it. The marks:
#
# {{material}}
#
# A teacher marks it, or you do, by the list above and the model answer: `solution("18.6-i")`.

# %% answer [markdown] points=5 minutes=12 difficulty="hard" coding="none"
# ### BEGIN SOLUTION
# 1. Look at the patient before you read the alert, and note what you would do.
# 2. Any nurse or doctor may override an alert: press "override" and choose a reason (already treated, another cause, wrong
#    data, other), which is logged.
# 3. If the patient worsens, at any time, call the registrar, whatever was chosen; if it is within six hours, the alert also
#    counts as open again.
# 4. If alerts come in numbers, for the wrong patients, or not at all for 12 hours, the registrar on call (bleep 100) switches
#    the tool off, and the ward goes back to early warning scores by hand.
# 5. Harm or near harm is reported the same day, with the version on the screen, to patient safety, which tells the maker and
#    the authority.
# 6. Dr A. N. Owner, lead of the tool, reads all overrides and their outcomes every Monday, and tells the ward what changed.
# ### END SOLUTION

# %% judge
from clinxai_teach.checks.kinds import free_text

EXERCISE = free_text(
    {
        "says who may override, and how, in words that need no other document": 1,
        "asks for a reason from a list, and logs it": 1,
        "says when the whole tool is stopped, by whom, and what is used instead": 1,
        "says where harm is reported, and who tells the maker and the authority": 1,
        "names one owner who reads the overrides with their outcomes, and when": 1,
    },
    hints=(
        "Think of 03:00: who decides, with which key, and who is woken?",
        "One override is about a patient. Stopping the tool is about all patients. Write both.",
        "An override that nobody reads teaches nobody. Who reads it, when, and with the outcome?",
    ),
    why="Question 15 asks for exactly this. A procedure that fits on a card is used at night.",
)
