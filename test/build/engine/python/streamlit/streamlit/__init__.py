"""`streamlit run`: the script runs, a page is served on 8501, and an installation identity is kept in the home directory."""
import os
import runpy
import sys
import uuid
from wsgiref.simple_server import make_server


def main():
    folder = os.path.expanduser("~/.streamlit")
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/machine_id_v4", "w", encoding="utf8") as file:
        file.write(str(uuid.uuid4()))
    runpy.run_path(sys.argv[2], run_name="__main__")
    make_server("0.0.0.0", 8501, answer).serve_forever()


def answer(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"page"]
