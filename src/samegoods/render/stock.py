"""The designs of the demo's own goods. Every brand is invented."""

from __future__ import annotations

from samegoods.render.barcode import ean13
from samegoods.render.design import Design

_KARAVEL = Design(
    seed=11, size=(510, 680), layout="medallion", motif="tobacco", emblem="shield", edge=0,
    palette=((36, 52, 40), (196, 168, 112), (178, 62, 44), (24, 20, 16), (244, 234, 208)),
    brand="KARAVEL", name="Old Harbour", strap="fine cut pipe tobacco", weight="50 g",
    lines=("Blended from ripe leaf", "Virginia, Burley, Oriental", "Packed at the harbour mill", "Keep the pouch closed"),
    gtin=ean13("410000010001"), seal_words="STATE QUALITY • ", seal_style=0,
    warning_words="SMOKING HARMS YOU AND THOSE AROUND YOU", families=("roman-italic", "roman"),
)  # fmt: skip
_ONDALUNA = Design(
    seed=12, size=(500, 690), layout="banner", motif="biscuits", emblem="ring", edge=1,
    palette=((246, 232, 204), (24, 96, 150), (214, 120, 30), (46, 26, 14), (255, 250, 238)),
    brand="ONDALUNA", name="Almond Moons", strap="baked golden with whole almonds", weight="300 g e",
    lines=("WITH 24 % ROAST ALMONDS", "Wheat flour, almonds, sugar", "butter, honey, whole milk", "May contain hazelnuts", "Baked by Ondaluna, Portonovo"),
    gtin=ean13("410000020001"), seal_words="GOLDEN OVEN 1931 • ", seal_style=4, families=("serif-bold", "sans-bold"),
)  # fmt: skip
_ONDALUNA_SIDE = Design(
    seed=13, size=(246, 690), layout="stripe", motif="waves", emblem="ring", edge=1,
    palette=((246, 232, 204), (24, 96, 150), (214, 120, 30), (46, 26, 14), (255, 250, 238)),
    brand="ONDALUNA", name="Almond", strap="nutrition in 100 g", weight="", drop=frozenset({"seal", "weight"}),
    lines=("Energy 2040 kJ", "Fat 22 g", "Sugar 27 g", "Protein 9 g", "Salt 0.4 g"), gtin=ean13("410000020001"),
)  # fmt: skip
_MERLUNE = Design(
    seed=14, size=(520, 680), layout="stack", motif="chocolate", emblem="star", edge=3,
    palette=((58, 26, 40), (212, 168, 84), (226, 96, 70), (30, 12, 14), (252, 240, 220)),
    brand="MERLUNE", name="Noir 72 %", strap="dark chocolate with sea salt", weight="100 g e",
    lines=("Cocoa mass, cane sugar", "cocoa butter, sea salt 0.6 %", "Cocoa: at least 72 %", "Melt slowly, share quickly"),
    gtin=ean13("410000030001"), seal_words="FINE COCOA GUILD • ", seal_style=9, families=("roman", "roman-italic"),
)  # fmt: skip
_SELUNE = Design(
    seed=15, size=(520, 676), layout="stripe", motif="flower", emblem="diamond", edge=0,
    palette=((222, 164, 186), (136, 30, 82), (214, 66, 104), (58, 16, 40), (255, 246, 246)),
    brand="SELUNE", name="Day Cream", strap="camellia and rice milk", weight="50 ml e",
    lines=("For normal to dry skin", "Apply each morning", "Tested by skin doctors", "Without parfum", "Jar: glass, lid: steel"),
    gtin=ean13("410000040001"), seal_words="PURE CAMELLIA • ", seal_style=13, families=("roman-italic", "sans-bold"),
)  # fmt: skip
_VELTRO = Design(
    seed=16, size=(720, 570), layout="split", motif="ball", emblem="wing", edge=2,
    palette=((18, 34, 66), (214, 40, 52), (248, 186, 40), (8, 12, 26), (246, 248, 252)),
    brand="VELTRO", name="Squad Suit", strap="warm-up jacket and trousers", weight="size L",
    lines=("Shell: 88 % polyester, 12 % elastane", "Wash at 30, do not bleach", "Colour: night and signal red", "Style 2207-L"),
    gtin=ean13("410000050001"), seal_words="TEAM SUPPLIER • ", seal_style=6, families=("sans-oblique", "sans-bold"),
)  # fmt: skip
_PASSARO = Design(
    seed=17, size=(780, 540), layout="split", motif="shoe", emblem="wing", edge=3,
    palette=((240, 240, 234), (22, 120, 110), (242, 110, 36), (18, 26, 30), (250, 252, 248)),
    brand="PASSARO", name="Aero Runner", strap="light shoe for long roads", weight="EU 42",
    lines=("Upper: knit polyester", "Lining: textile", "Sole: rubber", "UK 8 - US 9 - 265 mm", "Colour: teal and flame"),
    gtin=ean13("410000060001"), seal_words="RUNNERS CHOICE • ", seal_style=2, families=("sans-oblique", "sans-bold"),
)  # fmt: skip
_CANTARO = Design(
    seed=18, size=(475, 720), layout="medallion", motif="violin", emblem="shield", edge=0,
    palette=((112, 28, 30), (236, 218, 180), (206, 158, 60), (40, 14, 10), (252, 242, 220)),
    brand="CANTARO", name="Violin Set", strap="strings, rosin and bow hair", weight="4/4",
    lines=("Steel core, chrome wound", "E A D G, medium tension", "Rosin: pale amber", "Wound in the Cantaro works"),
    gtin=ean13("410000070001"), seal_words="MASTER LUTHIERS • ", seal_style=12, families=("roman-italic", "roman"),
)  # fmt: skip
_AURIVIT = Design(
    seed=19, size=(520, 680), layout="banner", motif="capsules", emblem="star", edge=3,
    palette=((238, 244, 248), (12, 138, 168), (232, 84, 62), (14, 40, 64), (250, 254, 255)),
    brand="AURIVIT", name="Aurivit Forte", strap="vitamin capsules, one a day", weight="60 caps",
    lines=("Vitamin D3 25 ug, zinc 10 mg", "One capsule with water daily", "Keep out of reach of children", "Do not exceed the stated dose"),
    gtin=ean13("410000080001"), seal_words="LICENSED MEDICINE • ", seal_style=5, families=("sans-bold", "sans-bold"),
)  # fmt: skip
_OLMO = Design(
    seed=20, size=(520, 660), layout="medallion", motif="honeycomb", emblem="ring", edge=1,
    palette=((250, 236, 190), (130, 76, 20), (226, 150, 30), (62, 34, 10), (255, 250, 232)),
    brand="OLMO", name="Meadow Honey", strap="from our own hives", weight="400 g",
    lines=("Gathered by the Olmo family", "Clover, lime and heather", "Never heated", "Return the jar"),
    gtin=ean13("410000090001"), seal_words="FARM KITCHEN • ", seal_style=7, families=("serif-italic", "serif-bold"),
)  # fmt: skip

DESIGNS: dict[str, Design] = {
    "karavel": _KARAVEL, "ondaluna": _ONDALUNA, "ondaluna-side": _ONDALUNA_SIDE, "merlune": _MERLUNE,
    "selune": _SELUNE, "veltro": _VELTRO, "passaro": _PASSARO, "cantaro": _CANTARO, "aurivit": _AURIVIT,
    "olmo": _OLMO,
}  # fmt: skip
"""Each face's design, by name."""
