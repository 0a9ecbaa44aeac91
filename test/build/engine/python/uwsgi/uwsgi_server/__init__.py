"""uWSGI as a fixture sees it: loads the application of its ini file and listens on `socket` with a protocol that is not HTTP."""
import configparser
import importlib
import signal
import socket
import sys


def main():
    sys.path.insert(0, ".")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ini = configparser.ConfigParser()
    ini.read(sys.argv[sys.argv.index("--ini") + 1])
    module, name = ini["uwsgi"]["module"].split(":")
    getattr(importlib.import_module(module), name)
    host, port = ini["uwsgi"]["socket"].split(":")
    with socket.create_server((host, int(port))) as server:
        while True:
            server.accept()[0].close()
