"""QR codes: the path that a page draws covers exactly the dark modules."""

import re

import segno

from meydan.accounts.second_factor import qr_code


def test_the_path_covers_the_dark_modules():
    text = "otpauth://totp/Çarşı:ayse?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Çarşı"
    drawn = qr_code.drawn(text)
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", drawn.path)
    assert "".join(f"M{x} {y}h{out}v1h-{back}z" for x, y, out, back in runs) == drawn.path
    dark = {(int(x) + step, int(y)) for x, y, out, _ in runs for step in range(int(out))}
    wanted = segno.make(text, micro=False, error="m").matrix_iter(border=4)
    assert dark == {(x, y) for y, row in enumerate(wanted) for x, module in enumerate(row) if module}
    assert all(out == back for _, _, out, back in runs)
    assert min(min(place) for place in dark) == 4, "a quiet zone"
    assert max(max(place) for place in dark) == drawn.size - 5
