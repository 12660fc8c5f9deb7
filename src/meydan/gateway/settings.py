"""What the gateway can be told."""

from msgspec import Struct


class GatewaySettings(Struct, frozen=True):
    valkey_url: str
    token_key: str  # signs access tokens
    grant_key: str  # seals whisper grants
    host: str = "127.0.0.1"
    port: int = 8001
    reuse_port: bool = False  # several gateways on one address; the kernel spreads the connections
    origins: tuple[str, ...] = ()  # pages elsewhere that may connect; pages of the same host always may
    tls_certificate: str | None = None
    tls_key: str | None = None

    connections_per_user: int = 20  # in one gateway
    connections_without_hello: int = 1000
    hello_within: float = 5.0
    largest_frame: int = 16 * 1024  # that a client may send
    frames_per_second: float = 10.0
    frames_at_once: int = 40
    watches_per_connection: int = 50
    unsent_limit: int = 256 * 1024  # a reader this far behind is cut; it resumes from its cursor
    ping_after_idle: float = 20.0
    pong_within: float = 20.0
    drain_within: float = 5.0
