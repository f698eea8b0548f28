"""The web server: the GraphQL endpoint as the GraphQL-over-HTTP specification has it, health, query page."""
