"""What takes rights away from a process, and what finds out which of that holds on a machine."""
