"""What is wrong with a campaign file is told with its line and key."""

import os
from pathlib import Path

import pytest
import yaml

from fakes.campaigns import GOOD, written
from samegoods.campaign import load
from samegoods.errors import CampaignError

EXPORT = "products[0].versions.export"

WRONG = [
    ("samegoods: 1", "samegoods: 2", 1, "samegoods", "this program reads format 1"),
    ("samegoods: 1", "samegoods: true", 1, "samegoods", "this program reads format 1"),
    ("samegoods: 1\n", "", 1, "samegoods", "this key is missing"),
    ("campaign: july-order", "campaign:", 2, "campaign", "expected text, found nothing"),
    ("campaign: july-order", "campaign: ''", 2, "campaign", "at least 1"),
    ("campaign: july-order", "campaign: 7", 2, "campaign", 'YAML reads 7 as a number: put it in quotes: "7"'),
    ("campaign: july-order", "campaing: x", 2, "campaing", "unknown key; did you mean 'campaign'?"),
    ("  title:", "  titel:", 4, "order.titel", "did you mean 'title'?"),
    ("2026-07-01 ", "2026-17-01 ", 5, "order.in_force", "looks like a number, date or tag that is none"),
    ("2026-07-01 ", "soon ", 5, "order.in_force", "expected a date, as in 2026-07-01, found 'soon'"),
    ("2026-07-01 ", "20260701 ", 5, "order.in_force", "expected a date, as in 2026-07-01"),
    ("2026-07-01 ", "2026-07-01T08:00:00 ", 5, "order.in_force", "a time needs its offset"),
    ("[packaging, quality]", "[taste]", 6, "order.requires[0]", "must be 'packaging' or 'quality'"),
    ("[packaging, quality]", "[]", 6, "order.requires", "expected at least 1, found 0"),
    ("[packaging, quality]", "[quality, quality]", 6, "order.requires", "twice"),
    ("[packaging, quality]", "quality", 6, "order.requires", "expected a list, found a str"),
    ("[tobacco, confectionery]", "[]", 7, "order.categories", "expected at least 1"),
    ("reason: sold loose by the grower", "raison: x", 9, "order.exempt[0].raison", "did you mean 'reason'?"),
    (
        "    - {category: handmade-farm, reason: sold loose by the grower}\n",
        "    - {category: farm, reason: x}\n    - {category: farm, reason: y}\n",
        10,
        "order.exempt[1].category",
        "exempt already",
    ),
    ("Asia/Pyongyang", "Asia/Pyongjang", 11, "sites[0].timezone", "did you mean Asia/Pyongyang?"),
    ("Asia/Pyongyang", "../../etc/passwd", 11, "sites[0].timezone", "no time zone is called"),
    ("Asia/Pyongyang", "Asia", 11, "sites[0].timezone", "no time zone is called"),
    ('"at both gates"', "TODO", 11, "sites[0].notice", "without a public notice nothing may be filmed"),
    ('"at both gates"', "'TODO: a poster'", 11, "sites[0].notice", "'TODO: a poster' is no answer"),
    ('"at both gates"', "'...'", 11, "sites[0].notice", "'...' is no answer"),
    ('"at both gates"', "n/a", 11, "sites[0].notice", "'n/a' is no answer"),
    (
        "name: Songsin Market",
        'name: "Songsin \\e[2J"',
        11,
        "sites[0].name",
        "invisible character '\\x1b' stands in it",
    ),
    ("name: Songsin Market", 'name: "Songsin \\u202e"', 11, "sites[0].name", "invisible character '\\u202e'"),
    ("sites:\n", "retention_days: 0\nsites:\n", 10, "retention_days", "greater than or equal to 1"),
    ("sites:\n", "retention_days: 30.5\nsites:\n", 10, "retention_days", "valid integer"),
    ("sites:\n", "public_notice: {operater: x}\nsites:\n", 10, "public_notice.operater", "mean 'operator'?"),
    ("sites:\n", "public_notice: {contact: TBD}\nsites:\n", 10, "public_notice.contact", "no answer: say it"),
    (
        "sites:\n",
        "public_notice: {languages: {ko: {name: x}}}\nsites:\n",
        10,
        "public_notice.languages.ko.name",
        "unknown key",
    ),
    (
        "sites:\n",
        "public_notice: {languages: {ko: {sites: {seoul: 서울}}}}\nsites:\n",
        10,
        "public_notice.languages.ko.sites.seoul",
        "the campaign has no site 'seoul'; it lists songsin",
    ),
    (', notice: "at both gates"', "", 11, "sites[0].notice", "this key is missing"),
    ('"at both gates"', "'  '", 11, "sites[0].notice", "at least 1"),
    ("id: songsin", "id: song sin", 11, "sites[0].id", "without spaces"),
    ("id: songsin", "id: a/b", 11, "sites[0].id", "letters, digits"),
    ("id: camprodon", "id: no", 13, "products[0].id", 'YAML reads no as yes or no: put it in quotes: "no"'),
    ("id: camprodon", "id: 2026-07-01", 13, "products[0].id", 'put it in quotes: "2026-07-01"'),
    ("    name: Camprodon biscuits\n", "", 13, "products[0].name", "this key is missing"),
    ("    name: Camprodon", "    id: again\n    name: Camprodon", 14, "products[0].id", "on line 13 already"),
    ("name: Camprodon biscuits", "name: [a", 15, "(file)", "not YAML"),
    ("name: Camprodon biscuits", "name: &a x\n    nam: *a", 15, "*a", "aliases are not taken"),
    (
        "name: Camprodon biscuits",
        "name: !!python/name:os.system x",
        14,
        "products[0].name",
        "tag that is none",
    ),
    ("category: confectionery", "category: confectionary", 15, "products[0].category", "'confectionery'?"),
    ("      export:", "      exprot:", 16, "products[0].versions", "a version 'export' is missing"),
    ("      domestic:", "      unlisted:", 22, "products[0].versions.unlisted", "reserved"),
    ("      domestic:", "      no:", 22, "products[0].versions.no", 'put it in quotes: "no"'),
    ("      domestic:", "      export:", 22, EXPORT, "on line 17 already"),
    ('["8410000000009"]', "[8410000000009]", 18, f"{EXPORT}.gtin[0]", "in quotes"),
    ("8410000000009", "8410000000008", 18, f"{EXPORT}.gtin[0]", "8 should be 9"),
    ("8410000000009", "841000000000", 18, f"{EXPORT}.gtin[0]", "check digit"),
    ("8410000000009", "84100000009", 18, f"{EXPORT}.gtin[0]", "8, 12, 13 or 14 digits"),
    ('["8410000000009"]', '["8410000000009", "8410000000009"]', 18, f"{EXPORT}.gtin", "twice"),
    ("amount: 3.20", "amount: -3.20", 19, f"{EXPORT}.price.amount", "greater than 0"),
    ("amount: 3.20", "amount: .nan", 19, f"{EXPORT}.price.amount", "must be"),
    ("amount: 3.20", "amount: yes", 19, f"{EXPORT}.price.amount", "expected a number"),
    ("currency: EUR", "currency: euro", 19, f"{EXPORT}.price.currency", "ISO 4217"),
    (", currency: EUR", "", 19, f"{EXPORT}.price.currency", "this key is missing"),
    ("references/top.png", "references/gone.png", 21, f"{EXPORT}.references[0].image", "no file"),
    ("references/top.png", "../outside.png", 21, f"{EXPORT}.references[0].image", "allow its folder with --ref"),
    ("references/top.png", "references/out.png", 21, f"{EXPORT}.references[0].image", "outside the folder of the"),
    ("references/top.png", "/dev/zero", 21, f"{EXPORT}.references[0].image", "no file"),
    ("references/top.png", "references/pipe.png", 21, f"{EXPORT}.references[0].image", "no file"),
    ("references/top.png", "references/loop.png", 21, f"{EXPORT}.references[0].image", "no file"),
    ("references/top.png", f"{'x' * 5000}.png", 21, f"{EXPORT}.references[0].image", "no file"),
    ("references/top.png", "references", 21, f"{EXPORT}.references[0].image", "no file"),
    ("references/top.png", '"a\\0b"', 21, f"{EXPORT}.references[0].image", "no file"),
    (", face: top, width_mm", ", width_mm", 21, f"{EXPORT}.references[0].face", "this key is missing"),
    ("width_mm: 220", "width_mm: -220", 21, f"{EXPORT}.references[0].width_mm", "greater than 0"),
    ("width_mm: 220", "width_mm: '220'", 21, f"{EXPORT}.references[0].width_mm", "must be a valid number"),
    ("width_mm", "widht_mm", 21, f"{EXPORT}.references[0].widht_mm", "did you mean 'width_mm'?"),
]
CORNERS = [
    ("[[0, 0], [9, 0], [9, 9]]", "", "expected at least 4, found 3"),
    ("[[0, 0], [9, 0], [9, 9], [0, 9], [0, 5]]", "", "expected at most 4, found 5"),
    ("[[0, 0], [9], [9, 9], [0, 9]]", "[1]", "expected two numbers, x and y"),
    ("[[0, 0], [9, 0], [9, 9], [0, top]]", "[3][1]", "must be a valid number"),
    ("[[0, 0], [0, 9], [9, 9], [9, 0]]", "", "the wrong way round"),
    ("[[0, 0], [9, 9], [9, 0], [0, 9]]", "", "not those of a convex face"),
    ("[[0, 0], [5, 0], [9, 0], [0, 9]]", "", "not those of a convex face"),
    ("[[0, 0], [9, 0], [9, .inf], [0, 9]]", "", "finite"),
    ("[[-1, 0], [9, 0], [9, 9], [0, 9]]", "", "not negative"),
]
WRONG += [
    ("width_mm: 220", f"corners: {corners}", 21, f"{EXPORT}.references[0].corners{place}", message)
    for corners, place, message in CORNERS
]


