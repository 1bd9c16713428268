"""The report site: static pages rendered from the published marts.

Queries, view models and templates live here. No transformation of logs, no orchestration, no network. A page in
``pages`` is made of ``sections`` and ``parts``, a section of parts; never the other way round.
"""
