# %% [markdown]
# # What did the class gain?
#
# For teachers. From the answers of a class to the two forms of the concept test, this notebook computes the mean gain
# with its 95% interval, for the whole test and for each section, and which misconceptions are left. You need no code:
# change one name, run the cells from the top (*Run > Run All Cells*). Nothing leaves this computer.
#
# **Use numbers instead of names**, and keep the list of numbers apart. Tell the class before what the answers are for,
# and that they do not count for marks.

# %%
from pathlib import Path

import gains

# %% [markdown]
# ## 1. A class that does not exist
#
# So that you see what comes out, this cell writes a file of **30 made-up persons** (no real answers).

# %%
if not Path("made_up_class.csv").exists():
    gains.made_up_class("made_up_class.csv", people=30)

print(gains.summary("made_up_class.csv"))

# %% [markdown]
# ## 2. Your class
#
# 1. Take away the `#` in the next cell, write how many persons you have, and run it once. It writes `my_class.csv`:
#    two rows for each person, *before* and *after*.
# 2. Open the file in a spreadsheet. Type the form, A or B, **as it stands on the paper**, and the letters below q1 to
#    q20; leave empty what they left empty, and all of it for whoever was not there. Save it **as CSV**.

# %%
# gains.empty_table("my_class.csv", people=30)

# %% [markdown]
# ## 3. The gain
#
# Put the name of your file between the quotation marks and run the cell. If something is wrong in the file, it says in
# which line.

# %%
FILE = "made_up_class.csv"  # <- your file's name

print(gains.summary(FILE))

# %% [markdown]
# ## How to read it
#
# - The interval is Student's, over the persons of this class. It says nothing about other classes or teachers.
# - **A gain is not yet an effect of the course.** There is no group without it. The same persons were asked twice, and
#   one may learn from being asked.
# - Neither form was tried with learners, so A may be easier than B. Therefore one half begins with A and one with B;
#   a sentence says so if the halves are uneven.
# - Whoever answered once only, or the same form twice, is left out. If they were the weak ones, the gain looks too
#   good.
# - Fewer empty answers are a gain, too, by guessing: one in three.
# - The shares of what is missed have wide intervals. Take up the first two or three in the room; do not rank persons.
