"""The files of deploy/: what is open, who may write, where the secrets come from, and that Dagster takes its own."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.instance.ref import InstanceRef

from pipelines.settings import PROJECT_DIR
from tests.support.deployment import COMPOSE, DEPLOY, SERVICES

TEXT = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
OURS = [name for name, service in SERVICES.items() if "build" in service]
OF_DAGSTER = [
    yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8")) for name in ("dagster.yaml", "workspace.yaml")
]
VARIABLES = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))


def variables_in(value):
    """Names of the variables that a file of Dagster takes values from."""
    if isinstance(value, dict) and set(value) == {"env"}:
        return {value["env"]}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return {name for one in inner for name in variables_in(one)}


def networks_of(service):
    return set(SERVICES[service]["networks"])


def test_a_variable_has_no_default_and_says_what_to_set():
    assert {"DAGSTER_POSTGRES_PASSWORD", "PROXY_CERTIFICATE", "PROXY_HTPASSWD"} == VARIABLES
    assert re.findall(r"(?<!\$)\$\{(?!\w+:\?[^}]{15,}\})[^}]*\}", TEXT) == []


def test_a_secret_stands_in_no_file():
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASS|SECRET|TOKEN|KEY", variable):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), (name, variable)
    assert "DAGSTER_POSTGRES_PASSWORD" in variables_in(OF_DAGSTER[0])
    assert not re.search(r"(?i)password", DOCKERFILE)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_watched_and_started_again(name):
    service = SERVICES[name]
    assert re.fullmatch(r"[\w./-]+:\d+(\.\d+)+[\w.-]*", service["image"]), service["image"]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid"} & set(service)


def test_our_image_is_of_this_version_and_runs_as_a_user_of_its_own():
    version = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"guildbook:{version}"}
    assert OURS == ["code", "daemon", "webserver"]
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, flags=re.MULTILINE) == ["guildbook"]
    assert re.search(r"^FROM python:3\.\d+\.\d+-", DOCKERFILE, flags=re.MULTILINE)
    assert "--constraint constraints.txt" in DOCKERFILE
    for name in (*OURS, "proxy"):
        assert SERVICES[name]["cap_drop"] == ["ALL"], name


def test_only_the_proxy_is_open_and_what_it_cannot_reach_is_the_database_and_the_code():
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == COMPOSE["networks"]["pages"] == {"internal": True}
    assert networks_of("postgres") == networks_of("daemon") == {"inside"}
    assert networks_of("webserver") == {"inside", "pages"}
    assert networks_of("proxy") & networks_of("postgres") == set()
    assert networks_of("proxy") & networks_of("webserver") == {"pages"}


def test_only_the_code_location_writes_the_home_and_the_proxy_reads_what_readers_may():
    mounts = {
        name: [one for one in service.get("volumes", []) if one.startswith("home:")]
        for name, service in SERVICES.items()
    }
    assert {name: found for name, found in mounts.items() if found} == {
        "code": ["home:/srv/guildbook/data"],
        "proxy": ["home:/srv/guildbook/data:ro"],
    }
    (group,) = SERVICES["proxy"]["group_add"]
    assert f"groupadd --gid {group} guildbook-readers" in DOCKERFILE
    assert "GUILDBOOK_READERS_GROUP=guildbook-readers" in DOCKERFILE


@pytest.mark.parametrize("name", OURS)
def test_the_program_of_a_service_exists_and_its_variables_are_those_that_dagster_asks_for(name):
    for words in (SERVICES[name]["command"], SERVICES[name]["healthcheck"]["test"][1:]):
        assert Path(sys.executable).with_name(words[0]).exists(), words
    given = set(SERVICES[name]["environment"])
    assert {one for one in given if one.startswith("DAGSTER_")} == {
        name for one in OF_DAGSTER for name in variables_in(one)
    }


def test_dagster_takes_the_file_queues_runs_and_reports_to_nobody(monkeypatch):
    for variable in variables_in(OF_DAGSTER[0]):
        monkeypatch.setenv(variable, "1")
    ref = InstanceRef.from_dir(str(DEPLOY))

    assert isinstance(ref.run_coordinator, dg.QueuedRunCoordinator)
    assert ref.run_coordinator.get_run_queue_config().max_concurrent_runs == 1
    assert type(ref.run_launcher) is dg.DefaultRunLauncher
    assert ref.settings["telemetry"] == {"enabled": False}
    assert ref.settings["nux"] == {"enabled": False}


def test_a_key_that_dagster_does_not_know_would_be_found(tmp_path):
    (tmp_path / "dagster.yaml").write_text((DEPLOY / "dagster.yaml").read_text() + "run_queues: {}\n")
    with pytest.raises(dg.DagsterInvalidConfigError, match="run_queues"):
        InstanceRef.from_dir(str(tmp_path))


def test_the_page_names_every_service_and_every_variable():
    named = set(re.findall(r"`(\w+)`", README))
    assert set(SERVICES) | VARIABLES <= named
