"""A real Dovecot for the tests, unprivileged, on a loopback port, with everything it writes in one temporary folder."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest

PROGRAMS = "/usr/sbin:/usr/local/sbin"
START_S = 20.0
LOOK_S = 0.02
NOBODY = "nobody"  # Dovecot's login process refuses to run as root
CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {uid}
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


_numbers = count(1)


class NoMailServer(Exception):
    """No Dovecot can be had here. The text says what is missing."""


@dataclass
class MailServer:
    """A running Dovecot. Any user name is a mailbox of its own, with this password."""

    folder: Path
    port: int
    account: pwd.struct_passwd
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    host: str = "127.0.0.1"
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start on the same port with the same mails, and wait until it greets."""
        program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:{PROGRAMS}")
        if program is None:
            raise NoMailServer("no `dovecot` on PATH (Debian: dovecot-imapd)")
        config = self.folder / "dovecot.conf"
        config.write_text(self._config())
        options = {} if os.geteuid() else {"user": self.account.pw_uid, "group": self.account.pw_gid}
        self.process = subprocess.Popen(
            [program, "-F", "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **(options | ({"extra_groups": []} if options else {})),  # type: ignore[call-overload]  # who it runs as
        )
        self._await_greeting()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop. how: SIGTERM sends a BYE to every connection, SIGKILL cuts them."""
        if self.process is not None:
            os.killpg(self.process.pid, how)  # its children by themselves take ten seconds to notice
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.process = None

    def mailbox(self, username: str) -> "Maildir":
        """Return a user's mails."""
        return Maildir(self, username)

    def own(self, path: Path) -> None:
        """Give a file or folder to the account that Dovecot runs as."""
        if not os.geteuid():
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _config(self) -> str:
        group = subprocess.run(["id", "-gn", self.account.pw_name], capture_output=True, text=True, check=True)
        return CONFIG.format(
            folder=self.folder,
            port=self.port,
            password=self.password,
            user=self.account.pw_name,
            group=group.stdout.strip(),
            uid=self.account.pw_uid,
            gid=self.account.pw_gid,
        )

    def _await_greeting(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_S
        while True:
            try:
                with socket.create_connection((self.host, self.port), timeout=START_S) as probe:
                    assert probe.recv(100).startswith(b"* OK")
                    return
            except ConnectionRefusedError:
                log = self.folder / "log"
                said = log.read_text() if log.exists() else "nothing"
                assert self.process.poll() is None, f"dovecot ended with {self.process.returncode}: {said}"
                assert time.monotonic() < deadline, f"dovecot did not start: {said}"
                time.sleep(LOOK_S)


@dataclass
class Maildir:
    """The mails of one user, as files. Touches them beside the server, as a delivering program does."""

    server: MailServer
    username: str

    def deliver(self, raw: bytes, folder: str = "", at: datetime | None = None) -> None:
        """Put a mail into a folder. folder: "" is the inbox, others in modified UTF-7. at: INTERNALDATE; None: now."""
        place = self._folder(folder)
        name = f"{time.time_ns() // 1_000_000_000}.{next(_numbers):09}.tests"
        fresh = place / "tmp" / name
        fresh.write_bytes(raw)
        self.server.own(fresh)
        if at is not None:
            os.utime(fresh, (at.timestamp(), at.timestamp()))
        fresh.rename(place / "new" / name)

    def flags(self, folder: str = "") -> list[str]:
        """Return the flags of every mail, oldest first: "S" is seen, "" none."""
        return [path.name.partition(":2,")[2] for path in self._files(folder)]

    def expunge(self, number: int, folder: str = "") -> None:
        """Remove a mail. number: 0 is the oldest."""
        self._files(folder)[number].unlink()

    def spoil(self, number: int, folder: str = "") -> None:
        """Make a mail unreadable for the server. number: 0 is the oldest."""
        self._files(folder)[number].chmod(0)

    def renumber(self, folder: str = "") -> None:
        """Change UIDVALIDITY: forget every UID. Dovecot cuts the connections that have the folder open."""
        place = self._folder(folder)
        listing = place / "dovecot-uidlist"
        head, *_ = listing.read_text().split("\n")
        version, uidvalidity, *_ = head.split()
        listing.write_text(f"{version} V{int(uidvalidity[1:]) + 1} N1\n")
        for index in place.glob("dovecot.index*"):
            index.unlink()

    def _files(self, folder: str) -> list[Path]:
        place = self._folder(folder)
        return sorted([*(place / "cur").iterdir(), *(place / "new").iterdir()], key=lambda path: path.name)

    def _folder(self, folder: str) -> Path:
        place = self.server.folder / "mail" / self.username
        for path in (place, place / f".{folder}" if folder else place):
            for part in ("", "cur", "new", "tmp"):
                if not (path / part).is_dir():
                    (path / part).mkdir()
                    self.server.own(path / part)
        return place / f".{folder}" if folder else place


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """A Dovecot for the whole session; take a user name of your own."""
    try:
        with running_mail_server() as server:
            yield server
    except NoMailServer as error:
        text = f"no IMAP server for the tests: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(text, pytrace=False)
        pytest.skip(text)


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run a Dovecot. Raises NoMailServer."""
    account = pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam(NOBODY)
    folder = Path(mkdtemp(prefix="placement-alerts-dovecot-"))  # a short path: it holds sockets
    server = MailServer(folder, _free_port(), account)
    try:
        for path in (folder, folder / "run", folder / "state", folder / "mail"):
            path.mkdir(exist_ok=True)
            server.own(path)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
