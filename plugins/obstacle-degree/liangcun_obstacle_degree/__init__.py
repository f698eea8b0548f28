"""障碍度模型: a scorer in Python that says which criteria hold a village back most, over entropy weights."""

from __future__ import annotations

from collections.abc import Sequence

from liangcun_obstacle_degree.scoring import obstacle_degrees, total
from liangcun_obstacle_degree.summary import obstacles
from liangcun_standards import (
    Figure,
    QueryColumn,
    QueryField,
    Scorer,
    StandardText,
    Text,
    documents_in,
    hookimpl,
)


@hookimpl
def liangcun_standards() -> Sequence[StandardText]:
    """The documents in the folder `standards`."""
    return documents_in(__name__)


@hookimpl
def liangcun_scorers() -> Sequence[Scorer]:
    """The scorer that documents name as `obstacle-degree.entropy`."""
    return [
        Scorer(
            name="entropy",
            title=Text("熵权综合得分与障碍度", "total by entropy weights, with obstacle degrees"),
            function=total,
            peer_relative=True,
            tells=(
                Figure("weight", Text("熵权", "entropy weight"), "percent"),
                Figure("obstacle_degree", Text("障碍度", "obstacle degree"), "percent"),
            ),
            figures=obstacle_degrees,
        )
    ]


@hookimpl
def liangcun_graphql() -> Sequence[QueryField]:
    """What clients ask by `ext { obstacleDegree { obstacles(within, period) { nodes { … } } } }`."""
    return [
        QueryField(
            name="obstacles",
            description=Text(
                "一地各村的障碍因素，最大的在前。", "What holds the villages of a place back, the most first."
            ),
            standard="220000/village-obstacles",
            columns=(
                QueryColumn("criterion", "text", Text("条目代码", "the criterion's code")),
                QueryColumn("title", "text", Text("条目", "the criterion")),
                QueryColumn(
                    "mean_degree", "number", Text("平均障碍度（%）", "mean obstacle degree, in percent")
                ),
                QueryColumn(
                    "foremost", "whole", Text("列首位的村数", "of how many villages it is the greatest")
                ),
            ),
            function=obstacles,
        )
    ]
