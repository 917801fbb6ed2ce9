"""Tables: the outcome for readers and for programs."""
