"""The scalars of the API beyond GraphQL's own."""

from __future__ import annotations

import strawberry
from strawberry.types.scalar import ScalarDefinition

from liangcun_standards.periods import Period


def _parse_period(value: object) -> Period:
    return Period.parse(value if isinstance(value, str) else str(value))


PERIOD: ScalarDefinition = strawberry.scalar(
    name="Period",
    description="A year, half, quarter or month: 2023, 2023-H1, 2023-Q2 or 2023-07.",
    serialize=str,
    parse_value=_parse_period,
)

SCALARS: dict[object, ScalarDefinition] = {Period: PERIOD}
