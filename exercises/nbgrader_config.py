# For teachers who mark with nbgrader (pip install "clinxai-teach[class]"). Learners do not need this file.
#
# The notebooks in solutions/ are nbgrader sources as they are: solved, with the cell metadata, the points
# and the "### BEGIN SOLUTION" markers. With the Python environment active (nbgrader calls its programs by
# name), from the root of this repository:
#
#   1. Make a course folder, with one folder for each assignment:
#          mkdir -p course/source/18_1
#          cp exercises/nbgrader_config.py course/
#          cp solutions/18_1_*.ipynb course/source/18_1/
#   2. Make the learners' version, course/release/18_1/:
#          cd course
#          nbgrader generate_assignment 18_1 --create
#   3. Put what they hand in under course/submitted/<learner>/18_1/, the file's name unchanged. The notebooks
#      in exercises/ may be handed in too: they have the same cells.
#   4. Mark, and write the marks to course/grades.csv:
#          nbgrader autograde 18_1 --create
#          nbgrader export
#
# Autograding runs the learners' code with your rights. Use an account or a container made for it.

import os

os.environ["CLINXAI_PROGRESS"] = "off"  # else what learners hand in would be counted as your own progress

c = get_config()  # noqa: F821  (nbgrader provides it)

# The stub that tools/build.py writes too (a test compares them). It raises nothing, so an untouched function
# returns None and the check answers "not attempted".
c.ClearSolutions.code_stub = {"python": "# YOUR ANSWER HERE\npass"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# Seconds for each cell; nbgrader's own 30 can be too few on a slow machine.
c.Execute.timeout = 120
