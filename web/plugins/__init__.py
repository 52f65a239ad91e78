"""Bottle plugins that every route passes through."""
