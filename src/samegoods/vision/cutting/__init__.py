"""Which pixels belong to a pack, and which packs are one."""
