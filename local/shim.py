"""Runs MiniStack for one parent process, and only as long as that parent lives.

It binds the port itself and tells it on stdout: a port that is found free first and bound later can be lost to
another process in between, whose server would then be taken for ours.
"""

import asyncio
import errno
import json
import os
import shutil
import signal
import socket
import sys
import threading
from importlib.metadata import version


def end_with_parent():
    """The parent holds the other end of stdin; the kernel closes it even after a kill -9."""
    sys.stdin.buffer.read()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def listen(port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    return listener


def as_https(app):
    """Policies that ask for aws:SecureTransport (enforceSSL, the bootstrap bucket) deny every role over plain http."""

    async def wrapped(scope, receive, send):
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        await app(scope, receive, send)

    return wrapped


def main():
    # stdout is for one line to the parent; what the engine prints goes to the log.
    parent = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    if os.getpgrp() != os.getpid():
        sys.exit("the engine must lead its own process group: it ends by killing that group")
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        listener = listen(int(sys.argv[1]))
    except OSError as error:
        print(json.dumps({"error": errno.errorcode.get(error.errno, "EIO")}), file=parent, flush=True)
        sys.exit(1)
    port = listener.getsockname()[1]
    os.environ["GATEWAY_PORT"] = str(port)  # read when ministack is imported

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0
    print(json.dumps({"port": port, "version": version("ministack")}), file=parent, flush=True)
    parent.close()
    asyncio.run(serve(as_https(app), config))


main()
