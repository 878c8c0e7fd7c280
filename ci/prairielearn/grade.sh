#!/bin/sh
# The entrypoint of an external grader: grades the student's files into results.json.
#
#   grade.sh ASSIGNMENT
#
# GRADE_FOLDER stands for /grade, where PrairieLearn puts everything. GRADER_COURSE names the course, without which it is
# serverFilesCourse/grader.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
grade=${GRADE_FOLDER:-/grade}
export GRADER_COURSE="${GRADER_COURSE:-$grade/serverFilesCourse/grader}"
sh "$here/../results.sh" prairielearn "$here/fallback.json" "$grade/results/results.json" "${1:-}" "$grade/student"
