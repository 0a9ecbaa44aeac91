"""`poetry config virtualenvs.create`, `poetry install` and `poetry run`: what poetry.lock names, installed with pip."""
import hashlib
import os
import subprocess
import sys
import tomllib

CONFIG = os.path.expanduser("~/.config/pypoetry/config.toml")


def environment():
    """The folder of the project's environment; `None`: the running Python."""
    if os.path.exists(CONFIG):
        with open(CONFIG, encoding="utf8") as file:
            if "create = false" in file.read():
                return None
    with open("pyproject.toml", "rb") as file:
        name = tomllib.load(file)["tool"]["poetry"]["name"]
    path = hashlib.sha256(os.getcwd().encode()).hexdigest()[:8]
    return os.path.expanduser(f"~/.cache/pypoetry/virtualenvs/{name}-{path}-py3")


def config(name, value):
    os.makedirs(os.path.dirname(CONFIG), exist_ok=True)
    with open(CONFIG, "w", encoding="utf8") as file:
        file.write(f"[virtualenvs]\n{name.removeprefix('virtualenvs.')} = {value}\n")


def install():
    with open("poetry.lock", "rb") as file:
        pins = [f"{one['name']}=={one['version']}" for one in tomllib.load(file)["package"]]
    python = sys.executable
    if environment() is not None:
        subprocess.run([python, "-m", "venv", environment()], check=True)
        python = f"{environment()}/bin/python"
    return subprocess.run([python, "-m", "pip", "install", *pins]).returncode


def main():
    command = sys.argv[1]
    if command == "config":
        return config(*sys.argv[2:4])
    if command == "install":
        return install()
    if command != "run":
        sys.exit(f"poetry {command}: not known here")
    if environment() is not None:
        os.environ["PATH"] = f"{environment()}/bin:{os.environ['PATH']}"
    os.execvp(sys.argv[2], sys.argv[2:])
