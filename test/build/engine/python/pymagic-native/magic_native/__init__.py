"""Loads the library as soon as it is imported, as the package of this name does."""
from importlib.metadata import version

from magic_native._native import library

__version__ = version("pymagic-native")
library_version = library()
