"""`poetry config` and `poetry install` into the running Python: what poetry.lock names, installed with pip."""
import subprocess
import sys
import tomllib


def main():
    if sys.argv[1] == "config":
        return 0
    if sys.argv[1] != "install":
        sys.exit(f"poetry {sys.argv[1]}: not known here")
    with open("poetry.lock", "rb") as file:
        locked = tomllib.load(file)["package"]
    pins = [f"{one['name']}=={one['version']}" for one in locked]
    return subprocess.run([sys.executable, "-m", "pip", "install", *pins]).returncode
