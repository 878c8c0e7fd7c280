"""Naming the mistake: what is known of a wrong solution, as facts."""
