"""How long grading takes, as ratios to something that anyone would accept: measured side by side, never tested."""
