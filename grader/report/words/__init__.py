"""All sentences about a submission, a file a kind of fact. Nothing that is decided reads one of them."""