def problems(folder: Path, text: str) -> list[tuple[int, str, str]]:
    strange_files(folder)
    with pytest.raises(CampaignError) as caught:
        load(written(folder, text))
    return caught.value.problems


def strange_files(folder: Path) -> None:
    """Names that a stranger's campaign may point to: out of its folder, a pipe, a link to itself."""
    references = folder / "references"
    references.mkdir(exist_ok=True)
    outside = folder.parent / "outside.png"
    outside.write_bytes(b"a picture")
    for name, make in {
        "out.png": lambda path: path.symlink_to(outside),
        "pipe.png": os.mkfifo,
        "loop.png": lambda path: path.symlink_to(path),
    }.items():
        if not os.path.lexists(references / name):
            make(references / name)


@pytest.mark.parametrize(("right", "wrong", "line", "key", "message"), WRONG)
def test_what_is_wrong_is_told_once_with_line_and_key(tmp_path, right, wrong, line, key, message):
    assert right in GOOD
    told = problems(tmp_path, GOOD.replace(right, wrong, 1))
    here = [text for at, name, text in told if (at, name) == (line, key)]
    assert len(here) == 1, told
    assert message in here[0]


@pytest.mark.parametrize(("right", "wrong"), [(case[0], case[1]) for case in WRONG[:12]])
def test_nothing_else_is_told_of_one_fault(tmp_path, right, wrong):
    told = problems(tmp_path, GOOD.replace(right, wrong, 1))
    assert len(told) == (2 if "unknown key" in str(told) else 1)


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path):
    text = GOOD.replace("Asia/Pyongyang", "Mars/Base").replace("july-order", "''").replace("EUR", "€")
    told = problems(tmp_path, text.replace("top-domestic.png", "gone.png"))
    assert [(line, key) for line, key, _ in told] == [
        (2, "campaign"),
        (11, "sites[0].timezone"),
        (19, f"{EXPORT}.price.currency"),
        (23, "products[0].versions.domestic.references[0].image"),
    ]


