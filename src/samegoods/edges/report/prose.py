"""The standing words of the report, for the page and for print alike."""

from __future__ import annotations

from samegoods.edges.report.reading import Case
from samegoods.edges.report.remains import period
from samegoods.edges.report.words import listing, packs

UNCHECKED = "No person has checked these results yet."
UNCHECKED_MORE = (
    "Every call was made by a program that compares pictures with pictures of the export version. Look at the pairs "
    "below before you act on one."
)
METHOD = (
    "Packs are recognised in the footage by pictures of the genuine goods. Each pack is followed through its "
    "recording and counted once. The best views of it are laid flat and compared with the export version, after "
    "light, sharpness and noise are brought to the same level. The lines of text that the reference prints are "
    "looked for on the pack and read where they are large enough; another wording is only told where the picture "
    "differs there too. What light, blur or dirt could explain is not called a difference; what cannot be seen well "
    "enough is called \u201ccannot tell\u201d and never \u201csame\u201d."
)
LIMITS = (
    "Only what the camera passed is counted: the footage is no random sample of the market, and the ranges say "
    "nothing of stalls that were not filmed."
)
WRONG_CALLS = "They do not allow for wrong calls either, as no person has checked any yet."
NOT_SOLD = "Not seen does not mean not sold: only what the camera passed can be found."
LOOKS = (
    "A pack that looks like the export version and declares other contents may mislead those who buy it. Rows: how "
    "a pack looks to an average consumer beside the export version. Columns: what its label declares (weight, "
    "ingredients, nutrition), compared with the export version\u2019s."
)
COUNTS = (
    "Packs by what was found on each. The share is out of the packs that could be judged; the range holds the true "
    "share in 95 of 100 such studies."
)
OFFERS = "As the tags below the packs print them; packs without a tag that could be read are left out."
CHART = "Each bar holds all packs seen. A long line means: too few packs, or packs too much alike, to be sure."
SHOWN = (
    "Of each product the packs that differ are shown which the order reaches, the surest first, 20 at the most; then "
    "the first ten that are the same and the first ten that cannot be told."
)
REST = "samegoods serve shows every pack with its pictures, and tables/items.csv lists them all."
REST_OF_FOOTAGE = "tables/sources.csv lists all of them, with the SHA-256 of each."
KEPT = (
    "Only cut-out pictures of recognised goods are kept of the footage, and all of them were searched for people: "
    "audit.json, beside this report, says how and what came of it."
)
VOUCHED = (
    "Everything that this report rests on was written into a log as it came in: each recording, each picture that was "
    "kept, each call, each decision of a reviewer. Every entry is bound to the one before it, and the log is signed. "
    "So whoever changes, adds or drops anything later is found out."
)
UNSIGNED = "No key signs the log of this case, so it proves nothing: whoever holds the folder can write it anew."
VERIFY = (
    "The log goes on after that entry; that this report was published, and its own SHA-256, stand there as well. One "
    "command, run in the folder above that of the case, proves all of it, and names the first thing that does not fit:"
)
VERIFY_WITH = "samegoods verify CASE --key PUBLIC-KEY.pem --footage FOLDER"
VERIFY_MORE = (
    "CASE is the folder that holds this report. Take the public key from whoever made the case, on another way than "
    "the report came, and compare its fingerprint. With --footage the recordings themselves are held against the "
    "hashes below."
)
STALE = (
    "The campaign has changed since this footage was examined. Nothing of it is counted here until samegoods check "
    "runs over it again:"
)


MISTAKES = "The program\u2019s mistakes are not allowed for: no person has reviewed its calls."
TO_REVIEW = "samegoods plan CAMPAIGN --case CASE names the packs whose review would help most."
GROUP_CHART = (
    "All sites together, and each site and month by itself. The hatched part is what the packs that cannot be told "
    "leave open."
)
GROUP_COUNTS = (
    "Shares of packs that differ, out of those that could be judged; beside it what the share of all packs would be "
    "if none, or all, of the others differed."
)
HEARD = (
    "People on the spot sent these, whoever wanted to, and a reviewer took each in. They are no sample: no share of "
    "them has a range, and they are part of no other number here. They are said to disagree with the footage where "
    "even as many packs drawn at random would not fit its range."
)
BEFORE = (
    "At sites that were filmed on both sides of its date. What was filmed before is described, and counts against "
    "nobody."
)
PRICES = "Mean prices on the tags, of packs that are the same and of packs that differ."
HOURS = "Each box is an hour of the day, by the site\u2019s clock. Of empty hours nothing is known."


