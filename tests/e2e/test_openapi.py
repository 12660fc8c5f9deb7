"""Generated requests from the OpenAPI document find no error of the server's own."""

import shutil
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import httpx

from tests.e2e.conftest import PASSWORD, Product


def registered(product: Product, phone: str, alias: str) -> str:
    """An access token of somebody new."""
    with httpx.Client(base_url=product.url, headers={"X-Meydan": "1"}) as client:
        sent = client.post("/api/auth/send-otp", json={"channel": "sms", "to": phone, "purpose": "register"})
        assert sent.status_code == 202, sent.text
        code = product.code_sent_to(phone)
        proof = client.post("/api/auth/verify-otp", json={"to": phone, "code": code, "purpose": "register"})
        assert proof.status_code < 300, proof.text
        session = client.post(
            "/api/auth/register",
            json={
                "proof": proof.json()["proof"],
                "password": PASSWORD,
                "alias": alias,
                "birth_date": "1990-05-17",
                "language": "en",
                "device": {"id": str(uuid4()), "name": "A test"},
            },
        )
        assert session.status_code == 201, session.text
        return str(session.json()["access_token"])


def test_no_generated_request_breaks_the_server(product: Product, tmp_path: Path):
    token = registered(product, "+905301112233", "generated")
    program = Path(sys.executable).with_name("schemathesis")
    run = subprocess.run(
        [
            str(program) if program.exists() else shutil.which("schemathesis") or "schemathesis",
            "run",
            f"{product.url}/api/schema/openapi.json",
            "--checks=not_a_server_error",
            "--phases=examples,coverage,fuzzing",
            "--max-examples=15",
            "--seed=8",
            "--no-color",
            f"--header=Authorization: Bearer {token}",
            "--header=X-Meydan: 1",
            # These end the session that asks; the other tests ask them.
            "--exclude-path=/api/auth/logout",
            "--exclude-path=/api/users/erase",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
