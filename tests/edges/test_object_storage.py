"""What goes wrong with a service for objects, and what is said of it: the place, the remedy, and no secret."""

from __future__ import annotations

import json
import sys
import time

import pytest

from fakes.objects import SECRET, Service
from samegoods.custody.entries import Entry, line_of
from samegoods.edges.case.bucket import Bucket
from samegoods.edges.case.placing import address_in, pictures_of, place_of
from samegoods.errors import CaseError, MissingPart

PATH = f"evidence/ab/{'ab' * 32}.png"


def test_a_service_that_is_busy_is_asked_again(objects: Service, bucket: str):
    place = Bucket(bucket)
    objects.fail("PUT", times=2, status="503 Slow Down")
    place.put_once(PATH, b"one")
    objects.fail("GET", times=2, status="500 Internal Server Error")
    assert place.read(PATH) == b"one"
    objects.fail("GET", times=1, status="503 Slow Down")
    assert list(place.names([])) == [PATH]


def test_a_slow_service_is_waited_for(objects: Service, bucket: str):
    place = Bucket(bucket)
    objects.fail("PUT", times=1, delay_s=1.0)
    began = time.monotonic()
    place.put_once(PATH, b"one")
    assert time.monotonic() - began >= 1.0
    assert place.read(PATH) == b"one"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": None}, "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ({"AWS_SECRET_ACCESS_KEY": None}, "there are no credentials: set AWS_ACCESS_KEY_ID and"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "the service does not answer: is AWS_ENDPOINT_URL right"),
        ({"AWS_CONDITIONAL_PUT": "nonsense"}, "the environment sets something for it (AWS_…) that cannot be used"),
        ({"AWS_ENDPOINT_URL": "nonsense"}, "AWS_ENDPOINT_URL: expected the address of a service, such as https:"),
        ({"AWS_ENDPOINT_URL": "https://me:word@objects.example"}, "AWS_ENDPOINT_URL: expected the address"),
        (
            {"AWS_ALLOW_HTTP": None},
            "AWS_ENDPOINT_URL: pictures would travel in clear: name https://, or set AWS_ALLOW",
        ),
    ],
)
def test_an_environment_that_leads_nowhere(
    bucket: str, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str | None], said: str
):
    for name, value in variables.items():
        monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name)
    place = Bucket(bucket, patience_s=0.2)
    for use in (place.require, lambda: place.read(PATH), lambda: place.put_once(PATH, b"?")):
        with pytest.raises(CaseError) as told:
            use()
        assert said in str(told.value)
        assert len(str(told.value).splitlines()) == 1
        assert SECRET not in str(told.value)
        assert "word" not in str(told.value)


def test_a_bucket_that_is_not_there(bucket: str):
    place = Bucket(f"{bucket}-other/july")
    uses = (place.require, lambda: place.put_once(PATH, b"?"), lambda: place.read(PATH), lambda: place.sha256(PATH))
    for use in (*uses, lambda: list(place.names([])), lambda: place.delete([PATH])):
        with pytest.raises(
            CaseError, match=f"^{bucket}-other/july.*: there is no such bucket: make it, or name another"
        ):
            use()


def test_credentials_that_do_not_do(objects: Service, bucket: str, monkeypatch: pytest.MonkeyPatch):
    """The service itself checks signatures and rights here."""
    Bucket(bucket).put_once(PATH, b"one")
    iam = objects.client("iam")
    keys = {}
    for user in ("keeper", "stranger"):
        iam.create_user(UserName=user)
        keys[user] = iam.create_access_key(UserName=user)["AccessKey"]
    may = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    iam.put_user_policy(UserName="keeper", PolicyName="all", PolicyDocument=json.dumps(may))
    keeper, stranger = keys["keeper"], keys["stranger"]
    objects.post("/moto-api/reset-auth", b"0")
    try:
        for ident, secret, said in (
            (keeper["AccessKeyId"], keeper["SecretAccessKey"], None),
            ("AKIAUNKNOWN", "any", "the service does not know these credentials"),
            (keeper["AccessKeyId"], "not-the-secret", "the service does not take these credentials"),
            (stranger["AccessKeyId"], stranger["SecretAccessKey"], "these credentials may not do this"),
        ):
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", ident)
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
            _used(Bucket(bucket), said, ident, secret)
    finally:
        objects.post("/moto-api/reset-auth", b"inf")
    assert Bucket(bucket).read(PATH) == b"one"


