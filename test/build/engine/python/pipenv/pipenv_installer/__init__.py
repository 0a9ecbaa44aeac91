"""`pipenv install` and `pipenv run`: what the section `default` of Pipfile.lock names, installed with pip."""
import hashlib
import json
import os
import subprocess
import sys


def environment():
    here = os.getcwd()
    name = f"{os.path.basename(here)}-{hashlib.sha256(here.encode()).hexdigest()[:8]}"
    return os.path.expanduser(f"~/.local/share/virtualenvs/{name}")


def install(system):
    with open("Pipfile.lock", encoding="utf8") as file:
        locked = json.load(file)["default"]
    pins = [name + one["version"] for name, one in locked.items()]
    python = sys.executable
    if not system:
        subprocess.run([python, "-m", "venv", environment()], check=True)
        python = f"{environment()}/bin/python"
    return subprocess.run([python, "-m", "pip", "install", *pins]).returncode


def main():
    if sys.argv[1:2] == ["install"]:
        return install("--system" in sys.argv)
    if sys.argv[1:2] != ["run"]:
        sys.exit(f"pipenv {' '.join(sys.argv[1:])}: not known here")
    os.environ["PATH"] = f"{environment()}/bin:{os.environ['PATH']}"
    os.execvp(sys.argv[2], sys.argv[2:])
