"""Sphinx builds these pages: ``make docs``."""

from grader import __version__

project = "grader"
author = "the grader contributors"
release = version = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "grader"
html_show_copyright = False
myst_heading_anchors = 3  # so that [text](page.md#a-heading) can be checked
nitpicky = True
