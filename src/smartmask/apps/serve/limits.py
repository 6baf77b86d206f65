"""How much a server takes in, keeps and waits for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one server; a request beyond one of them is refused with a problem that names it.

    Attributes:
        upload_bytes: The largest picture or layout file.
        json_bytes: The largest body of any other request.
        held_bytes: All bodies that are being received or worked on.
        megapixels: The largest canvas, in millions of pixels.
        mask_megapixels: All masks of one layout together, in millions of pixels.
        layers: Layers of one layout.
        cache_bytes: Photos, layouts and outlines that are kept; what was longest unused goes first.
        waiting: Requests that may wait for a worker.
        work_seconds: How long a request may wait, and again how long it may be worked on.
        head_seconds: How long the head of a request may take to arrive.
        body_seconds: How long its body may take.
        send_seconds: How long a client may take to read an answer.
        connections: Open connections.
    """

    upload_bytes: int = 64 * 2**20
    json_bytes: int = 8 * 2**20
    held_bytes: int = 256 * 2**20
    megapixels: float = 50.0
    mask_megapixels: float = 600.0
    layers: int = 256
    cache_bytes: int = 2**30
    waiting: int = 64
    work_seconds: float = 120.0
    head_seconds: float = 10.0
    body_seconds: float = 60.0
    send_seconds: float = 120.0
    connections: int = 256