def test_the_message_names_file_line_and_key(tmp_path: Path):
    with pytest.raises(CampaignError, match=r"campaign\.yaml:2: campaign: expected text, found nothing"):
        load(written(tmp_path, GOOD.replace("july-order", "")))


@pytest.mark.parametrize(("what", "line"), [("sites", 12), ("products", 24)], ids=["two sites", "two products"])
def test_ids_are_taken_once(tmp_path: Path, what: str, line: int):
    plain = yaml.safe_load(GOOD)
    extra = yaml.safe_dump(plain[what], default_flow_style=True, width=9999).strip()[1:-1]
    first = "products:" if what == "sites" else "\0"
    text = GOOD.replace(first, f"  - {extra}\n{first}") if what == "sites" else f"{GOOD}  - {extra}\n"
    assert problems(tmp_path, text) == [
        (line, f"{what}[1].id", f"the id {plain[what][0]['id']!r} is taken by an earlier one of the {what}")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found nothing"),
        ("# only a comment", "found nothing"),
        ("- a\n- b", "found a list"),
        ("just words", "found a str"),
        ("a: 1\n---\nb: 2", "not YAML"),
        ("[" * 3000, "nested more than 20 deep, which is the limit"),
        ("- a\n" * 100_001, "more than 100000 values, which is the limit"),
        (f"a: {'1:' * 9000}1", "a value of more than 10000 letters, which is the limit"),
        ("a: &a [x]\nb: [*a, *a]", "aliases are not taken"),
    ],
)
def test_what_is_no_campaign_at_all(tmp_path: Path, text: str, message: str):
    assert message in problems(tmp_path, text)[0][2]


