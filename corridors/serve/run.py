"""The server as it runs: the page made, a socket bound, until Ctrl-C."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Collection
from typing import Any

import pandas as pd
import uvicorn

from corridors.errors import InputError
from corridors.network import Network
from corridors.page.answers import comparable
from corridors.page.choices import choices_of
from corridors.page.content import content_of
from corridors.page.write import page_of
from corridors.serve.app import app_of
from corridors.serve.names import live_of
from corridors.serve.solving import Solving
from corridors.studies.volumes import busiest_links
from corridors.sweeping.solve import solve

SECONDS = 10.0
"""The most that an answer may take."""
CONNECTIONS = 200
"""Connections at the same time."""
ENDING = 0.5
"""Seconds within which answers that are under way are sent when the server ends."""


def prepared(
    network: Network, demand: pd.DataFrame, *, title: str = "", links: int, seconds: float = SECONDS
) -> tuple[str, Solving]:
    """The page of a case, HTML, and what answers its questions.

    Parameters
    ----------
    network : Network
        With coordinates.
    demand : DataFrame
        Checked demand.
    title : str
        The heading; by default the network's name.
    links : int
        How many links can be closed by a click: those that carry most.
    seconds : float
        The most that an answer may take.

    Raises
    ------
    InputError
        Nodes without coordinates; tables that do not fit together.
    SolverError
        The base could not be solved.
    """
    base = comparable(network, demand, solve(network, demand))
    content = content_of(network, demand, title=title, links=links, pairs=0, sliders={}, progress=True, base=base)
    choices = choices_of(network, demand, links=busiest_links(network, base, links))
    solving = Solving(network, demand, base, choices, seconds=seconds)
    return page_of({**content, "live": live_of(network, demand)}), solving


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at an address.

    Raises
    ------
    InputError
        It is taken, or is no address of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise InputError(f"{host}:{port} can't be served ({error.strerror or error}); give another --port") from None


def serve(
    page: str, solving: Solving, at: socket.socket, names: Collection[str] = (), ready: Callable[[], Any] = lambda: None
) -> None:
    """Serve a page until Ctrl-C.

    Parameters
    ----------
    page, solving
        What `prepared` gave.
    at : socket
        What `bound` gave; it is closed.
    names : collection of str
        As for `app_of`.
    ready : callable
        Called before the first request is taken.
    """
    config = uvicorn.Config(
        app_of(page, solving, names),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        http="h11",
        loop="asyncio",
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=5,
        h11_max_incomplete_event_size=16_384,
    )
    ready()
    with at, contextlib.suppress(KeyboardInterrupt):
        _Server(config, solving).run(sockets=[at])


class _Server(uvicorn.Server):
    """A server that stops what it solves before it waits for its connections to end, and not for long."""

    def __init__(self, config: uvicorn.Config, solving: Solving) -> None:
        super().__init__(config)
        self.solving = solving
        config.timeout_graceful_shutdown = ENDING  # type: ignore[assignment]  # a part of a second is one too

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self.solving.close()
        await super().shutdown(sockets)
