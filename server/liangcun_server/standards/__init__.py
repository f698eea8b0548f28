"""Standards (标准): which apply where, and how GraphQL shows them."""
