"""What operators see of the running server: log lines, metrics, traces, health."""
