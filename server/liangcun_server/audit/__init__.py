"""The audit: what proves that no write was changed, added or taken away behind the program's back."""
