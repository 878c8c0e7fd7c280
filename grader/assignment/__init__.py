"""YAML to :class:`~grader.model.Assignment`: the only package that reads YAML."""
