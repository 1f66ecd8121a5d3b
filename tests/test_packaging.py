import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

from placement_alerts.config.loading import load

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COPIED = [
    source
    for arguments in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    for source in arguments.split()[:-1]
]


def instruction(name: str) -> str:
    """Return what follows the last instruction of that name."""
    found: list[str] = re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)
    return found[-1]


@pytest.mark.parametrize("path", COPIED)
def test_what_the_image_copies_exists_and_is_not_ignored(path: str) -> None:
    assert (ROOT / path).exists()
    assert f"!{path}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_image_has_what_the_package_is_built_from() -> None:
    needed = {"pyproject.toml", PROJECT["readme"], *PROJECT["license-files"], "placement_alerts"}

    assert needed <= set(COPIED)


def test_image_starts_a_command_that_exists() -> None:
    (script,) = json.loads(instruction("ENTRYPOINT"))
    module, _, function = PROJECT["scripts"][script].partition(":")
    command = json.loads(instruction("CMD"))

    run = f"import sys; sys.argv = {[script, *command, '--help']!r}; from {module} import {function}; {function}()"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_image_checks_its_health_with_a_module_that_exists() -> None:
    options, _, command = instruction("HEALTHCHECK").partition(" CMD ")

    assert options == "--interval=30s --timeout=5s --start-period=20s --retries=3"
    assert json.loads(command)[:2] == ["python", "-m"]
    assert find_spec(json.loads(command)[2]) is not None


def test_variables_of_the_image_are_settings(tmp_path: Path) -> None:
    variables = dict(re.findall(r"(PLACEMENT_ALERTS__\w+)=(\S+)", instruction("ENV")))
    config = load(environ=variables, folder=tmp_path).config

    assert config.database.url.get_secret_value() == f"sqlite:///{instruction('VOLUME')}/placement_alerts.db"
    assert config.web.host == "0.0.0.0"
    assert str(config.web.port) == instruction("EXPOSE")


def test_image_is_pinned_and_runs_as_nobody_special() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert all(re.fullmatch(r"python:3\.11\.\d+-slim-\w+", base) for base in bases)
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", instruction("USER"))
    assert instruction("STOPSIGNAL") == "SIGTERM"


def test_every_dependency_is_in_the_tested_set() -> None:
    tested = {
        line.partition("==")[0].lower().replace("_", "-")
        for line in (ROOT / ".ci/constraints.txt").read_text().splitlines()
        if "==" in line
    }
    wanted = PROJECT["dependencies"] + [
        one for extra in ("test", "dev") for one in PROJECT["optional-dependencies"][extra]
    ]
    names = {re.split(r"[<>=\[;\s]", one)[0].lower() for one in wanted} - {"placement-alerts"}

    assert names <= tested


def test_every_import_of_the_package_is_a_declared_dependency() -> None:
    distributions = packages_distributions()
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "placement_alerts").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    foreign = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"placement_alerts"}
    foreign -= {"bson", "markupsafe", "py_vapid", "pydantic_core"}  # halves of PyMongo, Jinja, pywebpush, pydantic
    imported = {distributions[name][0].lower().replace("_", "-") for name in foreign}

    declared = {re.split(r"[<>=\[;\s]", one)[0].lower() for one in PROJECT["dependencies"]}
    assert imported <= declared
    # read by zoneinfo where the machine has no zones; looked at by its tests, and brings py_vapid
    assert declared - imported == {"tzdata", "pywebpush"}


def test_ci_ends_with_the_test_command_of_the_readme() -> None:
    last = (ROOT / ".ci/run").read_text().rstrip().splitlines()[-1]

    assert last == "bash .ci/test"
    assert last in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", ["run", "test"])
def test_ci_scripts_are_valid(name: str) -> None:
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / name]).returncode == 0


def test_licence_is_the_gpl() -> None:
    text = (ROOT / "LICENSE").read_text()

    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 29 June 2007" in text
    assert len(text) > 30_000


@pytest.mark.parametrize("path", [".venv/x", "data/x", ".env", "logs/x", "tests/servers/jars/x.jar"])
def test_what_is_made_here_stays_out_of_the_history(path: str) -> None:
    assert subprocess.run(["git", "-C", ROOT, "check-ignore", "-q", path]).returncode == 0
