"""How firm rankings are, and what to find out first, over what is in the database."""
