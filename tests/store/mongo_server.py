"""A MongoDB server for the tests: a deployment named by the environment, a `mongod` on PATH, or the Java test server.

What the Java server cannot show, and why no other is fetched: reference/mongo.md, sections 2 and 3.
"""

import os
import shutil
import signal
import socket
import subprocess
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from pymongo import MongoClient

URL_VARIABLE = "PLACEMENT_ALERTS_TEST_MONGO_URL"
SERVERS = Path(__file__).parent.parent / "servers"
JARS = SERVERS / "jars"
SIGN = "mongo-java-server-[0-9]*.jar"
START_S = 60  # the launcher is compiled at start: about 2 s on an idle machine, much more on a busy one
FETCH_S = 300


class NoServer(Exception):
    """No MongoDB server can be had here. The text names what is missing."""


@dataclass(frozen=True)
class JavaServer:
    """A running Java test server. Faults for it: pause and resume, clean stop and restart on the same file."""

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/"

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)  # returns when every thread stands still

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.resume()
        _end(self.process)


def start_java_server(port: int = 0, data: Path | None = None) -> JavaServer:
    """Start the Java server and wait until it listens. data: H2 file that outlives it; None keeps data in memory.

    Raises NoServer where Java or the jars are missing.
    """
    java = shutil.which("java")
    if java is None:
        raise NoServer("no `java` on PATH (JDK 17 or later)")
    _ensure_jars()
    options = ["-XX:+UseSerialGC", "-Xmx1g", "-cp", f"{JARS}/*"]
    command = [java, *options, str(SERVERS / "TestServer.java"), str(port), *([str(data)] if data else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    late = threading.Timer(START_S, process.kill)  # a read from a pipe has no deadline of its own
    late.start()
    line = process.stdout.readline()
    late.cancel()
    process.stdout.close()
    if not line.strip().isdigit():
        _end(process)
        raise RuntimeError(f"the test server did not start: {' '.join(command)}")
    return JavaServer(process, int(line))


@pytest.fixture(scope="session")
def mongo_server_url() -> Iterator[str]:
    """The URL of a server, without a database."""
    try:
        with _server() as url:
            yield url
    except NoServer as error:
        no_server(error)


@pytest.fixture
def mongo_url(mongo_server_url: str) -> Iterator[str]:
    """The URL of a database of this test's own, dropped afterwards."""
    name = f"placement_alerts_test_{uuid.uuid4().hex[:12]}"
    url = url_of_database(mongo_server_url, name)
    yield url
    with MongoClient[dict[str, object]](url, timeoutMS=10_000) as client:
        client.drop_database(name)


def no_server(error: NoServer) -> NoReturn:
    """Skip the test and say what is missing; in CI, where nothing may be missing, fail."""
    text = f"no MongoDB server for the tests: {error}"
    if os.environ.get("CI") == "true":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


def url_of_database(server_url: str, name: str) -> str:
    """Return the same URL naming this database; credentials keep the database that they belong to."""
    parts = urlsplit(server_url)
    options = dict(parse_qsl(parts.query))
    if "@" in parts.netloc:
        options.setdefault("authSource", parts.path.strip("/") or "admin")
    return parts._replace(path=f"/{name}", query=urlencode(options)).geturl()


@contextmanager
def _server() -> Iterator[str]:
    if url := os.environ.get(URL_VARIABLE):
        yield url
    elif mongod := shutil.which("mongod"):
        with _mongod(mongod) as url:
            yield url
    else:
        try:
            server = start_java_server()
        except NoServer as error:
            raise NoServer(f"{URL_VARIABLE} is not set, no `mongod` on PATH, and {error}") from error
        try:
            yield server.url
        finally:
            server.stop()


@contextmanager
def _mongod(program: str) -> Iterator[str]:
    """Run a replica set of one node in a temporary folder."""
    with TemporaryDirectory(prefix="placement-alerts-mongod-") as folder:
        port = _free_port()
        at = ["--dbpath", folder, "--logpath", f"{folder}/log", "--bind_ip", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen([program, *at, "--replSet", "tests"])
        try:
            member = {"_id": 0, "host": f"127.0.0.1:{port}"}
            direct = f"mongodb://127.0.0.1:{port}/?directConnection=true"
            with MongoClient[dict[str, object]](direct, serverSelectionTimeoutMS=START_S * 1000) as client:
                client.admin.command("replSetInitiate", {"_id": "tests", "members": [member]})
            url = f"mongodb://127.0.0.1:{port}/?replicaSet=tests"
            with MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=START_S * 1000) as client:
                client.admin.command("ping")  # selects the primary, so it waits for the election
            yield url
        finally:
            _end(process)


def _ensure_jars() -> None:
    """Fetch the jars that `pom.xml` names, unless they are there."""
    if any(JARS.glob(SIGN)):
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise NoServer(f"no jars in {JARS} and no `mvn` on PATH to fetch them")
    with TemporaryDirectory(dir=SERVERS, prefix="jars-") as folder:
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
        done = subprocess.run(
            [maven, "-q", "-B", "-f", str(SERVERS / "pom.xml"), *goal], capture_output=True, text=True, timeout=FETCH_S
        )
        if done.returncode:
            raise NoServer(f"`mvn` could not fetch the jars: {(done.stdout + done.stderr).strip()[:500]}")
        JARS.mkdir(exist_ok=True)
        # one by one and whole, the sign that all are there last: two test runs may fetch at the same time
        for jar in sorted(Path(folder).iterdir(), key=lambda jar: jar.match(SIGN)):
            jar.replace(JARS / jar.name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
