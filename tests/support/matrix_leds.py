"""What a person sees on a Scroll pHAT HD: the LEDs of a twin, where the board has them."""

from sensors.simulated.is31fl3731 import SimulatedIS31FL3731

# The LED at the top of each column, as measured on a board (github.com/LispEngineer/
# FPGA-Scroll-Hat-Mini, README). Below it they are numbered down in the left half, up in the right.
TOP_ROW = (
    *(0x86, 0x76, 0x66, 0x56, 0x46, 0x36, 0x26, 0x16, 0x06),
    *(0x08, 0x18, 0x28, 0x38, 0x48, 0x58, 0x68, 0x78),
)


def led(x: int, y: int) -> int:
    return TOP_ROW[x] - y if x <= 8 else TOP_ROW[x] + y


def brightnesses(chip: SimulatedIS31FL3731) -> list[list[int]]:
    """Seven rows of 17; the LEDs that the board has not got must be dark."""
    lit = chip.lit()
    rows = [[lit[led(x, y)] for x in range(17)] for y in range(7)]
    assert sum(lit) == sum(map(sum, rows))
    return rows


def seen(chip: SimulatedIS31FL3731) -> list[str]:
    """The same in characters: "." dark, "-" dim, "#" as bright as the brightest is."""
    rows = brightnesses(chip)
    most = max(map(max, rows))
    return [
        "".join("." if not value else "#" if value > most / 2 else "-" for value in row)
        for row in rows
    ]


def drawn(panels: list[tuple[str, list[list[int]]]]) -> str:
    """An SVG of such boards, each with the words below it."""
    width, height = 17 * 16 + 24, 7 * 16 + 24
    total = len(panels) * (height + 32)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {total}"'
        ' font-family="sans-serif" font-size="14">'
    ]
    for n, (words, rows) in enumerate(panels):
        top, most = n * (height + 32), max(map(max, rows))
        parts.append(f'<rect y="{top}" width="{width}" height="{height}" rx="8" fill="#111"/>')
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                # A quarter of the power looks like half as bright.
                glow = round((value / most) ** 0.5, 2)
                at = f'cx="{20 + 16 * x}" cy="{top + 20 + 16 * y}"'
                parts.append(f'<circle {at} r="6" fill="#333"/>')
                if value:
                    parts.append(f'<circle {at} r="6" fill="#fff" fill-opacity="{glow}"/>')
        y_words = top + height + 20
        parts.append(f'<text x="{width / 2:g}" y="{y_words}" text-anchor="middle">{words}</text>')
    return "\n".join([*parts, "</svg>", ""])
