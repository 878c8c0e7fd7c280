"""Workers where the kernel confines nothing: one way for Linux, macOS and Windows."""
