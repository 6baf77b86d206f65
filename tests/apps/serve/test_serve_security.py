"""Who may ask: this machine's page and programs, by our names, with the token where there is one."""

import socket

import pytest
from serving import LOOPBACK

from smartmask.apps.serve.app import build_app
from smartmask.apps.serve.running import Address, page_url


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7860",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "",
        "a b",
        "[::",
    ],
)
def test_a_foreign_host_is_refused_everywhere(server, host):
    for path in ("/", "/page/index.html", "/v1/photos/demo", "/health"):
        answer = server.client.get(path, headers={"Host": host})
        assert answer.status_code in (400, 403), answer.text
    assert server.client.get("/health", headers={"Host": "localhost:1"}).status_code == 200
    assert server.client.get("/health", headers={"Host": "[::1]:1"}).status_code == 200


def test_two_hosts_are_refused(server):
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(b"GET /v1/photos/demo HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        assert line.recv(1000).split()[1] in (b"400", b"403")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=lambda headers: str(headers),
)
def test_another_site_may_not_post(server, photo_png, headers):
    answer = server.client.post("/v1/photos", content=photo_png, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert "may not use this server" in answer.json()["detail"]


def test_the_page_itself_may_post(server, photo_png):
    headers = {"Origin": f"http://127.0.0.1:{server.port}", "Sec-Fetch-Site": "same-origin"}
    assert server.client.post("/v1/photos", content=photo_png, headers=headers).status_code == 200


def test_a_link_from_another_site_opens_the_page_only(server):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert server.client.get("/health", headers=headers).status_code == 200
    assert server.client.get("/v1/photos/demo", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path", ["/health", "/v1/photos/demo", "/v1/nothing", "/../../etc/passwd", "/page/%2e%2e/app.py"]
)
def test_every_answer_is_guarded(server, path):
    answer = server.client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    if "etc" in path or "app.py" in path:
        assert answer.status_code == 404


def test_a_token_is_asked_for_by_all_that_holds_something(serve):
    with serve(token="secret") as server:
        ask = server.client.get
        for path in ("/v1/photos/demo", "/metrics", "/openapi.json"):
            for headers in ({}, {"Authorization": "Bearer Secret"}, {"Authorization": "Basic secret"}):
                answer = ask(path, headers=headers)
                assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert ask(path, headers={"Authorization": "Bearer secret"}).status_code == 200
            assert ask(f"{path}?token=secret").status_code == 401
        assert ask("/health").status_code == 200


def test_where_others_can_reach_it_any_name_will_do_with_the_token(serve):
    with serve(token="secret", hosts=None) as server:
        headers = {"Host": "studio.example:7860", "Authorization": "Bearer secret"}
        assert server.client.get("/v1/photos/demo", headers=headers).status_code == 200
        origin = {"Origin": "http://evil.example"}
        assert server.client.get("/v1/photos/demo", headers=headers | origin).status_code == 403


def test_no_server_without_names_and_token(server):
    with pytest.raises(ValueError, match="needs a token"):
        build_app(server.studio, None)


def test_a_token_is_made_up_where_others_can_reach_it():
    made_up = [Address.checked("0.0.0.0", 80, None).token for _ in range(2)]
    assert made_up[0] != made_up[1]
    assert len(str(made_up[0])) >= 32
    assert all(Address.checked(host, 80, None).token is None for host in LOOPBACK)
    for token in ("", "a b", "ä", "a\n"):
        with pytest.raises(ValueError, match="printable ASCII"):
            Address.checked("127.0.0.1", 80, token)


def test_the_address_of_the_page_keeps_the_token_in_the_browser():
    assert page_url("127.0.0.1", 80, {}) == "http://127.0.0.1:80/"
    assert page_url("::", 80, {"token": "a&b", "photo": "0f"}) == "http://[::1]:80/#token=a%26b&photo=0f"
