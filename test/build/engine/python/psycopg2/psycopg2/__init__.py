"""Loads the library as soon as it is imported, as the package of this name does."""
from importlib.metadata import version

from psycopg2._native import library

__version__ = version("psycopg2")
library_version = library()
