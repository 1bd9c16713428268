"""How far a run is: which stage, how long still; on a terminal alone."""

import io

import dagster as dg
import pytest
from rich.console import Console
from typer.testing import CliRunner

from pipelines.cli import app, progress
from pipelines.cli.stages import EXPORTS, IMPORTED, STAGES, Course, seconds_by_stage, stage_of
from pipelines.connectors import import_folder, import_stackexchange, import_table
from pipelines.definitions import defs
from pipelines.defs.jobs import STEPS
from pipelines.defs.loggers import heard_by, progress_logger
from pipelines.settings import get_settings
from tests.support.connector_dump import write_dump

PIECES = [2, 10, 2, 3, 1, 1]


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_every_step_of_the_job_is_in_a_stage_and_the_stages_follow_its_order():
    steps = [node.name for node in defs.resolve_job_def("main").graph.nodes]
    in_order = [stage_of(step.op.name) for step in STEPS]

    assert [name for name in steps if stage_of(name) is None] == []
    assert in_order == sorted(in_order)
    assert set(in_order) == set(range(len(STAGES)))


def test_a_gate_of_a_stage_that_is_over_does_not_lead_back(clock):
    course = Course(PIECES, clock=clock)
    for step in ("raw__members", "warehouse", "churn_model", "marts__fct_member_days_gate_facts"):
        course.step_began(step)

    assert course.stage == 2


def test_before_the_first_run_ends_the_time_left_comes_from_its_own_pace(clock):
    course = Course(PIECES, clock=clock)
    assert course.seconds_left is None

    clock.now = 12.0
    course.made("raw__members", "raw/members")
    course.made("raw__members", "raw/members")

    whole = sum(stage.seconds for stage in STAGES)
    half_of_first = STAGES[0].seconds / 2
    assert course.done == pytest.approx(half_of_first / whole)
    assert course.seconds_left == pytest.approx((whole - half_of_first) * 12.0 / half_of_first)


def test_after_an_earlier_run_the_time_left_is_what_that_one_took_at_the_pace_of_this_one(clock):
    course = Course(PIECES, [10.0, 20.0, 0.0, 0.0, 10.0, 0.0], clock=clock)
    assert course.seconds_left == 40.0

    clock.now = 20.0
    course.step_began("build_plan")
    assert course.seconds_left == 60.0  # twice as slow as then

    clock.now = 30.0
    assert course.seconds_left == pytest.approx(20 * 30 / 20)  # half of the stage's time is over


def test_a_stage_that_hangs_is_not_taken_for_done_and_a_slow_start_not_for_the_pace_of_all(clock):
    course = Course(PIECES, [10.0, 20.0, 0.0, 0.0, 10.0, 0.0], clock=clock)
    clock.now = 1000.0

    assert course.done < 0.25
    assert course.seconds_left == pytest.approx((40 - 9) * 3)


def test_the_pace_of_the_first_seconds_says_nothing_of_the_rest(clock):
    course = Course(PIECES, [1.0, 20.0, 0.0, 0.0, 10.0, 0.0], clock=clock)
    clock.now = 10.0
    course.step_began("build_plan")

    assert course.seconds_left == 30.0


def test_the_seconds_of_an_earlier_run_are_added_up_by_stage():
    assert seconds_by_stage({"raw__a": 1.0, "raw__a_gate_deliveries": 0.5, "records": 2.0, "other": 9.0}) == [
        1.5, 0.0, 0.0, 2.0, 0.0, 0.0,
    ]  # fmt: skip


def test_what_is_shown_names_the_stage_and_the_minutes(clock, monkeypatch):
    course = Course(PIECES, [10.0, 200.0, 0.0, 0.0, 10.0, 0.0], clock=clock)
    assert progress.described(course) == "stage 1 of 6: logs are read and judged, about 4 min left"

    monkeypatch.setattr("pipelines.cli.console.language", lambda: "zh")
    assert progress.described(course) == "第 1/6 步：读取并检查日志，剩余约 4 分钟"


def run_of_two_steps(instance):
    """Run a job whose steps have names of the real one's; the first makes two assets."""

    @dg.multi_asset(specs=[dg.AssetSpec("a"), dg.AssetSpec("b")], name="raw__all")
    def raw():
        yield dg.MaterializeResult(asset_key="a")
        yield dg.MaterializeResult(asset_key="b")

    @dg.asset(name="published", deps=[raw])
    def published(context: dg.AssetExecutionContext):
        context.log.info("up it went")

    job = dg.Definitions(
        assets=[raw, published], jobs=[dg.define_asset_job("main")], loggers={"console": progress_logger}
    ).resolve_job_def("main")
    return job.execute_in_process(instance=instance, run_config={"loggers": {"console": {}}}, tags=TAGS)


