"""Where data is kept: tables, migrations, transactions and bulk loading, on SQLite and PostgreSQL."""
