"""One file per change of the tables, each with a way up and a way down."""
