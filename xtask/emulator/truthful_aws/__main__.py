"""Serves the emulator: `python -m truthful_aws --bind 127.0.0.1:0`.

The sockets are bound before ministack is imported, because ministack reads its own port from the environment at import and
because a port found free and bound later can be taken in between. The address is printed as `listening on <ip>:<port>`.
The process ends at SIGTERM, SIGINT, or when its standard input is closed: whoever started it holds the other end, so the
emulator never outlives its owner, however that ends.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
import threading

IP_FREEBIND = 15  # <linux/in.h>: the container bridge has its address only while a container runs


def listen(host: str, port: int, *, absent_is_fine: bool = False) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if absent_is_fine:
        listener.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    listener.bind((host, port))
    listener.listen(512)
    listener.setblocking(False)
    return listener


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="truthful_aws", description=__doc__)
    parser.add_argument("--bind", default="127.0.0.1:0", help="ADDRESS:PORT; port 0 takes a free one")
    parser.add_argument("--container-gateway", help="the host's address on the container bridge, listened on too")
    return parser.parse_args()


def watch_owner(stop: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
    """Asks for the end when standard input is closed. A terminal or /dev/null is no owner."""
    if sys.stdin is None or sys.stdin.isatty() or not os.path.exists("/proc/self/fd/0"):
        return
    if not os.readlink("/proc/self/fd/0").startswith(("pipe:", "socket:")):
        return

    def wait_for_end() -> None:
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait_for_end, daemon=True, name="owner").start()


async def serve(listeners: list[socket.socket]) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack import app

    from truthful_aws import ecs_scheduler
    from truthful_aws.once_only import once_only

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    watch_owner(stop, loop)

    config = Config()
    config.bind = [f"fd://{listener.fileno()}" for listener in listeners]
    # Longer than clients keep theirs (90 in Go): what is closed while a request is on its way is sent, and done, twice.
    config.keep_alive_timeout = 120
    config.graceful_timeout = 0.2  # clients keep idle connections open; nothing is lost with them
    config.loglevel = "WARNING"

    async def end() -> None:
        await stop.wait()
        await asyncio.to_thread(ecs_scheduler.end)

    await hypercorn_serve(once_only(app.app), config, shutdown_trigger=end)


def main() -> None:
    options = arguments()
    host, _, port = options.bind.rpartition(":")
    listeners = [listen(host, int(port))]
    port = listeners[0].getsockname()[1]
    if options.container_gateway:
        listeners.append(listen(options.container_gateway, port, absent_is_fine=True))
        os.environ["TRUTHFUL_AWS_CONTAINER_GATEWAY"] = options.container_gateway

    os.environ["GATEWAY_PORT"] = str(port)
    # Their ports are fixed: two emulators on one machine would fight over them.
    os.environ["SFTP_ENABLED"] = os.environ["IOT_MTLS_ENABLED"] = "0"

    has_engine = bool(os.environ.get("DOCKER_HOST"))
    if not has_engine:
        # Otherwise ministack takes the machine's own Docker, if there is one.
        os.environ["DOCKER_HOST"] = "unix:///nonexistent/no-container-engine"

    from truthful_aws import install

    install.everything(has_engine=has_engine)
    print(f"listening on {host}:{port}", flush=True)
    asyncio.run(serve(listeners))


main()
