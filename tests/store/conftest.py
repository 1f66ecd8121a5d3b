"""Fixtures of the store's tests."""

from tests.store.mongo_server import mongo_server_url, mongo_url

__all__ = ["mongo_server_url", "mongo_url"]
