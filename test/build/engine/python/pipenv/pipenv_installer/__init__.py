"""`pipenv install --system`: what the section `default` of Pipfile.lock names, installed with pip."""
import json
import subprocess
import sys


def main():
    if sys.argv[1:2] != ["install"] or "--system" not in sys.argv:
        sys.exit(f"pipenv {' '.join(sys.argv[1:])}: not known here")
    with open("Pipfile.lock", encoding="utf8") as file:
        locked = json.load(file)["default"]
    pins = [name + one["version"] for name, one in locked.items()]
    return subprocess.run([sys.executable, "-m", "pip", "install", *pins]).returncode
