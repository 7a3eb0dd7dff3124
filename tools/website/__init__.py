"""The course as a website: `build` makes it, `lite` adds live notebooks."""

MOST_STATES = 300  # of an explorer; with more its longest sliders keep fewer steps
