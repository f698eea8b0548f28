"""Improvement plans: costs that an administrator keeps, one village's plan, a county's budget."""
