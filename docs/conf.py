"""How Sphinx makes the pages into a site: `make site`. The sources' root is the repository."""

from sim import __version__

project = "Ceasefire monitoring"
author = "the ceasefire-sim contributors"
copyright = author  # noqa: A001 - the name that Sphinx wants
release = version = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "notebooks/*.ipynb",
    "benchmarks/*.md",
    "outputs/README.md",
    "configs/data/README.md",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
]

# Pages link to headings as code hosts do.
myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath", "amsmath"]
nb_execution_mode = "off"  # a test executes the notebooks; the site shows what they hold

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"Ceasefire monitoring {release}"
html_show_sourcelink = False
html_copy_source = False
# Formulas are drawn by the browser; without a network they show as they are written.
