"""The course's questions and closed exercises, with their reasons, for a learning platform (LMS).

`items` reads them from the course folder; `moodle`, `gift`, `qti12` and `qti21` each write one format. No well-kept
library that writes the reason of each answer in all of these was found (November 2026), so Python's own XML does it.
"""
