# %% [markdown]
# ## Write the note
#
# {{material}}
#
# A teacher marks it, or you do, by the list above and the model answer: `solution("18.5-k")`.

# %% answer [markdown] points=4 minutes=8 difficulty="medium" coding="none"
# ### BEGIN SOLUTION
# 22:40, before the tool: a pneumonia of the right base is likely (fever, crackles). Tool afterwards:
# pneumonia 0.88, heat on the side marker of the film; no flag, which proves little. Output NOT used: heat on a marker is a suspicion of
# a shortcut. Decision on clinical grounds: antibiotics after blood cultures, second reading of the film by the radiologist in the morning.
# 22:50: telephoned whoever may switch the tool off; owner told by message, with the film's number. Reviewed by: registrar, by name.
# ### END SOLUTION

# %% judge
from clinxai_teach.checks.kinds import free_text

EXERCISE = free_text(
    {
        "notes an own assessment that was made before the output was seen": 1,
        "says act, verify or do not use, as the rule asks": 1,
        "gives the reason by a signal, and not by the number alone": 1,
        "says who is told, and what happens next for the patient": 1,
    },
    about="22:40. A man of 58 with fever and crackles at the right base. You think of pneumonia. The film is portable. The tool says "
    "*pneumonia 0.88*; it raises no flag for unusual input; its heatmap lies on the side marker and a tube. Write the "
    "note, in at most "
    "six sentences.",
    why="The patient may well have pneumonia. The note shows that the decision rests on the patient, that the tool was seen and not used, "
    "and that somebody will look for the shortcut.",
    hints=(
        "What did you think before the output? It belongs first, with the time.",
        "Which signal decides here, and which of the three decisions does it ask for?",
        "End with two names or roles: who reads the film again, and who owns the tool.",
    ),
)
