"""Numbered publications: which one is up, which are kept, and the way back."""

from __future__ import annotations

import pytest

from pipelines.lake import versions
from pipelines.lake.versions import NothingToRollBackError
from tests.support.tiny_warehouse import Publisher


@pytest.fixture
def publisher(tmp_path):
    return Publisher(tmp_path / "home")


def test_before_the_first_there_is_nothing(publisher):
    assert versions.current(publisher.home) is None
    assert versions.numbers(publisher.home) == []
    assert versions.next_number(publisher.home) == 1
    with pytest.raises(NothingToRollBackError):
        versions.rollback(publisher.home)


@pytest.mark.parametrize(("kept", "left"), [(1, [5]), (3, [3, 4, 5]), (9, [1, 2, 3, 4, 5])])
def test_the_newest_are_kept(publisher, kept, left):
    for _ in range(5):
        publisher.publish(kept)
    assert versions.numbers(publisher.home) == left
    assert versions.current(publisher.home) == 5


def test_numbers_are_ordered_as_numbers(publisher):
    for _ in range(11):
        publisher.publish(kept=3)
    assert versions.numbers(publisher.home) == [9, 10, 11]
    assert versions.rollback(publisher.home) == 10


def test_going_back_step_by_step_ends_at_the_oldest(publisher):
    for _ in range(4):
        publisher.publish(kept=3)
    assert [versions.rollback(publisher.home) for _ in range(2)] == [3, 2]
    with pytest.raises(NothingToRollBackError):
        versions.rollback(publisher.home)
    assert versions.current(publisher.home) == 2
    assert versions.numbers(publisher.home) == [2, 3, 4]


def test_after_going_back_the_next_has_a_number_of_its_own(publisher):
    for _ in range(3):
        publisher.publish()
    versions.rollback(publisher.home)
    versions.rollback(publisher.home)
    assert publisher.publish(kept=3) == 4
    assert versions.current(publisher.home) == 4
    assert versions.rollback(publisher.home) == 3


def test_drafts_of_killed_runs_are_swept_and_never_counted(publisher):
    publisher.publish()
    left_behind = versions.draft_folder(publisher.home, 2)
    (left_behind / "analytics.duckdb").write_text("half")
    assert versions.numbers(publisher.home) == [1]
    assert versions.next_number(publisher.home) == 2

    draft = versions.draft_folder(publisher.home, 2)

    assert list(draft.iterdir()) == []
    assert [path.name for path in publisher.home.versions.glob(".*")] == [draft.name]


def test_a_publication_that_is_dropped_is_never_there_in_part(publisher, monkeypatch):
    for _ in range(2):
        publisher.publish()
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publisher.publish(kept=1)
    assert versions.numbers(publisher.home) == [3], "nobody can go back to what is half removed"
    publisher.home.root.joinpath(".published-7").symlink_to("versions/7")

    versions.sweep(publisher.home)

    assert [path.name for path in publisher.home.versions.iterdir()] == ["3"]
    assert not list(publisher.home.root.glob(".published-*"))


def test_every_name_of_a_publication_is_on_the_disk_before_it_is_up(publisher, monkeypatch):
    synced = []
    monkeypatch.setattr("pipelines.files.sync", synced.append)
    monkeypatch.setattr("pipelines.lake.versions.sync", synced.append)

    publisher.publish()

    versions_ = publisher.home.versions
    assert synced[:2] == [versions_ / ".draft-1", versions_ / ".draft-1" / "site"]
    assert synced.index(versions_) < synced.index(publisher.home.root)


def test_a_home_can_be_moved(publisher):
    publisher.publish()
    moved = publisher.home.root.rename(publisher.home.root.with_name("elsewhere"))
    assert (moved / "published" / "site").is_dir()
    assert (moved / "published").resolve() == moved / "versions" / "1"


def test_a_kill_before_the_link_is_renamed_leaves_the_old_one_up(publisher, monkeypatch):
    publisher.publish()
    with monkeypatch.context() as patch:
        patch.setattr(versions, "_point", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publisher.publish()
    assert versions.current(publisher.home) == 1
    assert publisher.publish() == 3
    assert versions.current(publisher.home) == 3


def test_what_a_killed_run_made_and_did_not_put_up_is_no_way_back(publisher, monkeypatch):
    for _ in range(2):
        publisher.publish(kept=3)

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.lake.versions._point", dies)
        with pytest.raises(KeyboardInterrupt):
            publisher.publish(kept=3)
    versions.rollback(publisher.home)
    assert versions.numbers(publisher.home) == [1, 2, 3]

    versions.drop_unpublished(publisher.home, [1, 2])
    assert versions.numbers(publisher.home) == [1, 2]
    assert publisher.publish(kept=3) == 3
    assert versions.rollback(publisher.home) == 2


def test_the_link_that_a_killed_process_left_goes_with_the_next_one(publisher):
    (publisher.home.root / ".published-123").symlink_to("versions/7")
    publisher.publish()
    assert [path.name for path in publisher.home.root.glob(".published-*")] == []
