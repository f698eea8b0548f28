"""What if: changes to a standard tried out over real villages. Nothing is kept unless saved."""
