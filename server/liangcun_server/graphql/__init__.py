"""The GraphQL machinery: requests, batches, connections, scalars, errors, and the schema put together."""
