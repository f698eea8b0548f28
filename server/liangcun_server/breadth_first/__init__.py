"""Breadth-first execution of GraphQL operations: each field resolved once for all its parents.

It knows Strawberry and graphql-core, and nothing of what a schema is about.

    strawberry.Schema(query=Query, execution_context_class=BreadthFirstExecutor)
"""

from liangcun_server.breadth_first.executor import BreadthFirstExecutor, Mode

__all__ = ["BreadthFirstExecutor", "Mode"]