def _used(place: Bucket, said: str | None, *never: str) -> None:
    uses = (
        place.require,
        lambda: place.read(PATH),
        lambda: place.put_once(PATH, b"?"),
        lambda: place.delete([PATH + "x"]),
    )
    for use in uses:
        if said is None:
            use()
            continue
        with pytest.raises(CaseError) as told:
            use()
        assert said in str(told.value)
        assert not [one for one in never if one in str(told.value)]


def test_an_object_whose_name_no_file_can_have(objects: Service, bucket: str):
    objects.client().put_object(Bucket=bucket.removeprefix("s3://"), Key="july/../x", Body=b"?")
    with pytest.raises(CaseError, match=r"holds an object whose name no file can have.*: delete that object"):
        list(Bucket(f"{bucket}/july").names([]))


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.setitem(sys.modules, "obstore.exceptions", None)
    with pytest.raises(MissingPart, match=r"obstore: pip install 'samegoods\[stores\]'"):
        Bucket("s3://market").read(PATH)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "s3:/market",
        "s3://",
        "s3://ab",
        "s3://Market",
        "S3://market",
        "https://market",
        "gs://market",
        "/srv/evidence",
        "s3://market/../other",
        "s3://market/./x",
        "s3://market//x",
        "s3://market/a b",
        "s3://market/x?versionId=1",
        "s3://AKIA:secret@market/x",
        "s3://market/x\n",
        "s3://market/시장",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(tmp_path, address: str):
    with pytest.raises(CaseError, match="expected s3://BUCKET or s3://BUCKET/PREFIX") as told:
        place_of(tmp_path, begun=False, told=None, asked=address)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("told", "asked", "fits"),
    [
        ("s3://market/july/case-1", None, True),
        ("s3://market/july/case-1", "s3://market/july", True),
        ("s3://market/july/case-1", "s3://market/july/", True),
        ("s3://market/july/case-1", "s3://market/july/case-1", True),
        ("s3://market/july/case-1", "s3://market", False),
        ("s3://market/july/case-1", "s3://other/july", False),
        ("s3://market/july/case-1", "s3://market/july/case", False),
        (None, "s3://market/july", False),
        (None, None, True),
    ],
)
def test_a_case_stays_where_it_was_begun(tmp_path, told: str | None, asked: str | None, fits: bool):
    if fits:
        assert place_of(tmp_path, begun=True, told=told, asked=asked).address == told
        return
    with pytest.raises(CaseError, match=r"its evidence is .*: leave --evidence out to go on, or begin another case"):
        place_of(tmp_path, begun=True, told=told, asked=asked)


def test_two_cases_of_one_address_have_places_of_their_own(tmp_path, bucket: str):
    places = [place_of(tmp_path, begun=False, told=None, asked=f"{bucket}/july").address for _ in range(2)]
    assert places[0] != places[1]
    assert all(str(one).startswith(f"{bucket}/july/case-") for one in places)


def test_a_log_is_read_line_by_line_for_its_address(tmp_path):
    assert pictures_of(tmp_path).address is None
    entry = Entry(2, "2026-07-20T00:00:00+00:00", "evidence", "1.0", "c", {"address": "s3://market/case-1"}, "0" * 64)
    (tmp_path / "custody.jsonl").write_text(f"{'x' * 3_000_000}\n{line_of(entry)}{'y' * 3_000_000}")
    assert pictures_of(tmp_path).address == "s3://market/case-1"


def test_lines_that_are_no_log_tell_no_address():
    assert (
        address_in([b'{"kind":"evidence","body":{"address":"s3://elsewhere"}}\n', b'"kind":"evidence"', b"\xff"])
        is None
    )
