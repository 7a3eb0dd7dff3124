# %% [markdown]
# ## Reply to a vendor
#
# {{material}}
#
# A teacher marks it, or you do, by this list and the model answer: `solution("18.1-h")`.

# %% answer [markdown] points=4 minutes=10 difficulty="hard" coding="none"
# ### BEGIN SOLUTION
# Thank you. A heatmap shows where evidence lies, not what would happen without the letter. We do not know how the nine
# films were chosen, and no chance level is given. They show a possibility, not a frequency.
#
# What would convince us: your tool on the same films, with and without pneumonia, with the letter covered and with an equal
# patch covered elsewhere; the changes with 95% intervals. Before we count we fix that 5 points would matter.
#
# Until then we switch the tool off for all patients. If it uses the letter, it gives false alarms on films with it, and misses
# pneumonia on films without it, outside intensive care. Every film is read without the tool.
# ### END SOLUTION

# %% judge
from clinxai_teach.checks.kinds import free_text

EXERCISE = free_text(
    {
        "says what the nine heatmaps show and what they cannot show": 1,
        "asks for a comparison: the letter covered or absent, with a control, and a difference with its interval": 1,
        "fixes beforehand which difference would matter": 1,
        "says where an explanation would help, or what happens to patients until the answer is there": 1,
    },
    about="Your hospital has asked a vendor if the pneumonia tool goes by the lead letter of the intensive care unit. The "
    'vendor answers: *"Enclosed are nine heatmaps. In all nine the warm colours lie on the lung. So our tool does not use '
    'the letter."* Write the reply in **at most 120 words**: what this shows, what it does not show, and what you ask for.',
    hints=(
        "How were the nine films chosen? How often would a map lie on the lung by chance?",
        "What would you change in a film, and what would you leave as it is? What is the control?",
        "End with what happens to patients until the answer is there. Which films get the false alarms, and which the misses?",
    ),
    why="Not every worry is answered by an explanation. A reply that names the missing comparison can be answered by a count.",
)
