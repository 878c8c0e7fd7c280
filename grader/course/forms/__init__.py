"""What an assignment file may hold: a form for each kind of value, which reads it and has its JSON Schema."""
