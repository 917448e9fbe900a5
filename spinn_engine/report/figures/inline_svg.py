"""A figure of matplotlib as a part of an HTML page: named, described, in the page's colours."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from spinn_engine.report.figures.catalogue import Picture
from spinn_engine.report.figures.style import FAINT, INK, PAPER

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
COLOURS = {INK: "currentColor", FAINT: "var(--line)", PAPER: "var(--paper)"}
REFERENCE = re.compile(r"(url\(#|^#)")


def inline_svg(picture: Picture) -> str:
    """An ``<svg>`` element, its ids told from those of other figures by the picture's name."""
    root = ElementTree.fromstring(picture.svg)
    for child in list(root):
        if child.tag == f"{{{SVG}}}metadata":
            root.remove(child)
    seen: set[str] = set()
    for element in root.iter():
        _rename(element, picture.name, seen)
    root.attrib.pop("version", None)
    width = root.attrib.pop("width").removesuffix("pt")
    root.attrib.pop("height")
    root.set("style", f"--width: {float(width) / 72:.4g}in")
    root.set("role", "img")
    root.set("aria-labelledby", f"{picture.name}-title {picture.name}-desc")
    for place, (kind, text) in enumerate((("title", picture.title), ("desc", picture.description))):
        words = ElementTree.Element(f"{{{SVG}}}{kind}", {"id": f"{picture.name}-{kind}"})
        words.text = text
        root.insert(place, words)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _rename(element: ElementTree.Element, name: str, seen: set[str]) -> None:
    """Ids and what refers to them, and colours, in one element; an id that was there goes."""
    for key, value in list(element.attrib.items()):
        if key == "id" and value in seen:
            del element.attrib[key]
        elif key == "id":
            seen.add(value)
            element.set(key, f"{name}-{value}")
        elif key == "style":
            for colour, own in COLOURS.items():
                value = value.replace(colour, own)
            element.set(key, REFERENCE.sub(rf"\g<1>{name}-", value))
        else:
            element.set(key, REFERENCE.sub(rf"\g<1>{name}-", value))