def test_a_billion_laughs_end_at_once(tmp_path: Path):
    lines = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    (told,) = problems(tmp_path, "\n".join(lines))
    assert told == (2, "*a", "aliases are not taken: write it out")


def test_a_product_without_any_reference_could_never_be_seen(tmp_path: Path):
    text = GOOD[: GOOD.index("        references:")]
    assert problems(tmp_path, text)[0][1:] == (
        "products[0].versions",
        "no version has a reference: this product could never be recognised",
    )


def test_pictures_may_lie_where_the_user_says(tmp_path: Path):
    strange_files(tmp_path)
    file = written(tmp_path, GOOD.replace("references/top.png", "../outside.png"))
    campaign = load(file, references_from=[tmp_path.parent])
    assert campaign.products[0].versions["export"].references[0].image == (tmp_path.parent / "outside.png").resolve()


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "."])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, name: str):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CampaignError, match=r"cannot be read: (this is not a file|Is a directory)"):
        load(tmp_path / name)


def test_a_file_that_is_too_long_is_not_read_to_its_end(tmp_path: Path):
    file = tmp_path / "long.yaml"
    with file.open("wb") as stream:
        stream.truncate(1 << 40)  # a terabyte, of which nothing is written
    with pytest.raises(CampaignError, match=r"it has more than 4 MB, which is the limit"):
        load(file)


def test_of_very_many_problems_the_first_are_told(tmp_path: Path):
    told = problems(tmp_path, GOOD + "".join(f"key{n}: x\n" for n in range(3000)))
    assert len(told) == 101
    assert told[-1][2] == "and 2900 more problems"


def test_too_many_references_are_refused(tmp_path: Path):
    many = ", ".join(["{image: references/top.png, face: top}"] * 2001)
    told = problems(tmp_path, GOOD.replace("{image: references/top-domestic.png, face: top}", many))
    assert [message for _, _, message in told] == ["2002 references; the limit is 2000"]


def test_a_name_that_would_command_a_terminal_is_shown_escaped(tmp_path: Path):
    file = tmp_path / "a\n\x1b[2J\u202e.yaml"
    file.write_text('"k\\e[1m\\n": 1\nsamegoods: 1\n', encoding="utf-8")
    with pytest.raises(CampaignError) as caught:
        load(file)
    assert all(line.isprintable() for line in str(caught.value).splitlines())
    assert "a\\n\\x1b[2J\\u202e.yaml:1: k\\x1b[1m\\n: unknown key" in str(caught.value)
