"""The tables of the index that the page answers from."""

SCHEMA = """
CREATE TABLE held (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE loaded (urgency, doubt, chance, source, id, site, product, call, packaging, quality, version, sure, views,
    in_scope, twice, body);
CREATE TABLE items (seq INTEGER PRIMARY KEY, turn, source, id, site, product, call, packaging, quality, version, sure,
    views, in_scope, twice, reviewers, decision, body);
CREATE UNIQUE INDEX item_of ON items (source, id);
CREATE UNIQUE INDEX turn_of ON items (turn);
CREATE INDEX by_product ON items (product, call);
CREATE INDEX by_site ON items (site, call);
CREATE INDEX by_call ON items (call);
CREATE INDEX open_of ON items (in_scope, reviewers, twice, product, site, call);
CREATE INDEX tally_of ON items (in_scope, product, site, call, reviewers);
CREATE TABLE sources (id TEXT PRIMARY KEY, path, site, status, body);
CREATE INDEX source_status ON sources (status);
CREATE TABLE refs (n INTEGER PRIMARY KEY, id TEXT UNIQUE, product, version, body);
CREATE INDEX refs_of ON refs (product);
CREATE TABLE findings (n INTEGER PRIMARY KEY, product, site, body);
CREATE TABLE ground (n INTEGER PRIMARY KEY, product, site, body);
CREATE TABLE reviews (n INTEGER PRIMARY KEY, seq, body);
CREATE INDEX reviews_of ON reviews (seq);
CREATE TABLE stands (by, seq, n, label, PRIMARY KEY (by, seq, n));
CREATE INDEX stands_of ON stands (seq);
"""
