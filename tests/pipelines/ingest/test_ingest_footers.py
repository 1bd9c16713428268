"""A Parquet file whose footer contradicts itself is read or refused; it never ends the process."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.reading.blocks import Rejected
from pipelines.reading.parquet import footer_of
from pipelines.settings import Settings


def test_each_byte_of_a_footer_may_be_wrong(tmp_path):
    path, settings = tmp_path / "a.parquet", Settings(home=tmp_path)
    pq.write_table(pa.table({"a": [1, None, 3], "b": ["x", None, "z"]}), path)
    whole = path.read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    said = []
    for place in range(footer, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 4]) + whole[place + 1 :])
        try:
            footer_of(path, settings)
        except Rejected as refused:
            said.append(str(refused))
    assert 0 < len(said) < len(whole) - footer
    assert all("Parquet file" in one or "GUILDBOOK_" in one for one in said)
