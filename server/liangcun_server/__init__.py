"""量村 server."""
