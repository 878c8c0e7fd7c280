"""The instructor's folder, from where its files lie to an :class:`~grader.records.assignment.Assignment`."""
