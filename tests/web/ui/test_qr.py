"""QR codes as inline SVG."""

from __future__ import annotations

import segno

from web.ui.qr import QrDrawer


def test_the_code_is_black_on_white_with_a_quiet_zone_and_no_style_the_policy_would_refuse() -> None:
    svg = QrDrawer().draw("http://192.168.1.7:4001")
    modules = segno.make_qr("http://192.168.1.7:4001", error="m").symbol_size(border=4)[0]
    assert svg.startswith(f'<svg viewBox="0 0 {modules} {modules}">')
    assert 'fill="#fff"' in svg
    assert 'stroke="#000"' in svg
    assert "style" not in svg


def test_text_never_becomes_markup() -> None:
    assert "script" not in QrDrawer().draw("</svg><script>alert(1)</script>")


def test_a_code_is_drawn_once_and_only_the_last_few_are_remembered() -> None:
    drawer = QrDrawer()
    first = drawer.draw("http://10.0.0.1:4001")
    assert drawer.draw("http://10.0.0.1:4001") is first
    for number in range(2, 12):
        drawer.draw(f"http://10.0.0.{number}:4001")
    assert drawer.draw("http://10.0.0.1:4001") == first
    assert drawer.draw("http://10.0.0.1:4001") is not first
