"""What one request, and one client, may ask for: checked before anything runs, quickly for any document."""
