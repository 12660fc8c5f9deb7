"""Messages between browser and server in WebAuthn's own JSON (Level 3, section 5.1.8 and later); bytes are base64url."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct, field

CredentialId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]+$", max_length=1_364)]
ClientData = Annotated[str, Meta(max_length=4_096)]
Bytes = Annotated[str, Meta(max_length=4_096)]
AttestationObject = Annotated[str, Meta(max_length=32_768)]
Transport = Annotated[str, Meta(max_length=20)]


class CredentialType(StrEnum):
    public_key = "public-key"


class Requirement(StrEnum):
    required = "required"


class Attestation(StrEnum):
    none = "none"
    """The maker and model of the authenticator are not asked for."""


class AttestationResponse(Struct, frozen=True, rename="camel"):
    attestation_object: AttestationObject
    client_data_json: ClientData = field(name="clientDataJSON")
    transports: Annotated[list[Transport], Meta(max_length=8)] = field(default_factory=list)


class NewCredential(Struct, frozen=True, rename="camel"):
    """A browser's answer to CreationOptions."""

    id: CredentialId
    raw_id: CredentialId
    response: AttestationResponse
    type: CredentialType


class AssertionResponse(Struct, frozen=True, rename="camel"):
    authenticator_data: Bytes
    signature: Bytes
    client_data_json: ClientData = field(name="clientDataJSON")
    user_handle: Bytes | None = None


class Assertion(Struct, frozen=True, rename="camel"):
    """A browser's answer to RequestOptions."""

    id: CredentialId
    raw_id: CredentialId
    response: AssertionResponse
    type: CredentialType


class RelyingPartyEntity(Struct, frozen=True):
    id: str
    name: str


class UserEntity(Struct, frozen=True, rename="camel"):
    id: str
    name: str
    display_name: str


class CredentialParameters(Struct, frozen=True):
    alg: int
    type: CredentialType


class CredentialDescriptor(Struct, frozen=True):
    id: str
    transports: list[str]
    type: CredentialType


class AuthenticatorSelection(Struct, frozen=True, rename="camel"):
    """A passkey that is found without a name typed, behind the device's own lock."""

    resident_key: Requirement = Requirement.required
    require_resident_key: bool = True
    user_verification: Requirement = Requirement.required


class CreationOptions(Struct, frozen=True, rename="camel"):
    """For ``navigator.credentials.create``."""

    rp: RelyingPartyEntity
    user: UserEntity
    challenge: str
    pub_key_cred_params: list[CredentialParameters]
    timeout: int
    exclude_credentials: list[CredentialDescriptor]
    authenticator_selection: AuthenticatorSelection
    attestation: Attestation = Attestation.none


class RequestOptions(Struct, frozen=True, rename="camel"):
    """For ``navigator.credentials.get``. It names no passkeys, so it is the same for everybody."""

    challenge: str
    timeout: int
    rp_id: str
    user_verification: Requirement = Requirement.required
