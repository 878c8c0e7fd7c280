"""Verdicts: pure functions from what was expected and what came back to points and explanations."""
