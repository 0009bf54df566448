"""Plots as SVG, without a library: grouped bars and lines, on logarithmic scales. Colours are for both light and dark pages."""

import math
from html import escape

COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#b279a2", "#9d755d", "#e45756", "#72b7b2", "#eeca3b", "#ff9da6", "#bab0ac")
WIDTH, HEIGHT = 960, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 60, 90
GREY = "#888888"


def number(value):
    """Short: 12k, 0.5."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def text(x, y, words, anchor="middle", turn=None, size=12):
    turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{GREY}"{turned}>{escape(words)}</text>'


def scale(least, most, start, end):
    """A function of logarithms, and its powers of ten."""
    low, high = math.floor(math.log10(least)), math.ceil(math.log10(most))
    high = max(high, low + 1)
    return (lambda v: start + (math.log10(v) - low) / (high - low) * (end - start)), [10.0**k for k in range(low, high + 1)]


def frame(title, y_name, names, ticks, y):
    """What all plots have: title, legend, and the y axis."""
    parts = [text(LEFT, 20, title, "start", size=14), text(16, TOP - 8, y_name, "start")]
    x = LEFT
    for i, name in enumerate(names):
        parts.append(f'<rect x="{x}" y="30" width="11" height="11" fill="{COLOURS[i % len(COLOURS)]}"/>')
        parts.append(text(x + 15, 40, name, "start"))
        x += 30 + 7 * len(name)
    for value in ticks:
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{GREY}" stroke-opacity="0.3"/>')
        parts.append(text(LEFT - 6, y(value) + 4, number(value), "end"))
    return parts


def svg(parts):
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">\n{body}\n</svg>\n')


def bars(title, y_name, groups, series):
    """`series`: {name: {group: value}}; a missing value has no bar."""
    values = [v for s in series.values() for v in s.values() if v]
    y, ticks = scale(min(values) / 1.01, max(values), HEIGHT - BOTTOM, TOP)
    parts = frame(title, y_name, list(series), ticks, y)
    wide = (WIDTH - LEFT - RIGHT) / len(groups)
    bar = wide * 0.8 / len(series)
    for g, group in enumerate(groups):
        start = LEFT + g * wide + wide * 0.1
        for i, values in enumerate(series.values()):
            if values.get(group):
                top = y(values[group])
                parts.append(f'<rect x="{start + i * bar:.1f}" y="{top:.1f}" width="{bar:.1f}" height="{HEIGHT - BOTTOM - top:.1f}" '
                             f'fill="{COLOURS[i % len(COLOURS)]}"><title>{escape(group)}: {values[group]:,.0f}</title></rect>')  # fmt: skip
        parts.append(text(LEFT + (g + 0.5) * wide, HEIGHT - BOTTOM + 18, group, "end", turn=-35))
    return svg(parts)


def lines(title, x_name, y_name, series):
    """`series`: {name: {x: y}}."""
    points = [(x, v) for s in series.values() for x, v in s.items() if v]
    y, ticks = scale(min(v for _, v in points) / 1.01, max(v for _, v in points), HEIGHT - BOTTOM, TOP)
    x, x_ticks = scale(min(p for p, _ in points), max(p for p, _ in points), LEFT + 20, WIDTH - RIGHT - 160)
    parts = frame(title, y_name, [], ticks, y)
    parts += [text(x(v), HEIGHT - BOTTOM + 20, number(v)) for v in x_ticks]
    parts.append(text((LEFT + WIDTH) / 2, HEIGHT - BOTTOM + 45, x_name))
    ends = []
    for i, (name, values) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        path = " ".join(f"{x(k):.1f},{y(v):.1f}" for k, v in sorted(values.items()) if v)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"><title>{escape(name)}</title></polyline>')
        last = max(values)
        ends.append([y(values[last]), x(last), name, colour])
    at = 0
    for height, where, name, colour in sorted(ends):  # names beside the ends, without lying on each other
        at = max(height + 4, at + 11)
        parts.append(f'<text x="{where + 6:.1f}" y="{at:.1f}" font-size="10" fill="{colour}">{escape(name)}</text>')
    return svg(parts)
