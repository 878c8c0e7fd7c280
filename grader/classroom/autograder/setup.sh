#!/bin/sh
# Gradescope runs this once, as root, when the image of the autograder is made: it installs grader into an environment of
# its own, beside this file. The default image has Python 3.10, and grader needs 3.11 or newer.
#
# AUTOGRADER stands for /autograder. What goes wrong is said here, and in setup-failed.txt.
set -u
source=${AUTOGRADER:-/autograder}/source
failed=$source/setup-failed.txt
rm -f -- "$failed"
chmod -R go= -- "$source" # the reference and hidden cases: student code runs as another user

fail() {
    echo "$1" | tee -- "$failed" >&2
    exit 1
}

find_python() {
    for each in python3.13 python3.12 python3.11 python3; do
        if command -v "$each" >/dev/null && "$each" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$each
            return 0
        fi
    done
    return 1
}

if ! find_python; then
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y python3.11 python3.11-venv
    find_python || fail 'No Python 3.11 or newer is here, and apt-get could not install python3.11: choose a newer base image.'
fi
"$python" -m venv --clear "$source/venv" || fail "$python could not make a virtual environment."
"$source/venv/bin/python" -m pip --disable-pip-version-check install -q -r "$source/requirements.txt" "$source"/*.whl ||
    fail 'pip could not install what grader needs: its messages stand above.'
# The bank comes along. It is put into the cache here, once; each submission starts from this image.
GRADER_CACHE=$source/cache "$source/venv/bin/grade" build @ASSIGNMENT@ --course "$source/course" ||
    fail 'The cases could not be unpacked: the message stands above.'
"$source/venv/bin/grade" doctor
