"""The documents say what is so: commands and options are documented, links resolve, the README's Python runs."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml
from PIL import Image as Pictures

from samegoods import campaign as campaigns
from samegoods.cli import main
from samegoods.render.photo import Pose, photograph
from samegoods.render.random_pack import random_pack

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = main.list_commands(click.Context(main))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
EXIT_CODES = (0, 1, 2, 3, 4, 5, 70, 130)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def headings(path: Path) -> set[str]:
    lines = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def command_named(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return command


def options_of(command: click.Command) -> set[str]:
    """The options of a command, and of the commands of a group."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return {option for one in (command, *below) for param in one.params for option in param.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_and_in_the_guide(name: str):
    assert f"`samegoods {name}" in README.read_text(encoding="utf-8")
    assert f"samegoods {name}" in (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_an_example(name: str):
    command = command_named(name)
    assert command.short_help
    assert f"samegoods {name}" in (command.help or "")
    assert all(one.help for one in command.params if isinstance(one, click.Option))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_no_document_names_a_command_or_an_option_that_is_not_there(path: Path):
    text = "\n".join([*blocks(path, "sh"), *re.findall(r"`(samegoods [^`]+)`", path.read_text(encoding="utf-8"))])
    for name, rest in re.findall(r"^\s*samegoods ([a-z]+)([^\n#]*)", text, re.MULTILINE):
        assert name in COMMANDS
        assert set(re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest)) <= options_of(command_named(name)), f"{name}{rest}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path: Path):
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_file_named_is_there(path: Path):
    named = re.findall(
        r"`((?:src|tests|docs|benchmarks|stages|vision|edges|render|cli)/[\w./-]*\w)`", path.read_text()
    )
    missing = [one for one in named if not ((ROOT / one).exists() or (ROOT / "src" / "samegoods" / one).exists())]
    assert [one for one in missing if "NAME" not in one] == []


def test_the_readme_tells_every_exit_code():
    text = README.read_text(encoding="utf-8")
    told = text[text.index("Exit codes:") :].split("\n\n")[0]
    assert tuple(int(code) for code in re.findall(r"\b(\d+) [a-z]", told)) == EXIT_CODES


@pytest.mark.parametrize("task", ["demo", "test", "bench", "lint", "lock"])
def test_the_tasks_that_the_documents_name_are_there(task: str):
    assert any(f"tasks.py {task}" in path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert f'"{task}": {task}' in (ROOT / "tasks.py").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_a_gap():
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    assert [file.read_text(encoding="utf-8").split(".")[0] for file in files] == [
        f"# {int(f.name[:4])}" for f in files
    ]


def test_the_list_in_the_guide_is_read_as_it_stands(tmp_path: Path):
    from samegoods.edges.media.listing import read_listing

    (tmp_path / "footage.csv").write_text(blocks(ROOT / "docs" / "guide.md", "csv")[0], encoding="utf-8")
    rows = list(read_listing(tmp_path / "footage.csv"))
    assert [(row.site, row.captured_at) for row in rows] == [("main-market", "2026-07-14T09:30"), ("harbour", "")]


def first_campaign(folder: Path) -> None:
    """What the README's Python asks for: a reference, a photo, a campaign with one site and its footage."""
    pack = random_pack(3)
    Pictures.fromarray(pack).save(folder / "export-front.png")
    photo = photograph(pack, pose=Pose(height_px=320, tilt_deg=10), seed=3).pixels
    Pictures.fromarray(photo).save(folder / "stall.jpg", quality=92)
    document = yaml.safe_load(campaigns.skeleton())
    document["sites"][0]["notice"] = "a poster at each gate"
    (product,) = document["products"]
    (reference,) = product["versions"]["export"]["references"]
    for place in (folder / "july" / "references", folder / "clips"):
        place.mkdir(parents=True)
    Pictures.fromarray(pack).save(folder / "july" / reference["image"])
    Pictures.fromarray(photo).save(folder / "clips" / "stall.jpg", quality=92)
    (folder / "july" / "campaign.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")


def test_the_python_of_the_readme_runs_as_it_stands(tmp_path: Path):
    (script,) = blocks(README, "python")
    assert len(script.splitlines()) <= 12
    first_campaign(tmp_path)
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    first, last = done.stdout.splitlines()[0], done.stdout.splitlines()[-1]
    assert first.split(" - ")[0] in ("same", "different", "cannot_tell")
    assert re.fullmatch(r"example-biscuits main-market \d+ different of 1", last)
    assert (tmp_path / "july" / "case" / "report.html").is_file()


def test_the_schema_and_the_skeleton_agree():
    import jsonschema

    jsonschema.validate(
        yaml.safe_load(campaigns.skeleton().replace("2026-07-01", '"2026-07-01"')), campaigns.json_schema()
    )


TEXTS = [
    path
    for folder in ("src", "tests", "docs", "benchmarks", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".md", ".yaml", ".json", ".toml", ".csv", ".j2", ".css", ""} and path.is_file()
]


@pytest.mark.parametrize("path", [*TEXTS, *DOCUMENTS, ROOT / "tasks.py", ROOT / "pyproject.toml"], ids=name_of)
def test_no_file_names_a_host_of_packages_or_a_folder_of_one_machine(path: Path):
    hosts = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org"]
    folders = ["/" + "root/", "/" + "home/", "/" + "work/", "C:" + "\\Users"]
    text = path.read_text(encoding="utf-8")
    assert [one for one in [*hosts, *folders] if one in text] == []


def test_the_job_file_asks_for_what_is_there():
    (job,) = yaml.safe_load_all((ROOT / "docs" / "ray-job.yaml").read_text(encoding="utf-8"))
    program, name, *words = job["spec"]["entrypoint"].split()
    known = {option for one in command_named(name).params for option in one.opts}
    assert (program, job["kind"]) == ("samegoods", "RayJob")
    assert {word for word in words if word.startswith("-")} <= known
    cluster = job["spec"]["rayClusterSpec"]
    (worker,) = cluster["workerGroupSpecs"]
    cores = int(worker["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"])
    assert int(words[words.index("--workers") + 1]) == cores * worker["maxReplicas"]
    mounts = [
        {(one["name"], one["mountPath"]) for one in part["template"]["spec"]["containers"][0]["volumeMounts"]}
        for part in (cluster["headGroupSpec"], worker)
    ]
    assert ("data", "/data") in mounts[0] & mounts[1]  # what is read lies under one path everywhere
