"""The whole web application is watched: numbers, figures, and what is told of readiness."""

from __future__ import annotations

import httpx
from tests.server.http.conftest import Post, Serve


async def test_every_answer_has_the_requests_number(client: httpx.AsyncClient, post: Post) -> None:
    assert (await client.get("/healthz")).headers["x-request-id"]
    assert (await post({"query": "{"}, x_request_id="proxy-7")).headers["x-request-id"] == "proxy-7"


async def test_requests_are_told_to_prometheus(client: httpx.AsyncClient, post: Post) -> None:
    await post({"query": '{ region(code: "220722") { name } }'})
    await post({"query": 5})

    text = (await client.get("/metrics")).text
    assert 'liangcun_graphql_requests_total{operation="query",outcome="ok"} 1.0' in text
    assert 'liangcun_graphql_executions_total{fallback="",mode="breadth_first"} 1.0' in text
    assert 'liangcun_graphql_errors_total{code="INVALID_REQUEST"} 1.0' in text
    assert 'liangcun_http_requests_total{method="POST",route="/graphql",status="200"} 1.0' in text
    assert "liangcun_graphql_cost_count 1.0" in text


async def test_metrics_can_be_shut(serve: Serve) -> None:
    async with serve(metrics=False) as client:
        assert (await client.get("/metrics")).status_code == 404
