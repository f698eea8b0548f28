"""The peers written in Python, each in the good style of its library, over the same tables."""
