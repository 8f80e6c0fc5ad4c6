"""The security headers of every response, above all a strict Content-Security-Policy."""

from flask import Flask, Response, current_app, g, request

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def init_app(app: Flask) -> None:
    """Add the headers to every response of `app`."""
    app.after_request(_secure)


def allow_camera() -> None:
    """Let the current page use the camera and compile the QR decoder's WebAssembly."""
    g.uses_camera = True


def allow_forms_to(origin: str) -> None:
    """Let forms of the current page lead on to `origin`, such as `https://pay.example.org`."""
    g.further_forms = origin


def _secure(response: Response) -> Response:
    camera = g.get("uses_camera", False)
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy", _policy(camera=camera, forms=g.get("further_forms", ""))
    )
    headers.setdefault(
        "Permissions-Policy",
        f"camera={'(self)' if camera else '()'}, microphone=(), geolocation=(), payment=(),"
        " publickey-credentials-get=(self), publickey-credentials-create=(self)",
    )
    # A page that is not marked as public may contain somebody's form or name.
    headers.setdefault("Cache-Control", "private, no-cache")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    # Secret links must not leak to other sites.
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["PRODUCTION"] and request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def _policy(*, camera: bool, forms: str) -> str:
    policy = dict(_POLICY)
    if forms:
        policy["form-action"] += f" {forms}"
    if camera:
        policy["script-src"] += " 'wasm-unsafe-eval'"
    return "; ".join(f"{name} {value}" for name, value in policy.items())
