"""Loads the library as soon as it is imported, as the package of this name does."""
from importlib.metadata import version

from gevent._native import library

__version__ = version("gevent")
library_version = library()
