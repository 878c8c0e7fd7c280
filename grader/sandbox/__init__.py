"""Running student code at a distance: the seam is :mod:`grader.sandbox.api`. Empty, since workers pass through it."""
