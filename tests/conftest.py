"""Shared settings and fixtures."""

from __future__ import annotations

import pytest
from hypothesis import settings

import dunwatch

# The first call of a kernel may compile it.
settings.register_profile("dunwatch", deadline=None)
settings.load_profile("dunwatch")


@pytest.fixture(scope="session")
def classifier() -> dunwatch.Classifier:
    """The model in use."""
    return dunwatch.load()
