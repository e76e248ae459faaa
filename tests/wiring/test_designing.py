from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from fakes import campaigns, cases
from samegoods.campaign import load
from samegoods.cli import main
from samegoods.edges.case import CaseStore
from samegoods.errors import CaseError, SamegoodsError
from samegoods.records import Reviewed
from samegoods.results.parts import FindingsPart
from samegoods.results.review import Wish
from samegoods.statistics.design import visits_needed
from samegoods.wiring.designing import design


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The file of the made-up campaign, and its case."""
    folder = tmp_path_factory.mktemp("plan")
    campaign = cases.campaign(folder / "campaign")
    file = folder / "campaign" / "campaign.yaml"
    document = campaign.model_dump(mode="json", exclude_none=True)
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file, cases.published(folder / "case", campaign)


def test_without_a_case_it_says_what_a_margin_takes(tmp_path: Path) -> None:
    found = design(campaigns.written(tmp_path), wanted=0.2, share=0.3, untold=0.5)
    assert (found.products, found.sites, found.progress, found.reviews) == (1, 1, (), ())
    assert [(need.packs, need.alike, need.filmed) for need in found.needs] == [
        (1, 1.0, 2),
        *((packs, alike, 2 * packs) for packs in (3, 10) for alike in (0.1, 0.3, 1.0)),
    ]
    for need in found.needs:
        assert need.visits == visits_needed(0.2, share=0.3, packs=need.packs, likeness=need.alike)


def test_a_case_says_how_far_each_product_at_each_site_is(study: tuple[Path, Path]) -> None:
    found = design(study[0], wanted=0.2, case=study[1])
    assert [(one.product, one.site) for one in found.progress] == [
        (product, site)
        for product in ("camellia-biscuits", "heron-filter", "dew-cream", "swift-shoes")
        for site in ("songsin", "moran", "harbour")
    ]
    biscuits, _, nowhere = found.progress[:3]
    assert (biscuits.visits, biscuits.judged) == (1, 3)
    assert biscuits.margin == pytest.approx(0.975 / 2)  # three of three at one visit are one of one
    assert biscuits.needed == visits_needed(0.2, share=4 / 5, packs=3, likeness=1.0)
    assert (nowhere.visits, nowhere.margin, nowhere.needed) == (0, None, None)


def items_of(case: Path) -> FindingsPart:
    return FindingsPart.model_validate_json((case / "findings.json").read_bytes())


def test_packs_that_the_order_reaches_are_named_for_review_and_no_others(study: tuple[Path, Path]) -> None:
    found = design(study[0], wanted=0.2, case=study[1], reviews=100)
    reached = {one.id for one in items_of(study[1]).items if one.in_scope}
    assert {one.item for one in found.reviews} == reached
    assert found.waiting == len(reached) == len(found.reviews)
    gains = [one.gain for one in found.reviews]
    assert gains == sorted(gains, reverse=True)
    assert design(study[0], wanted=0.2, case=study[1], reviews=3).reviews == found.reviews[:3]


def test_what_was_reviewed_is_not_asked_for_again(study: tuple[Path, Path]) -> None:
    first = next(one for one in items_of(study[1]).items if one.in_scope)
    said = {(first.source, first.id): Reviewed("same", "same")}
    found = design(study[0], wanted=0.2, case=study[1], reviews=100, reviewed=said)
    assert first.id not in {one.item for one in found.reviews}


def test_the_case_of_another_campaign_is_refused(study: tuple[Path, Path], tmp_path: Path) -> None:
    other = campaigns.written(tmp_path, campaigns.GOOD.replace("campaign: july-order", "campaign: august-order"))
    with pytest.raises(CaseError, match="not of 'august-order'"):
        design(other, wanted=0.1, case=study[1])
    with pytest.raises(CaseError, match="cannot be read"):
        design(study[0], wanted=0.1, case=tmp_path / "nowhere")
    with pytest.raises(SamegoodsError, match="between 0 and 1"):
        design(study[0], wanted=1.5)


def test_the_command_prints_three_short_tables(study: tuple[Path, Path]) -> None:
    done = CliRunner().invoke(
        main, ["plan", str(study[0]), "--case", str(study[1]), "--reviews", "2", "--margin", "0.2"]
    )
    assert done.exit_code == 0, done.output
    needs, progress, reviews = (part.splitlines() for part in done.stdout.split("\n\n"))
    assert needs[0].split("  ")[0] == "packs judged a visit"
    assert len(needs) == 1 + 7
    assert len(progress) == 1 + 4 * 3
    assert reviews[0] == "review next, in this order (2 of 13 that nobody has reviewed):"
    assert len(reviews) == 2 + 2
    assert "each share within 20%" in done.stderr


def test_the_plan_as_json(study: tuple[Path, Path]) -> None:
    done = CliRunner().invoke(main, ["plan", str(study[0]), "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["schema"] == "samegoods/plan/1"
    assert {"margin", "needs", "progress", "reviews", "waiting"} <= set(document)


def test_a_margin_of_nothing_is_wrong_use(study: tuple[Path, Path]) -> None:
    assert CliRunner().invoke(main, ["plan", str(study[0]), "--margin", "0"]).exit_code == 2


def test_what_somebody_has_decided_on_does_not_wait(study: tuple[Path, Path], tmp_path: Path) -> None:
    case = Path(shutil.copytree(study[1], tmp_path / "case"))
    before = design(study[0], wanted=0.2, case=case)
    first = before.reviews[0]
    found = FindingsPart.model_validate_json((case / "findings.json").read_bytes())
    (source,) = {one.source for one in found.items if one.id == first.item}
    with CaseStore.open(case, campaign=None, software="1.0") as store:
        cases.publish(store, load(study[0]))
        store.conclude()
        store.decide(Wish(decision="agree"), source=source, item=first.item, by="Ana")
        cases.publish(store, load(study[0]))
        store.conclude()
    after = design(study[0], wanted=0.2, case=case)
    assert after.waiting == before.waiting - 1
    assert first.item not in {one.item for one in after.reviews}
