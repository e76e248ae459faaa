"""What a campaign is: frozen records, made from a file by :func:`samegoods.campaign.load` or by hand."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from samegoods.campaign.agreement import disagreements
from samegoods.campaign.notice import PublicNotice, Told
from samegoods.campaign.values import (
    Amount,
    Corners,
    Currency,
    Gtin,
    Identifier,
    Millimetres,
    Start,
    Text,
    Zone,
    wrong,
)
from samegoods.errors import BadReference, FootageError
from samegoods.strangers import open_file

Axis = Literal["packaging", "quality"]


def _unique(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) != len(values):
        raise wrong("the same entry stands here twice")
    return values


def _located(image: Path, info: ValidationInfo) -> Path:
    """Resolve against the campaign file's folder, where there is one, and see that the picture is there, in a folder
    that pictures may be taken from."""
    if info.context is None:
        return image
    folder, also = info.context["folder"], info.context["also"]
    path = Path(folder) / image
    try:
        found, real = path.is_file(), path.resolve()
    except (OSError, ValueError, RuntimeError):  # too long for a file system, a null character, a loop of links
        found, real = False, path
    if found and not any(real.is_relative_to(home) for home in (folder, *also)):
        raise wrong(
            f"{image.as_posix()!r} lies outside the folder of the campaign file: put the picture there, or allow its "
            "folder with --references-from"
        )
    if not found:
        raise wrong(f"there is no file {image.as_posix()!r} beside the campaign file")
    return real


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Exemption(_Part):
    """A category that the order leaves out, and why."""

    category: Identifier
    reason: Text


class Order(_Part):
    """The requirement: what must match, from when, for which categories, with which exemptions.

    ``in_force`` is a date, which begins at midnight of the site, or an aware time. ``categories`` is None
    where the order reaches all of them.
    """

    title: Text
    in_force: Start
    requires: Annotated[tuple[Axis, ...], Field(min_length=1), AfterValidator(_unique)]
    categories: Annotated[tuple[Identifier, ...], Field(min_length=1), AfterValidator(_unique)] | None = None
    exempt: tuple[Exemption, ...] = ()

    def exemption(self, category: str) -> Exemption | None:
        """The exemption of a category, or None."""
        return next((exempt for exempt in self.exempt if exempt.category == category), None)

    @property
    def rule(self) -> str:
        """The order in one line: its title, and what must match."""
        return f"{self.title} ({' and '.join(self.requires)})"

    def passes_over(self, category: str) -> str | None:
        """The rule by which the order does not reach a category of goods; None where it does."""
        exempt = self.exemption(category)
        if exempt is not None:
            return f"exempt: {exempt.reason}"
        if self.categories is not None and category not in self.categories:
            return "category not in the order"
        return None


class Site(_Part):
    """A place where footage is taken; ``notice`` says where the public is told of the filming."""

    id: Identifier
    name: Text
    timezone: Zone
    notice: Told


class ReferenceSpec(_Part):
    """A picture of one face of one version.

    ``corners`` are the face's in the picture, px: top left, top right, bottom right, bottom left; None where
    the picture is the face.
    """

    image: Annotated[Path, AfterValidator(_located)]
    face: Identifier
    width_mm: Millimetres | None = None
    corners: Corners | None = None


class Price(_Part):
    """What a pack is offered at."""

    amount: Amount
    currency: Currency


class Version(_Part):
    """The form of a product made for one market; it may have no reference yet."""

    gtin: Annotated[tuple[Gtin, ...], AfterValidator(_unique)] = ()
    price: Price | None = None
    references: tuple[ReferenceSpec, ...] = ()


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value  # "domestic:" with nothing after it: listed, not yet described


class Product(_Part):
    """A good sold under one name, with its versions by id; one of them is ``export``."""

    id: Identifier
    name: Text
    category: Identifier
    versions: dict[Identifier, Annotated[Version, BeforeValidator(_nothing_is_empty)]]

    @property
    def gtins(self) -> dict[str, str | None]:
        """The version that each GTIN, as 14 digits, is printed on; None for a number of several versions."""
        owners: dict[str, str | None] = {}
        for version, form in self.versions.items():
            for number in form.gtin:
                key = number.zfill(14)
                owners[key] = version if key not in owners else None
        return owners


def _format(value: object) -> object:
    if value != 1 or isinstance(value, bool):  # True is 1 to Python, and not to whoever wrote it
        raise wrong(f"the format of the file is {value!r}; this program reads format 1")
    return value


class Campaign(_Part):
    """One study: the order to be met, the sites, the products with their versions.

    ``public_notice`` is what ``samegoods notice`` prints. ``retention_days`` is how long evidence may be kept; None
    where the campaign does not say.
    """

    samegoods: Annotated[Literal[1], BeforeValidator(_format)]
    campaign: Text
    order: Order
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    public_notice: PublicNotice | None = None
    retention_days: Annotated[int, Field(strict=True, ge=1, le=36_500)] | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        problems = [message for _, message in disagreements(self.model_dump())]
        if problems:
            raise PydanticCustomError("disagrees", "{text}", {"text": "; ".join(problems)})
        return self

    def site(self, site: str) -> Site:
        """The site of this id.

        Raises:
            FootageError: the campaign lists no such site.
        """
        for one in self.sites:
            if one.id == site:
                return one
        listed = ", ".join(one.id for one in self.sites)
        raise FootageError(f"the campaign has no site {site!r}; it lists {listed}")

    def product(self, product: str) -> Product:
        """The product of this id; KeyError where the campaign lists no such product."""
        for one in self.products:
            if one.id == product:
                return one
        raise KeyError(product)

    @cached_property
    def digest(self) -> str:
        """A sha256 of all that the campaign says and of the bytes of its reference pictures.

        Where the pictures lie does not count, so a folder may be moved.

        Raises:
            BadReference: a picture cannot be read.
        """
        content = self.model_dump(mode="json", exclude_computed_fields=True)
        for name in ("public_notice", "retention_days"):  # a campaign that lacks them is the same as before them
            if content[name] is None:
                del content[name]
        for product, plain in zip(self.products, content["products"], strict=True):
            for name, version in product.versions.items():
                for spec, entry in zip(version.references, plain["versions"][name]["references"], strict=True):
                    entry["image"] = _sha256(spec.image)
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the campaign file."""
    schema = Campaign.model_json_schema()
    schema["title"] = "samegoods campaign file, format 1"
    schema["$id"] = "samegoods/campaign/1"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _sha256(path: Path) -> str:
    try:
        with open_file(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BadReference(f"{path}: {error.strerror or error}") from error
