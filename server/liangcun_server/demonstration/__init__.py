"""Demonstration data: the article's published figures and simulated village values, each labelled as such."""
