WIDTH = 186.0  # millimetres between the margins of the paper
LEAST = 9.0  # points of the smallest letters