TAGS = {"guildbook/from": "2026-01-01", "guildbook/to": "2026-01-03"}


def test_a_run_tells_who_listens_which_steps_began_and_what_they_made(capsys):
    course = Course([2, 0, 0, 0, 1, 0])
    with dg.DagsterInstance.ephemeral() as instance, heard_by(progress._Listener(course)):
        assert run_of_two_steps(instance).success

    assert course.stage == 4
    assert course.done == pytest.approx(1 - STAGES[5].seconds / sum(stage.seconds for stage in STAGES))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("  ", 1)[1].split()[-3:] for line in lines] == [["up", "it", "went"]]


def test_the_pace_is_that_of_the_completed_run_with_the_nearest_number_of_days():
    with dg.DagsterInstance.ephemeral() as instance:
        assert progress._earlier(instance, 3) is None
        run_of_two_steps(instance)

        found = progress._earlier(instance, 3)
        of_one_day = progress._earlier(instance, 1)

    assert of_one_day == [pytest.approx(found[0] / 3), *found[1:]]
    assert [seconds > 0 for seconds in found] == [True, False, False, False, True, False]


def test_without_a_terminal_nothing_is_shown_and_nothing_looked_up(capsys):
    with progress.run_shown(None, [], []), progress.import_shown(IMPORTED) as on_step:
        on_step("read", 1, 2)

    assert capsys.readouterr().err == ""


def test_on_a_terminal_one_line_is_shown_and_taken_away_again(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(progress, "_terminal", lambda: Console(file=screen, force_terminal=True, width=100))
    with dg.DagsterInstance.ephemeral() as instance, progress.run_shown(instance, [], ["members"]):
        run_of_two_steps(instance)

    shown = screen.getvalue()
    assert "stage 1 of 6: logs are read and judged" in shown
    assert shown.endswith("\x1b[2K")  # the line is erased


def test_an_import_that_knows_its_pieces_is_as_far_as_it_says(clock):
    course = Course([1, 1, 1], clock=clock, stages=IMPORTED)
    clock.now = 35.0
    course.reached("read", 1, 2)
    assert (course.stage, course.done, course.seconds_left) == (0, 0.35, pytest.approx(65.0))
    assert progress.described(course) == "stage 1 of 3: files are read, about 1 min left"

    course.reached("write", 0, 2)
    assert (course.stage, course.done) == (1, 0.7)


def mapped(folder):
    """A table of two rows with its mapping."""
    (folder / "acts.csv").write_text("who,at\nu1,2026-01-03T10:00:00Z\nu2,2026-01-04T10:00:00Z\n", encoding="utf-8")
    columns = "{interaction_id: {template: '{who}'}, member_id: who, occurred_at: at, kind: {constant: view}}"
    (folder / "map.yaml").write_text(
        f"source: club\noutputs: [{{log: interactions, table: acts.csv, columns: {columns}}}]\n", encoding="utf-8"
    )
    return folder / "map.yaml"


def test_every_import_tells_how_far_it_is_from_its_first_stage_to_its_last(tmp_path):
    told = []
    import_table(mapped(tmp_path), tmp_path / "a", "UTC", on_step=lambda *step: told.append(step))
    assert told == [("read", 0, 1), ("write", 0, 1), ("place", 0, 1)]

    told.clear()
    import_stackexchange(write_dump(tmp_path / "se"), tmp_path / "b", "UTC", on_step=lambda *step: told.append(step))
    parts = [part for part, _, _ in told]
    shares = [done / of for part, done, of in told if part == "read"]
    assert parts == sorted(parts, key=["read", "write", "place"].index)
    assert set(parts) == {"read", "write", "place"}
    assert shares == sorted(shares)
    assert shares[-1] == 1

    told.clear()
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "acts.csv").write_text(
        "member_id,interaction_type,interaction_time\nu1,view,2026-01-03 10:00:00\n", encoding="utf-8"
    )
    import_folder(exports, tmp_path / "c", "UTC", on_step=lambda *step: told.append(step))
    assert told == [("read", 0, 1)]
    assert {stage_of(part, stages) for stages in (IMPORTED, EXPORTS) for part, _, _ in told} == {0}


@pytest.mark.parametrize(("language", "said"), [("", "stage 3 of 3: log files"), ("zh", "第 3/3 步：日志文件就位")])
def test_an_import_shows_its_stage_on_a_terminal(language, said, monkeypatch, tmp_path):
    screen = io.StringIO()
    monkeypatch.setattr(progress, "_terminal", lambda: Console(file=screen, force_terminal=True, width=100))
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GUILDBOOK_LANGUAGE", language)
    get_settings.cache_clear()

    result = CliRunner().invoke(app, ["import", "table", str(mapped(tmp_path))])
    get_settings.cache_clear()

    assert result.exit_code == 0
    assert said in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")
