"""How the tables of an instance file are read and written."""
