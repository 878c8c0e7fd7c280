"""Single mistakes, one idea a file: where in a function each can be made."""
