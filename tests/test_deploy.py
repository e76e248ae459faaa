"""What operating it takes: the container's file, the compose file and the unit name what is there."""

from __future__ import annotations

import fnmatch
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import yaml

from samegoods.cli import main
from samegoods.cli.settings import commands_of
from samegoods.cli.settings_file import found

ROOT = Path(__file__).parents[1]
CONTAINER = (ROOT / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
ALL: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVICES = {name: service for name, service in ALL.items() if service["image"] == "samegoods"}
STORES = {name: service for name, service in ALL.items() if name not in SERVICES}
"""What others have made, that cases and evidence may lie in."""
TOLD = {
    "objects": {"AWS_ACCESS_KEY_ID": "MINIO_ROOT_USER", "AWS_SECRET_ACCESS_KEY": "MINIO_ROOT_PASSWORD"},
    "database": {"PGPASSWORD": "POSTGRES_PASSWORD"},
}
"""What a store and those who use it are both told, by the name that each gives it."""
INSIDE = {name for name, network in COMPOSE["networks"].items() if (network or {}).get("internal")}
"""Networks that lead nowhere."""
UNIT = ROOT / "deploy" / "samegoods-serve@.service"
SETTINGS = ROOT / "deploy" / "samegoods.toml"


def instructions(name: str) -> list[str]:
    """The arguments of an instruction of the container's file, lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", CONTAINER, flags=re.MULTILINE))
    return re.findall(rf"^{name} (.+)$", joined, re.MULTILINE)


def words_of(service: dict[str, Any]) -> list[str]:
    """What a service has samegoods do; the image's entry point is the program itself."""
    words = [*service.get("entrypoint", ["samegoods"]), *service["command"]]
    assert words[0] == "samegoods"
    return [re.sub(r"\$\{\w+:-(\w+)\}", r"\1", word) for word in words[1:]]


def unit(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


COMMANDS = {
    **{f"compose: {name}": words_of(service) for name, service in SERVICES.items()},
    "container: HEALTHCHECK": yaml.safe_load(instructions("HEALTHCHECK")[0].partition("CMD ")[2])[1:],
    "container: CMD": yaml.safe_load(instructions("CMD")[0]),
    "systemd": shlex.split(unit("ExecStart")[0].replace("%i", "july"))[1:],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_every_command_is_one_with_these_options(words: list[str]):
    command: click.Command = main
    while isinstance(command, click.Group):
        command = commands_of(command)[words[0]]
        words = words[1:]
    command.make_context(command.name, list(words))


def test_the_locks_are_installed_as_a_checkout_installs_them():
    tasks = (ROOT / "tasks.py").read_text(encoding="utf-8")
    prepare = tasks[tasks.index("def prepare(") : tasks.index("def make_venv(")]
    wanted = [re.findall(r'"(--[\w-]+)"', line) for line in re.findall(r"^    pip\((.+)\)$", prepare, re.MULTILINE)]
    steps = [step for run in instructions("RUN") for step in run.split("&&") if "pip install" in step]
    assert [re.findall(r"--[\w-]+", step) for step in steps] == wanted
    assert len(wanted) == 3
    assert all((ROOT / lock).is_file() for lock in re.findall(r"-r (\S+)", " ".join(steps)))


def test_what_is_copied_is_there_and_not_left_out():
    copied = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"src", "requirements.lock", "requirements-finders.lock"} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists()
        assert any(fnmatch.fnmatch(name, one.removeprefix("!")) for one in ignored if one.startswith("!"))


def test_the_container_runs_as_nobody_in_particular_and_names_no_registry():
    assert instructions("USER") == ["samegoods"]
    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+( AS build)?", image) for image in instructions("FROM"))


def test_the_languages_that_the_reader_asks_for_are_installed():
    from samegoods.edges.readers.tesseract import WANTED

    assert set(re.findall(r"tesseract-ocr-(\w+)", CONTAINER)) == set(WANTED)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_may_do_little(name: str):
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]
    assert ("ports" in service) is (name == "serve")
    led = service.get("network_mode") == "none" or set(service.get("networks", ["default"])) <= INSIDE
    assert led is (name != "serve")
    used = {one.partition(":")[0] for one in service["volumes"] if one[0] not in "./$"}
    assert used <= set(COMPOSE["volumes"])
    places = {one.rsplit(":", 2 if one.endswith(":ro") else 1)[1] for one in service["volumes"]}
    assert service["environment"]["SAMEGOODS_CONFIG"] in places


@pytest.mark.parametrize("name", STORES)
def test_a_store_is_reached_by_ours_alone(name: str):
    store = STORES[name]
    assert set(store["networks"]) <= INSIDE
    assert not {"ports", "network_mode", "privileged"} & store.keys()
    assert store["cap_drop"] == ["ALL"]
    assert store["profiles"], "nobody has to run one"
    assert {one.partition(":")[0] for one in store["volumes"]} <= set(COMPOSE["volumes"])
    users = [one for one in SERVICES.values() if set(store["networks"]) & set(one.get("networks", ()))]
    assert users
    for one in users:
        for ours, its in TOLD[name].items():
            assert one["environment"][ours] == store["environment"][its]


def test_those_who_use_a_store_name_it():
    for name, service in SERVICES.items():
        used = set(service.get("networks", ())) & set(STORES)
        if "objects" in used:
            assert urlsplit(service["environment"]["AWS_ENDPOINT_URL"]).hostname == "objects"
        addresses = [urlsplit(word).hostname for word in service["command"] if word.startswith("postgresql://")]
        assert addresses == (["database"] if used == {"database"} else []), name


def test_no_secret_stands_in_the_compose_file():
    values = [value for one in ALL.values() for name, value in one.get("environment", {}).items() if _is_secret(name)]
    assert values
    assert all(re.fullmatch(r"\$\{\w+:-\}", value) for value in values)


def _is_secret(name: str) -> bool:
    return any(word in name for word in ("SECRET", "PASSWORD", "_KEY", "_USER"))


def test_the_settings_are_settings_of_this_release_and_serve_a_team():
    with main.make_context("samegoods", ["--config", str(SETTINGS), "serve"], resilient_parsing=True) as ctx:
        told = found(ctx, SETTINGS)
    assert told["serve"]["accounts"] is True
    (outside,) = {one.partition(":")[2] for one in SERVICES["serve"]["ports"]}
    assert told["serve"]["port"] == int(outside)
    assert told["serve"]["certificate"] == str(SETTINGS.parent / "tls" / "fullchain.pem")


def test_the_unit_is_confined():
    for key, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "MemoryDenyWriteExecute": "yes",
        "CapabilityBoundingSet": "",
        "User": "samegoods",
    }.items():
        assert unit(key) == [value]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_takes_the_unit(tmp_path: Path):
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    file = tmp_path / "samegoods-serve@july.service"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    file.write_text(text.replace("PrivateTmp=yes", "PrivateTemp=yes"), encoding="utf-8")
    wrong = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True, check=False, timeout=60
    )
    assert "PrivateTemp" in wrong.stderr
