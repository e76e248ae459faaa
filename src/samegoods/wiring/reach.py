"""Where a case is reached: an address, the names that lead there, and by which way no password travels in clear."""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from samegoods.errors import ServeError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PORT = 8717


@dataclass(frozen=True, slots=True)
class Reach:
    """An address and how it is reached.

    ``names`` are those that browsers may use, with a port where it is neither that of the server nor https's own.
    ``certificate`` and ``private_key`` are files in PEM for TLS; ``proxy`` is the address, or the network, of a proxy
    that ends TLS: what it says of the client (``X-Forwarded-For``) and of the way (``X-Forwarded-Proto``) is believed,
    of anybody else nothing.
    """

    host: str = LOOPBACK[0]
    port: int = PORT
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    private_key: Path | None = None
    proxy: str | None = None

    @property
    def secure(self) -> bool:
        """Whether all that is answered came by TLS."""
        return self.certificate is not None or self.proxy is not None

    @property
    def hosts(self) -> frozenset[str]:
        """What a request may say that it was meant for."""
        own = ("localhost", "127.0.0.1", "[::1]") if self.host in LOOPBACK else ()
        named = {name.lower() for name in self.names}
        return frozenset(named | {_with_port(name, self.port) for name in (*own, *named)})

    @property
    def cookie(self) -> str:
        """Cookies know no ports: two cases on one machine have two names."""
        return f"samegoods-{self.port}"

    @property
    def link(self) -> str:
        """The address of the first page."""
        if self.proxy is not None and self.names:
            return f"https://{self.names[0]}/"
        name = self.names[0] if self.names else _bracketed(self.host)
        return f"{'https' if self.secure else 'http'}://{_with_port(name, self.port)}/"

    def refuse_unsafe(self, *, with_accounts: bool) -> None:
        """Refuse to be reached by whoever could decide in another's name, or read a password on its way.

        Raises:
            ServeError: it is so, or what was given for TLS does not fit.
        """
        if not with_accounts:
            self._refuse_more_than_this_machine()
        elif self.host not in LOOPBACK and not self.secure:
            raise ServeError(
                f"{self.host}: passwords would travel in clear: give --certificate FILE and --private-key FILE, or "
                f"--behind-proxy ADDRESS where a proxy ends TLS"
            )
        elif (self.host not in LOOPBACK or self.proxy is not None) and not self.names:
            raise ServeError(
                f"{self.host}: say by which name it is reached, such as --name market.example.org: any other may be "
                f"a stranger's that leads here"
            )
        self._refuse_unfit_tls()

    def _refuse_more_than_this_machine(self) -> None:
        if self.host not in LOOPBACK:
            raise ServeError(
                f"{self.host}: whoever reaches this address could decide in your name: serve it with --accounts, or "
                f"on this machine alone ({', '.join(LOOPBACK)})"
            )
        if self.names or self.secure:
            raise ServeError("--name, --certificate and --behind-proxy are for a team: serve it with --accounts")

    def _refuse_unfit_tls(self) -> None:
        if (self.certificate is None) != (self.private_key is None):
            raise ServeError("--certificate and --private-key go together: give both, in PEM")
        if self.certificate is not None and self.proxy is not None:
            raise ServeError("TLS ends here (--certificate) or at a proxy (--behind-proxy): give one of them")
        if self.proxy is not None:
            try:
                ip_network(self.proxy)
            except ValueError:
                raise ServeError(
                    f"--behind-proxy {self.proxy}: not an address: give the one that the proxy "
                    f"comes from, such as 127.0.0.1"
                ) from None
        if self.certificate is not None:
            self.tls()

    def tls(self) -> ssl.SSLContext:
        """What ends TLS here, version 1.2 at least.

        Raises:
            ServeError: certificate and key cannot be read, or do not belong together.
        """
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            made.load_cert_chain(str(self.certificate), str(self.private_key), password=lambda: b"")
        except ssl.SSLError as error:
            raise ServeError(
                f"{self.certificate}: is no certificate with the key {self.private_key}: {error.reason or error}: "
                f"give both in PEM, the key without a passphrase"
            ) from None
        except OSError as error:
            raise ServeError(
                f"{self.certificate} or {self.private_key}: cannot be read: {error.strerror or error}"
            ) from None
        return made


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _with_port(name: str, port: int) -> str:
    return name if name.rpartition("]")[2].partition(":")[2] else f"{name}:{port}"


def listening(host: str, port: int, *, otherwise: str) -> socket.socket:
    """A socket that listens on an address.

    Args:
        otherwise: the options that name another.

    Raises:
        ServeError: the address is in use, or is none of this machine.
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        said = f"{host}:{port}: cannot be served on: {error.strerror or error}"
        raise ServeError(f"{said}: give another {otherwise}") from error


def run(app: Any, reach: Reach, *, ready: Callable[[], None]) -> None:
    """Serve an application until the user ends it.

    Raises:
        ServeError: the address is in use.
    """
    import uvicorn

    class Server(uvicorn.Server):
        """Ends when it is asked to, and lets what follows be done: its own would raise the signal again."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            before = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for one, handler in before.items():
                    signal.signal(one, handler)

    listener = listening(reach.host, reach.port, otherwise="--port or --host")
    ready()
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=reach.proxy is not None,  # the default believes whatever comes from this machine
        forwarded_allow_ips=reach.proxy or "",
    )
    if reach.certificate is not None:
        config.ssl_context_factory = lambda *_: reach.tls()
    with listener:
        Server(config).run(sockets=[listener])


__all__ = ["LOOPBACK", "PORT", "Reach", "listening", "run"]