SIDES = (
    "A is the case that was asked about, B the one that it is set against. Shares and differences are of the "
    "program\u2019s calls; beside each stands how many of its packs people have checked."
)
ALIKE = "Nothing: the same order, products, sites and reference pictures, and no recording in both."
OTHER_ORDERS = (
    "The two cases were judged by different orders. What one calls different may be no matter of the other; compare "
    "what stands on one axis only with the same axis."
)
OTHER_REACH = "The order reaches other kinds of goods in A than in B, or exempts others."
SHARED = "Where both hold packs of one visit, the two are no two samples, and nothing is reckoned."
OPPOSED = (
    "Each product at each site that both cases have: the share of its packs that differ from the export version, out "
    "of those that could be judged, with its 95 % range; then by how much A is above B (+) or below (\u2212), in "
    "percentage points."
)
NOTHING_COMMON = "No product was seen in both cases at a site that both have."
SIDES_CHART = "Those comparisons that chance explains least. Each bar holds all packs seen."
OPPOSED_METHOD = (
    "Packs of one visit (a site on a day) are alike, so the visits are what is counted as samples. Range of a "
    "difference: Newcombe, from those of both shares, 95 %. Chance: how often so large a difference would come up if "
    "the visits were dealt to the two cases by lot; three visits a side can never show more than chance. The more is "
    "compared, the more differs by chance, so all of it is adjusted for together (Holm). More than chance: fewer than "
    "5 in 100."
)
PROVEN = (
    "Both cases were proven by their logs before anything was read of them, and neither was changed. This page is no "
    "part of either case, and no log tells of it."
)


def standing() -> dict[str, str]:
    """All of the standing words, by their names in small letters: for print, which has no modules."""
    return {name.lower(): value for name, value in globals().items() if name.isupper()}


def visited(visits: int) -> str:
    """What visits have to do with how sure the numbers are."""
    return (
        f"The packs come from {visits} {'visit' if visits == 1 else 'visits'}; a visit is one site on one day. Packs "
        "of one visit are often of one delivery, and one stall may have been filmed twice: ten packs of one visit say "
        "hardly more than one. So few visits give long ranges, however many packs were seen. To be surer, come on "
        "more days and to more sites."
    )


def reviewed(number: int) -> str:
    return (
        f"People reviewed {packs(number)}. From these it is known how often the program is wrong, and the shares are "
        "corrected for it; the program\u2019s own stand beside them."
    )


def checked(case: Case) -> tuple[str, str]:
    """How far people have checked what is told: what must be seen, and more on it."""
    number = case.packs.reviewed
    if number == 0:
        return UNCHECKED, UNCHECKED_MORE
    return (
        f"People have checked {number} of {packs(case.packs.number)}.",
        "Every other call was made by a program that compares pictures with pictures of the export version. Look at "
        "the pairs below before you act on one.",
    )


def study(case: Case) -> str:
    """What was looked at, in a sentence."""
    campaign = case.document.campaign
    return (
        f"Campaign {campaign.id}: {len(case.document.sources)} recordings and photos taken {period(case)}, "
        f"at {len(case.filmed)} of {len(campaign.sites)} sites. The order is in force since {campaign.in_force}."
    )


def required(case: Case) -> str:
    return f"{' and '.join(case.document.campaign.requires).capitalize()} must match by this order."


def computed(methods: set[str]) -> str:
    """By which methods the ranges are computed, each once; what each rests on is more than a reader wants."""
    names = sorted({method.partition(",")[0] for method in methods})
    if not names:
        return ""
    said = f"The ranges hold in 95 of 100 such studies, by {listing(names)}"
    return f"{said}; findings.json says of each what it rests on."


def not_read(readers: list[str]) -> str:
    """What is not known for want of readers; empty where none was wanting."""
    if not readers:
        return ""
    return (
        f"These readers of text and codes were not installed when the footage was examined: {', '.join(readers)}. "
        "What they would have read is not known. samegoods check says how to install them; then check into a new case "
        "folder."
    )


def made(case: Case) -> str:
    document = case.document
    return (
        f"Made with samegoods {document.software.version} from work saved last at "
        f"{document.made_at:%Y-%m-%d %H:%M:%S} UTC."
    )
