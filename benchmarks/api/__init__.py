"""The API measured against its peers: same PostgreSQL, same data, one worker process each, in one run."""
