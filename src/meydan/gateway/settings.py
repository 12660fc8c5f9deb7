"""Settings of the gateway process."""

from msgspec import Struct

from meydan.kit.crypto.keys import Keyring


class GatewaySettings(Struct, frozen=True):
    valkey_url: str
    token_keys: Keyring  # sign access tokens
    grant_keys: Keyring  # seal grants for ephemeral events
    host: str = "127.0.0.1"
    port: int = 8001
    reuse_port: bool = False  # several gateways on one address; the kernel spreads the connections
    trusted_proxies: tuple[str, ...] = ()  # addresses or networks whose X-Forwarded-For is believed
    origins: tuple[str, ...] = ()  # pages elsewhere that may connect; pages of the same host always may
    tls_certificate: str | None = None
    tls_key: str | None = None

    connections_per_user: int = 20  # in one gateway
    connections_per_network: int = 1000  # in all gateways; generous, a mobile network's customers share an address
    connections_without_hello: int = 1000
    handshake_timeout_seconds: float = 5.0
    max_frame_bytes: int = 16 * 1024  # of a client
    frames_per_second: float = 10.0
    frame_burst: int = 40
    watches_per_connection: int = 50
    send_buffer_bytes: int = 256 * 1024  # a reader this far behind is closed; it resumes from its cursor
    kernel_buffer_bytes: int = 128 * 1024  # for frames on their way; Linux takes twice as much, and 4 MB if nobody says
    ping_after_idle_seconds: float = 20.0
    pong_timeout_seconds: float = 20.0
    drain_timeout_seconds: float = 5.0
