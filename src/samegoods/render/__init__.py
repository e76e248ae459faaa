"""The renderer: packs, stalls and cameras drawn by the project itself, with the truth about every frame."""
