"""samegoods: are the goods sold at home the same as those made for export? From market footage to findings."""
