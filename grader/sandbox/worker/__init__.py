"""Everything that runs inside the process of student code, and nothing else."""
