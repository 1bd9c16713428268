"""``python -m pipelines.reference`` (``make docs``): write every reference page into ``docs/``."""

from pipelines.reference import marts, pages

pages.write_pages()
marts.write_pages()
