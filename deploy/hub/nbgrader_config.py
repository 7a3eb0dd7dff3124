"""nbgrader's settings for everybody on the hub: where tasks are handed out and in."""

import os

c = get_config()  # noqa: F821  (nbgrader provides it)

c.Exchange.root = os.environ.get("CLINXAI_EXCHANGE", "/srv/clinxai-hub/exchange")
c.CourseDirectory.course_id = "clinxai"
if os.environ.get("CLINXAI_TRIAL"):  # everybody has the same account then, so the name comes from the sign-in
    c.CourseDirectory.student_id = os.environ.get("JUPYTERHUB_USER", "*")
