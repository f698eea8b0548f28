"""Plugins (插件) as GraphQL shows them."""
