"""The autograder of a classroom: Classroom 50 runs this file in the student's checkout. The work is done by grade.sh.

Put it, as it is, where `gh teacher autograder set-default` finds it. GRADER_HOME names the folder of grader on the
machine that grades, without which it is /srv/grader.
"""

import os

HOME = os.environ.get("GRADER_HOME", "/srv/grader")
os.execv("/bin/sh", ["/bin/sh", f"{HOME}/ci/classroom50/grade.sh"])  # noqa: S606 - the shell, by its path, and no word of a student
