"""What fields cost and how long their lists are taken to be, by schema coordinate (`Type.field`)."""

from __future__ import annotations

from collections.abc import Mapping

# In tenths of a point, so that leaves count too without fractions.
POINT = 10
OBJECT = POINT
LEAF = 1

# Points for what a field does besides giving objects and leaves: statements, scoring, text put together.
WEIGHTS: Mapping[str, float] = {
    "Query.region": 1,
    "Query.regions": 2,
    "Query.village": 1,
    "Query.villages": 2,
    "Query.scorecard": 20,
    "Query.ranking": 50,
    "Query.previewStandard": 300,
    "Query.compareStandards": 300,
    "Query.assessment": 2,
    "Query.assessments": 2,
    "Query.assessmentVerification": 300,
    "Assessment.results": 50,
    "Query.improvementPlan": 200,
    "Query.budgetPlan": 5_000,
    "Query.costTable": 2,
    "Mutation.saveCostTable": 50,
    "ImprovementPlan.notes": 5,
    "BudgetPlan.notes": 5,
    "Comparison.movers": 20,
    "Comparison.notes": 5,
    "Mutation.saveStandard": 50,
    "Mutation.publishStandard": 50,
    "Mutation.bindStandard": 10,
    "Mutation.setPluginEnabled": 50,
    "Mutation.runAssessment": 300,
    "Mutation.publishAssessment": 300,
    "Region.children": 1,
    "Region.scorecard": 5,
    "Scorecard.rank": 1,
    "CriterionResult.explanation": 0.2,
    "CriterionResult.values": 0.2,
    "RankingEntry.mainProblems": 0.5,
    "RankingConnection.notRanked": 2,
    "Standard.document": 2,
    "StandardDraft.document": 2,
    "Standard.jurisdiction": 1,
}

# Where a field that isn't of the product says what it costs, in points, among its metadata.
COST = "liangcun cost"

# How long a list is taken to be where no argument says it.
USUAL_SIZE = 10
SIZES: Mapping[str, int] = {
    "Criterion.indicators": 2,
    "CriterionGroup.criteria": 5,
    "CriterionResult.values": 2,
    "Indicator.choices": 4,
    "Observation.history": 1,
    "Plugin.standards": 3,
    "Query.plugins": 10,
    "Query.standardBindings": 10,
    "Query.standardDrafts": 10,
    "Query.standards": 10,
    "RankingEntry.mainProblems": 3,
    "Region.ancestors": 4,
    "Region.observations": 30,
    "Scorecard.adjustments": 3,
    "Scorecard.criteria": 25,
    "Scorecard.groups": 6,
    "Scorecard.vetoedBy": 2,
    "Standard.criteria": 25,
    "Standard.grades": 4,
    "Standard.groups": 6,
    "Standard.tailoring": 10,
    "Standard.tiers": 3,
    "VillageChange.because": 5,
    "Assessment.criteria": 25,
    "Assessment.plugins": 3,
    "Assessment.notices": 10,
    "AssessedRegion.criteria": 25,
    "AssessmentVerification.differences": 10,
    "BudgetPlan.chosen": 50,
    "BudgetPlan.following": 10,
    "BudgetPlan.notes": 6,
    "CostTable.costs": 50,
    "ImprovementPlan.changes": 8,
    "ImprovementPlan.keptAsIs": 5,
    "ImprovementPlan.notes": 6,
    "PlannedChange.criteria": 2,
    "Comparison.pairs": 15,
    "Comparison.standards": 6,
    "ComparedRegion.standings": 6,
    "Mover.because": 40,
    "Mover.rest": 4,
    "__Directive.args": 2,
    "__Directive.locations": 3,
    "__Field.args": 3,
    "__Schema.directives": 6,
    "__Schema.types": 60,
    "__Type.enumValues": 4,
    "__Type.fields": 8,
    "__Type.inputFields": 4,
    "__Type.interfaces": 1,
    "__Type.possibleTypes": 2,
}

# The argument whose own length says how long the list will be.
SIZED_BY: Mapping[str, str] = {"Region.observations": "indicators"}
