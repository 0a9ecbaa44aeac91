"""uWSGI as a fixture sees it: one ini file with `module`, `pidfile`, and `http-socket` or the `socket` that speaks no HTTP."""
import configparser
import importlib
import os
import signal
import socket
import sys
from wsgiref.simple_server import make_server


def main():
    sys.path.insert(0, ".")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ini = configparser.ConfigParser()
    ini.read(sys.argv[sys.argv.index("--ini") + 1])
    asked = ini["uwsgi"]
    module, name = asked["module"].split(":")
    application = getattr(importlib.import_module(module), name)
    if "pidfile" in asked:
        with open(asked["pidfile"], "w", encoding="utf8") as file:
            file.write(f"{os.getpid()}\n")
    host, port = (asked.get("http-socket") or asked["socket"]).split(":")
    if "http-socket" in asked:
        make_server(host, int(port), application).serve_forever()
    with socket.create_server((host, int(port))) as server:
        while True:
            server.accept()[0].close()
