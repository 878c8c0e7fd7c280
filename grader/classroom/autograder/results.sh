#!/bin/sh
# Grades PATH and leaves a whole results file of a service at RESULT, whatever becomes of the grading.
#
#   sh results.sh KIND FALLBACK RESULT ASSIGNMENT PATH [SUMMARY]
#
# FALLBACK says that nothing could be graded and nobody loses points. It lies at RESULT before grade starts, and is
# replaced by a whole file alone, by renaming: so it stays where grade fails, is killed, or finds the disk full. SUMMARY,
# if named, gets the report as Markdown, behind what it holds. Nothing is printed but a sentence on stderr where nothing
# was graded; what grade says, which may name files of the course, goes to the file GRADER_LOG, if that is set.
#
# GRADER_COURSE names the course, GRADE the command. Exit codes: 0 graded, 3 not graded.
set -u
kind=$1 fallback=$2 result=$3 assignment=$4 path=$5 summary=${6:-}
folder=$(dirname -- "$result")

put_fallback() { # on a full disk a name takes no room where a copy does
    cp -- "$fallback" "$result" && return
    rm -f -- "$result"
    ln -- "$fallback" "$result" || ln -s -- "$fallback" "$result"
}

is_whole() { # as grade ends what it writes: a file that was cut ends otherwise
    case $kind in
    dodona) case $(tail -n 1 -- "$1") in '{"command":"close-judgement"'*'}}') ;; *) return 1 ;; esac ;;
    *) [ "$(head -n 1 -- "$1")" = '{' ] && [ "$(tail -n 1 -- "$1")" = '}' ] ;;
    esac
}

mkdir -p -- "$folder"
rm -rf -- "$result" # what lies there, be it a link, was handed in
put_fallback 2>/dev/null

new=$(mktemp -d -- "$folder/.grade-XXXXXX" 2>/dev/null) || new=
trap '[ -z "$new" ] || rm -rf -- "$new"' EXIT
trap 'exit 3' HUP INT TERM
code=3
if [ -n "$new" ]; then
    set -- --no-github --require-level 3 --write "$kind" "$new/results"
    [ -z "$summary" ] || set -- "$@" --write github "$new/summary.md"
    "${GRADE:-grade}" run "$assignment" "$path" "$@" >/dev/null 2>>"${GRADER_LOG:-/dev/null}"
    code=$?
fi
case $code in
0 | 1 | 3) ;;
*) rm -f -- "$new/results" ;;
esac
if [ -n "$new" ] && [ -f "$new/results" ] && is_whole "$new/results" && mv -f -- "$new/results" "$result"; then
    [ -z "$summary" ] || cat -- "$new/summary.md" >>"$summary"
else
    code=3
fi
[ "$code" -ne 3 ] || echo 'Nothing was graded, which costs no points: the results say why.' >&2
[ "$code" -eq 3 ] || code=0
exit "$code"
