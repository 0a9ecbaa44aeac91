"""A page that is served as Gradio's are: on GRADIO_SERVER_PORT or 7860 of the address that `launch` is given."""
import os
from wsgiref.simple_server import make_server


class Interface:
    def __init__(self, fn, inputs, outputs):
        self.fn = fn

    def launch(self, server_name="127.0.0.1", server_port=None):
        port = server_port or int(os.environ.get("GRADIO_SERVER_PORT", "7860"))
        make_server(server_name, port, self.answer).serve_forever()

    def answer(self, environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [self.fn("page").encode()]
