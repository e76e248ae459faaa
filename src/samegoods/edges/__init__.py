"""Everything that touches the world: media, catalogue, case, report, engines. No edge knows another."""
