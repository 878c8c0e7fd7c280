"""Making workers that the kernel confines: a warm Python forks one for each submission."""
