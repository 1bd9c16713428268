"""The report site: static pages rendered from the published marts.

Queries, view models and templates live here. No transformation of logs, no orchestration, no network.
"""

from pipelines.report.context import SiteContext
from pipelines.report.site import render_site
from pipelines.report.status import SiteStatus, write_status

__all__ = ["SiteContext", "SiteStatus", "render_site", "write_status"]
