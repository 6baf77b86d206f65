"""Requests made up from the OpenAPI document: whatever comes is answered or refused, and nothing fails."""

import os
from collections import Counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from serving import NoPlanner, disc, rle, running, studio_round
from shipped import needs_shipped
from threadpoolctl import threadpool_limits

from smartmask.apps.load import SmartMask
from smartmask.apps.serve.limits import Limits

EACH = int(os.environ.get("REQUESTS_EACH", 14))
"""Requests of each of the sixteen routes; the two without members get one."""

DRAWN = ("/v1/suggest", "/v1/variations", "/v1/between")


@pytest.mark.slow
@needs_shipped
def test_made_up_requests_are_answered_or_refused(photo_png, record_property):
    reason = "schemathesis is not installed: pip install -e '.[dev]'"
    schemathesis = pytest.importorskip("schemathesis", reason=reason)
    studio = studio_round(SmartMask.load(), Limits(megapixels=0.2), NoPlanner())
    with threadpool_limits(1, "blas"), running(studio) as server:
        photo_id = server.client.post("/v1/photos", content=photo_png).json()["photo_id"]
        layout_id = server.client.post("/v1/layouts", json={"photo_id": photo_id}).json()["layout_id"]
        # Made up, an id is never one that is kept, and a mask never one that fits.
        known = {"layout_id": layout_id, "photo_id": photo_id, "cutout_id": photo_id}
        known |= dict.fromkeys(("rle", "one", "other", "region"), rle(disc()))
        known |= {"prompt": "a ball", "scribble": {"wanted": rle(disc())}}
        document = schemathesis.openapi.from_url(f"http://127.0.0.1:{server.port}/openapi.json")
        statuses = Counter()
        for operation in document.get_all_operations():

            @settings(
                max_examples=EACH, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
            )
            @given(case=operation.ok().as_strategy(), is_known=st.booleans())
            def answered(case, is_known):
                if is_known and isinstance(case.body, dict):
                    case.body.update({name: known[name] for name in known.keys() & case.body.keys()})
                    if case.operation.path in DRAWN:
                        case.body["n"] = 1  # for the sake of time
                for name in case.path_parameters if is_known else ():
                    case.path_parameters[name] = layout_id
                answer = case.call(timeout=120)
                assert answer.status_code < 500, answer.text
                statuses[answer.status_code] += 1

            answered()
        for status, count in sorted(statuses.items()):
            record_property(str(status), count)
        assert statuses.total() > 14 * EACH
        assert statuses[200] > 0.1 * statuses.total()
