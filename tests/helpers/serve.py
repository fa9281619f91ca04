# SPDX-License-Identifier: GPL-2.0-or-later
# Answers every GET with "pong", for tests of the network keys.
#
#   serve.py PLACE READY
#
# PLACE is the path of an AF_UNIX socket, or "tcp" for a free port on the loopback device. The URL is
# written to the file READY when connections are taken.
import http.server
import os
import socketserver
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"pong\n")

    def log_message(self, *_):
        pass


class TcpServer(socketserver.TCPServer):
    allow_reuse_address = True


def main(place, ready):
    if place == "tcp":
        server = TcpServer(("127.0.0.1", 0), Handler)
        url = "http://127.0.0.1:%d/" % server.server_address[1]
    else:
        server = socketserver.UnixStreamServer(place, Handler)
        url = "http://localhost/"
    with open(ready + ".new", "w") as out:
        out.write(url + "\n")
    os.rename(ready + ".new", ready)
    server.serve_forever()


main(*sys.argv[1:])
