"""A class and its marks: `clinxai class`, from the list of people to the list of points.

The tasks are templates outside the package (`teaching/assessment/`), each with a variant for every person. nbgrader
keeps the book of marks; what it lacks stands here: variants, reading what was handed in, and a cage in which answers
run while the judge sits outside.

    roster      who is in the class             collecting  what was handed in, and by whom
    course      the course folder, its secret   cage        answers run here (with inside, values)
    items       tasks and their variants        judge       what an answer is worth, for one person
    handout     a person's notebook             book, marks nbgrader's book of marks; points and what to look at
"""
