"""Finds routes that do not say who may use them, by walking a Bottle app and everything mounted in it.

Knows nothing of what the rules are called: ``auth=`` at the route is all it looks at.
"""

from __future__ import annotations

from bottle import Bottle, Route


def all_routes(app: Bottle) -> list[Route]:
    """Every route of the app, those of mounted apps included."""
    found: list[Route] = []
    for route in app.routes:
        target = route.config.get("mountpoint.target")
        if isinstance(target, Bottle):
            found += all_routes(target)
        else:
            found.append(route)
    return found


def undeclared_routes(app: Bottle) -> list[str]:
    """``GET /path`` of each route without ``auth=``. A mounted foreign WSGI app counts as one such route."""
    return [f"{route.method} {route.rule}" for route in all_routes(app) if route.config.get("auth") is None]


def open_routes(app: Bottle, open_rule: str) -> list[str]:
    """``GET /path`` of each route whose ``auth`` is ``open_rule``: what anybody can reach."""
    routes = [route for route in all_routes(app) if route.config.get("auth") == open_rule]
    return [f"{route.method} {route.rule}" for route in routes]
