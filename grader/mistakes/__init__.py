"""Wrong versions of a reference: made from it, or written beside it, and what running them gives."""
