"""A notebook over what is published: `marimo edit docs/notebook.py`, with GUILDBOOK_HOME or from within the home."""

import marimo

app = marimo.App(width="medium", app_title="Guildbook")


@app.cell
def _():
    from datetime import date

    import marimo as mo
    import plotly.graph_objects as go

    from pipelines.home import Home
    from pipelines.metrics.answer import ask
    from pipelines.metrics.metric import Grain, catalogue
    from pipelines.metrics.published import opened
    from pipelines.metrics.query import Question
    from pipelines.report.context import site_context
    from pipelines.settings import get_settings

    settings = get_settings()
    home = Home(settings.home)
    activity_logs = site_context(settings, date.min, 0).activity_logs
    return activity_logs, Grain, Question, ask, catalogue, go, home, mo, opened, settings


@app.cell
def _(activity_logs, Question, ask, home, opened, settings):
    def asked(key, by=None, first=None, dimensions=()):
        """One metric of the catalogue, asked of what is published now."""
        with opened(home, settings.timezone) as con:
            return ask(con, key, Question(by, first, None, dimensions), activity_logs)

    return (asked,)


@app.cell
def _(asked, mo, settings):
    newest = asked("mau")
    mo.md(f"# {settings.title}\n\nPublication {newest.version}, data through **{newest.through_day}**.")
    return (newest,)


@app.cell
def _(asked, catalogue, mo):
    def _shown(key):
        answer = asked(key)
        if not answer.is_collected:
            return [{"metric": answer.metric.name.en, "of": "", "value": "not collected", "n": None, "whole": None}]
        return [
            {
                "metric": answer.metric.name.en,
                "of": ", ".join(str(row[one]) for one in answer.metric.always_by),
                "value": row["value"],
                "n": row["n"],
                "whole": row["is_complete"],
            }
            for row in answer.rows
        ]

    overview = [row for key in catalogue() for row in _shown(key)]
    mo.vstack([mo.md("## Every metric, its newest value"), mo.ui.table(overview, page_size=15)])
    return (overview,)


@app.cell
def _(Grain, asked, go, mo, newest):
    def chart(key, by):
        """A metric over the last year; periods that are not complete are hollow."""
        answer = asked(key, by, newest.through_day.replace(year=newest.through_day.year - 1, day=1))
        if not answer.is_collected:
            return mo.md(f"**{answer.metric.name.en}**: not collected ({', '.join(answer.missing)}).")
        figure = go.Figure(layout={"title": answer.metric.name.en, "height": 300, "yaxis": {"rangemode": "tozero"}})
        groups = {}
        for row in answer.rows:
            groups.setdefault(", ".join(str(row[one]) for one in answer.metric.always_by), []).append(row)
        for name, rows in groups.items():
            symbols = ["circle" if row["is_complete"] else "circle-open" for row in rows]
            figure.add_scatter(
                x=[row["period_start"] for row in rows],
                y=[row["value"] for row in rows],
                name=name,
                mode="lines+markers",
                marker={"symbol": symbols},
            )
        return mo.vstack([mo.ui.plotly(figure), mo.md(answer.metric.meaning.en)])

    chosen = {"mau": Grain.WEEK, "n_interactions": Grain.WEEK, "answered_rate": Grain.MONTH, "mrr": Grain.MONTH}
    charts = [chart(key, by) for key, by in chosen.items()]
    mo.vstack([mo.md("## Over the last year"), *charts])
    return chart, charts


@app.cell
def _(catalogue, mo):
    pick = mo.ui.dropdown({one.name.en: key for key, one in catalogue().items() if one.time}, value="Renewal rate")
    mo.vstack([mo.md("## One of your own choice"), pick])
    return (pick,)


@app.cell
def _(Grain, catalogue, chart, pick):
    picked = catalogue()[pick.value]
    chart(pick.value, Grain.MONTH if Grain.MONTH in picked.grains else picked.grains[0])
    return


if __name__ == "__main__":
    app.run()
