"""The document of the interface is sound, names every route, and answers keep to it; metrics count them."""

import re
from pathlib import Path

import pytest
from openapi_spec_validator import validate
from serving import disc, rle

from smartmask.apps.serve.messages import (
    LayoutAnswer,
    PhotoAnswer,
    SuggestAnswer,
)

DOCUMENT = Path(__file__).parents[3] / "docs" / "HTTP.md"


def test_the_document_is_sound_and_the_guide_names_all_of_it(server):
    document = server.client.get("/openapi.json").json()
    validate(document)
    told = re.sub(r"\{\w+\}", "{id}", DOCUMENT.read_text())
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {re.sub('{[a-z_]+}', '{id}', path)}" in told
    posted = [path for path, methods in document["paths"].items() if "post" in methods]
    assert all(document["paths"][path]["post"].get("requestBody") for path in posted)


def test_the_guide_tells_every_kind_of_problem_and_every_member_of_requests(server):
    from smartmask.apps.serve.problems import KINDS

    told = DOCUMENT.read_text()
    assert [kind for kind in KINDS if f"`{kind}`" not in told] == []
    schemas = server.client.get("/openapi.json").json()["components"]["schemas"]
    requests = [schema for name, schema in schemas.items() if name.endswith("Request")]
    members = {member for schema in requests for member in schema["properties"]}
    assert sorted(member for member in members if f'"{member}"' not in told) == []


def test_answers_keep_to_the_document(server, layout, photo_png):
    PhotoAnswer.model_validate(server.client.post("/v1/photos", content=photo_png).json())
    LayoutAnswer.model_validate(layout)
    push = {"edits": [{"do": "push", "label": "x", "rle": rle(disc()), "behind": [0]}]}
    LayoutAnswer.model_validate(
        server.client.post(f"/v1/layouts/{layout['layout_id']}/edits", json=push).json()
    )
    body = {"layout_id": layout["layout_id"], "prompt": "a ball", "n": 2}
    answer = SuggestAnswer.model_validate(server.client.post("/v1/suggest", json=body).json())
    assert answer.suggestions
    assert all(len(ring) <= 300 for one in answer.suggestions for ring in one.outline)


def test_metrics_count_routes_and_not_addresses(server):
    for number in range(3):
        server.client.get(f"/v1/layouts/{number:032}")
        server.client.get(f"/made/up/{number}")
    text = server.client.get("/metrics").text
    assert 'smartmask_requests_total{method="GET",route="/v1/layouts/{name}",status="404"} 3' in text
    assert "made/up" not in text
    assert re.search(r"^smartmask_cache_bytes [1-9]\d*$", text, re.MULTILINE)
    for line in text.splitlines():
        assert re.fullmatch(
            r'# TYPE \w+ (counter|gauge)|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+', line
        )


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_no_page_that_loads_scripts_from_elsewhere(server, path):
    assert server.client.get(path).status_code == 404
