"""A whole class: collect submissions, grade each, export the scores."""
