"""Reading and writing the tables of an instance file."""
