"""The choices of an analysis as GraphQL and the command line name them."""

from __future__ import annotations

import strawberry

from liangcun_standards.sensitivity.asking import Choice, Combination, Normalisation
from liangcun_standards.sensitivity.inspecting import Order

NormalisationEnum = strawberry.enum(
    Normalisation, name="Normalisation", description="How points are put on a common scale."
)
AggregationEnum = strawberry.enum(
    Combination,
    name="AggregationChoice",
    description="How criteria are put together: OWN is as the standard says, the others take all at once.",
)
ChoiceEnum = strawberry.enum(Choice, name="SensitivityChoice", description="What is varied, as a whole.")
InspectOrderEnum = strawberry.enum(
    Order,
    name="InspectOrder",
    description="By what is narrowed most: the verdict, the possible score or the possible place.",
)
