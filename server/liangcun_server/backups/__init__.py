"""Backups: the whole database in one file, of one moment, into either kind of database and back."""
