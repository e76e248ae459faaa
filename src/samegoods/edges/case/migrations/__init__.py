"""The history of the tables, one file a step; applied by :mod:`samegoods.edges.case.database`."""
