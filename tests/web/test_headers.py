from festival import create_app
from festival.web import headers


def app_with(view, **settings):
    app = create_app({"TESTING": True, **settings})
    app.add_url_rule("/x", "x", view)
    return app.test_client()


def test_every_answer_carries_a_strict_policy(app):
    answer = app_with(lambda: "x", INSTANCE_PATH=app.config["INSTANCE_PATH"]).get("/x")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Permissions-Policy"].startswith("camera=()")
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_only_a_page_that_scans_gets_camera_and_wasm(app):
    def scanner() -> str:
        headers.allow_camera()
        return "x"

    answer = app_with(scanner, INSTANCE_PATH=app.config["INSTANCE_PATH"]).get("/x")
    assert "'wasm-unsafe-eval'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Permissions-Policy"].startswith("camera=(self)")


def test_hsts_is_sent_in_production_over_https(app):
    client = app_with(lambda: "x", INSTANCE_PATH=app.config["INSTANCE_PATH"], PRODUCTION=True)
    assert "Strict-Transport-Security" in client.get("/x", base_url="https://localhost").headers
    assert "Strict-Transport-Security" not in client.get("/x").headers


def test_what_does_not_say_so_is_not_kept_for_others(app):
    """Forms hold a token of one person: no cache on the way may give it to somebody else."""
    client = app.test_client()
    assert client.get("/kaartjes/opnieuw").headers["Cache-Control"] == "private, no-cache"
    assert client.get("/nergens").headers["Cache-Control"] == "private, no-cache"
    assert "public" in client.get("/").headers["Cache-Control"]
