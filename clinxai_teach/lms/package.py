"""A zip of IMS content packaging: files, pictures and the manifest that names them, the same bytes every time."""

import io
import zipfile
from collections.abc import Iterable
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from clinxai_teach.lms.text import Picture

NAMESPACE = "http://www.imsglobal.org/xsd/imscp_v1p1"
BEGINNING = (1980, 1, 1, 0, 0, 0)  # a zip's first day, so that the same questions give the same file


class Resource(NamedTuple):
    """A file of the package: its id, its type, its content, and the files that it needs."""

    id: str
    type: str
    href: str
    content: bytes
    needs: tuple[str, ...] = ()


def write(resources: Iterable[Resource], pictures: Iterable[Picture], folder: str, schema: tuple[str, str]) -> bytes:
    """Return the zip; the pictures lie in `folder`; `schema` is the name and the version of the standard."""
    resources = list(resources)
    manifest = Element("manifest", {"xmlns": NAMESPACE, "identifier": "clinxai-teach"})
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text, SubElement(metadata, "schemaversion").text = schema
    SubElement(manifest, "organizations")
    listed = SubElement(manifest, "resources")
    files = {resource.href: resource.content for resource in resources}
    for picture in pictures:
        files[f"{folder}/{picture.name}"] = picture.png
    for resource in resources:
        entry = SubElement(
            listed, "resource", {"identifier": resource.id, "type": resource.type, "href": resource.href}
        )
        for href in (resource.href, *(need for need in resource.needs if need.startswith(f"{folder}/"))):
            SubElement(entry, "file", href=href)
        for need in (need for need in resource.needs if not need.startswith(f"{folder}/")):
            SubElement(entry, "dependency", identifierref=need)
    files["imsmanifest.xml"] = serialised(manifest)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files):
            package.writestr(zipfile.ZipInfo(name, BEGINNING), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def serialised(root: Element) -> bytes:
    """Return a tree as an XML file. Nothing is indented: in a text, a space between two elements is one to read."""
    return bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True))
