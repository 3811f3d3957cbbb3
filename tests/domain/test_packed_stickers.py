from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.packed_stickers import Sticker, StickerPacker, unpacked

STICKERS = st.lists(st.builds(Sticker, st.integers(1, 2**63 - 1), st.text(), st.text()))


@given(STICKERS)
def test_what_is_put_in_comes_out(stickers: list[Sticker]) -> None:
    packer = StickerPacker()
    for sticker in stickers:
        packer.add(sticker)

    assert list(unpacked(packer.packed())) == stickers
    assert packer.count == len(stickers)


def test_stickers_that_are_alike_take_little_room() -> None:
    packer = StickerPacker()
    for copy_id in range(1, 1_001):
        address = f"https://www.discogs.com/release/{copy_id}"
        packer.add(Sticker(copy_id, f"Can – Future Days {copy_id} [1973]\nKrautrock", address))

    assert len(packer.packed()) < 12_000
