"""What the server did, in the text form that Prometheus reads: requests, seconds, drops, what is kept."""

import time
from collections import Counter, defaultdict

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartmask.apps.serve.studio import Studio


class Metrics:
    """Counts of one server."""

    def __init__(self, studio: Studio) -> None:
        """Begin at nothing."""
        self._studio = studio
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: defaultdict[tuple[str, str], float] = defaultdict(float)

    def counting(self, app: ASGIApp) -> ASGIApp:
        """An app whose requests are counted by method, route and status."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            status = 0

            async def send_noted(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            began = time.perf_counter()
            try:
                await app(scope, receive, send_noted)
            finally:
                if scope["type"] == "http":
                    # Routes alone, which are few: any address may be asked for.
                    method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
                    key = method, getattr(scope.get("route"), "path", "other")
                    self._requests[*key, status] += 1
                    self._seconds[key] += time.perf_counter() - began

        return counted

    def text(self) -> str:
        """All counts."""
        counts, studio = self._studio.work.counts, self._studio
        lines = ["# TYPE smartmask_requests_total counter"]
        for (method, route, status), count in sorted(self._requests.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            lines.append(f"smartmask_requests_total{{{labels}}} {count}")
        lines.append("# TYPE smartmask_request_seconds_total counter")
        for (method, route), seconds in sorted(self._seconds.items()):
            lines.append(
                f'smartmask_request_seconds_total{{method="{method}",route="{route}"}} {seconds:.6f}'
            )
        lines.append("# TYPE smartmask_dropped_total counter")
        for reason in ("superseded", "refused", "abandoned"):
            lines.append(f'smartmask_dropped_total{{reason="{reason}"}} {getattr(counts, reason)}')
        lines += ["# TYPE smartmask_waiting gauge", f"smartmask_waiting {studio.work.waiting}"]
        lines += ["# TYPE smartmask_cache_bytes gauge", f"smartmask_cache_bytes {studio.store.size_bytes}"]
        return "\n".join(lines) + "\n"
