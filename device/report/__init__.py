"""One page about one visit, in plain words: gathered from what was recorded, drawn, and made a PDF."""
