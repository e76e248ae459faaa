"""A campaign file that is right, in a folder with its pictures."""

from pathlib import Path

GOOD = """\
samegoods: 1
campaign: july-order
order:
  title: Goods sold at home must not differ from those exported
  in_force: 2026-07-01            # earlier footage is described, never judged
  requires: [packaging, quality]
  categories: [tobacco, confectionery]
  exempt:
    - {category: handmade-farm, reason: sold loose by the grower}
sites:
  - {id: songsin, name: Songsin Market, timezone: Asia/Pyongyang, notice: "at both gates"}
products:
  - id: camprodon
    name: Camprodon biscuits
    category: confectionery
    versions:
      export:
        gtin: ["8410000000009"]
        price: {amount: 3.20, currency: EUR}
        references:
          - {image: references/top.png, face: top, width_mm: 220}
      domestic:
        references: [{image: references/top-domestic.png, face: top}]
"""


def written(folder: Path, text: str = GOOD) -> Path:
    """A campaign file in a folder with its pictures, which are no pictures: nothing opens them."""
    references = folder / "references"
    references.mkdir(exist_ok=True)
    for name in ("top.png", "top-domestic.png"):
        if not (references / name).exists():
            (references / name).write_bytes(name.encode())
    file = folder / "campaign.yaml"
    file.write_text(text, encoding="utf-8")
    return file
