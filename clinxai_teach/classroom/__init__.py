"""A class and its marks: `clinxai class`, from the list of people to the list of points.

The tasks are templates outside the package (`teaching/assessment/`), each with a variant for every person. nbgrader
keeps the book of marks; what it lacks stands here: variants, reading what was handed in, and a cage in which answers
run while the judge sits outside.

    roster        who is in the class              cage      answers run here (with inside and values)
    course        the course folder, its secret    judge     what one person's answers are worth
    items         tasks and their variants         book      nbgrader's book of marks
    handout       a person's notebook              marks     points, and what a teacher should look at
    collecting    what was handed in (with         commands  the steps that a lecturer types
                  finding and repairing)           edition   what the class installs
"""
