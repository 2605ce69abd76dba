"""Parts that no reader here knows (slicers, conversations), as Excel writes them: each with all that belongs to it."""

from tests.ledger.corpus.zip_tools import Parts

SHEET = "xl/worksheets/sheet1.xml"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MICROSOFT = "http://schemas.microsoft.com/office"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PERSON, _THREAD, _REPLY = (f"{{B1C0DE00-0000-4000-8000-00000000000{at}}}" for at in (1, 2, 3))


def slicers(parts: Parts) -> None:
    """A slicer on 版块 of the table: its cache, its view, its frame in a drawing, and what names them."""
    _add(
        parts,
        "xl/slicerCaches/slicerCache1.xml",
        "application/vnd.ms-excel.slicerCache+xml",
        f'<slicerCacheDefinition xmlns="{_X14}" xmlns:x="{_MAIN}" name="切片器_版块" sourceName="版块"><extLst>'
        f'<x:ext uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}" xmlns:x15="{_X15}">'
        '<x15:tableSlicerCache tableId="1" column="2"/></x:ext></extLst></slicerCacheDefinition>',
    )
    _add(
        parts,
        "xl/slicers/slicer1.xml",
        "application/vnd.ms-excel.slicer+xml",
        f'<slicers xmlns="{_X14}"><slicer name="版块" cache="切片器_版块" caption="版块" '
        'rowHeight="241300"/></slicers>',
    )
    _add(parts, "xl/drawings/drawing1.xml", "application/vnd.openxmlformats-officedocument.drawing+xml", _DRAWING)
    _relate(
        parts,
        "xl/workbook.xml",
        "rId90",
        f"{_MICROSOFT}/2007/relationships/slicerCache",
        "slicerCaches/slicerCache1.xml",
    )
    _relate(parts, SHEET, "rId91", f"{_MICROSOFT}/2007/relationships/slicer", "../slicers/slicer1.xml")
    _relate(parts, SHEET, "rId92", f"{_OFFICE}/drawing", "../drawings/drawing1.xml")
    _insert(
        parts,
        "xl/workbook.xml",
        "<calcPr",
        '<definedNames><definedName name="切片器_版块">#N/A</definedName></definedNames>',
    )
    _insert(
        parts,
        "xl/workbook.xml",
        "</workbook>",
        f'<extLst><ext uri="{{46BE6895-7355-4a93-B00E-2C351335B9C9}}" xmlns:x15="{_X15}"><x15:slicerCaches '
        f'xmlns:x14="{_X14}"><x14:slicerCache r:id="rId90"/></x15:slicerCaches></ext></extLst>',
    )
    _insert(parts, SHEET, "<tableParts", '<drawing r:id="rId92"/>')
    _insert(
        parts,
        SHEET,
        "</worksheet>",
        f'<extLst><ext uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}" xmlns:x15="{_X15}"><x14:slicerList '
        f'xmlns:x14="{_X14}"><x14:slicer r:id="rId91"/></x14:slicerList></ext></extLst>',
    )


_DRAWING = f"""<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor editAs="absolute">
<xdr:from><xdr:col>12</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>
<xdr:to><xdr:col>15</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>9</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>
<mc:AlternateContent xmlns:mc="{_COMPATIBLE}">
<mc:Choice xmlns:sle15="{_MICROSOFT}/drawing/2012/slicer" Requires="sle15">
<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="版块"/><xdr:cNvGraphicFramePr/>
</xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>
<a:graphicData uri="{_MICROSOFT}/drawing/2010/slicer"><sle:slicer xmlns:sle="{_MICROSOFT}/drawing/2010/slicer"
 name="版块"/></a:graphicData></a:graphic></xdr:graphicFrame></mc:Choice><mc:Fallback><xdr:sp macro="" textlink="">
<xdr:nvSpPr><xdr:cNvPr id="0" name=""/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr><a:xfrm><a:off x="0" y="0"/>
<a:ext cx="1828800" cy="1524000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>
<xdr:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:rPr lang="zh-CN"/><a:t>此形状表示表格切片器。</a:t></a:r></a:p>
</xdr:txBody></xdr:sp></mc:Fallback></mc:AlternateContent><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"""


def threaded_comments(parts: Parts) -> None:
    """A question on a cell and its answer; the people; the note for older versions, and the shape that shows it."""
    space = f"{_MICROSOFT}/spreadsheetml/2018/threadedcomments"
    thread = f'ref="B2" dT="2026-03-02T09:30:00.00" personId="{_PERSON}" id="{_THREAD}"'
    reply = f'ref="B2" dT="2026-03-02T10:05:00.00" personId="{_PERSON}" id="{_REPLY}" parentId="{_THREAD}"'
    _add(
        parts,
        "xl/threadedComments/threadedComment1.xml",
        "application/vnd.ms-excel.threadedcomments+xml",
        f'<ThreadedComments xmlns="{space}" xmlns:x="{_MAIN}"><threadedComment {thread}><text>请核对版块</text>'
        f"</threadedComment><threadedComment {reply}><text>已核对</text></threadedComment></ThreadedComments>",
    )
    _add(
        parts,
        "xl/persons/person.xml",
        "application/vnd.ms-excel.person+xml",
        f'<personList xmlns="{space}" xmlns:x="{_MAIN}"><person displayName="经办人" id="{_PERSON}" userId="jbr" '
        'providerId="None"/></personList>',
    )
    _add(
        parts,
        "xl/comments1.xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
        f'<comments xmlns="{_MAIN}" xmlns:mc="{_COMPATIBLE}" mc:Ignorable="xr" '
        f'xmlns:xr="{_MICROSOFT}/spreadsheetml/2014/revision"><authors><author>tc={_THREAD}</author></authors>'
        f'<commentList><comment ref="B2" authorId="0" shapeId="0" xr:uid="{_THREAD}"><text><t>[线程批注]\n\n批注：\n'
        "    请核对版块\n答复：\n    已核对</t></text></comment></commentList></comments>",
    )
    parts["xl/drawings/vmlDrawing1.vml"] = _SHAPE.encode()
    _insert(
        parts,
        "[Content_Types].xml",
        "<Override",
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>',
    )
    new = f"{_MICROSOFT}/2017/10/relationships"
    _relate(parts, "xl/workbook.xml", "rId90", f"{new}/person", "persons/person.xml")
    _relate(parts, SHEET, "rId91", f"{new}/threadedComment", "../threadedComments/threadedComment1.xml")
    _relate(parts, SHEET, "rId92", f"{_OFFICE}/comments", "../comments1.xml")
    _relate(parts, SHEET, "rId93", f"{_OFFICE}/vmlDrawing", "../drawings/vmlDrawing1.vml")
    _insert(parts, SHEET, "<tableParts", '<legacyDrawing r:id="rId93"/>')


_SHAPE = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>
</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>
<v:shape id="_x0000_s1025" type="#_x0000_t202" style='position:absolute;visibility:hidden' fillcolor="infoBackground"
 o:insetmode="auto"><v:fill color2="infoBackground"/><v:path o:connecttype="none"/><v:textbox/>
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>2, 15, 1, 10, 4, 15, 5, 4</x:Anchor>
<x:AutoFill>False</x:AutoFill><x:Row>1</x:Row><x:Column>1</x:Column></x:ClientData></v:shape></xml>"""


def printer_and_custom_xml(parts: Parts) -> None:
    """What a printer driver and a document system leave: opaque bytes and XML of their own."""
    parts["xl/printerSettings/printerSettings1.bin"] = bytes(range(256)) * 8
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"
    _insert(parts, "[Content_Types].xml", "<Override", f'<Default Extension="bin" ContentType="{kind}"/>')
    _relate(parts, SHEET, "rId91", f"{_OFFICE}/printerSettings", "../printerSettings/printerSettings1.bin")
    _insert(parts, SHEET, "<tableParts", '<pageSetup paperSize="9" orientation="landscape" r:id="rId91"/>')
    parts["customXml/item1.xml"] = '<root xmlns="urn:oa">业务</root>'.encode()
    identity = "{B1C0DE00-0000-4000-8000-000000000009}"
    space = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    _add(
        parts,
        "customXml/itemProps1.xml",
        "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
        f'<ds:datastoreItem ds:itemID="{identity}" xmlns:ds="{space}"><ds:schemaRefs><ds:schemaRef ds:uri="urn:oa"/>'
        "</ds:schemaRefs></ds:datastoreItem>",
    )
    parts["customXml/_rels/item1.xml.rels"] = (
        f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    ).encode()
    _relate(parts, "customXml/item1.xml", "rId1", f"{_OFFICE}/customXmlProps", "itemProps1.xml")
    _relate(parts, "xl/workbook.xml", "rId90", f"{_OFFICE}/customXml", "../customXml/item1.xml")


def _add(parts: Parts, name: str, kind: str, content: str) -> None:
    """A part, and what it is."""
    parts[name] = (_HEAD + content).encode()
    _insert(parts, "[Content_Types].xml", "</Types>", f'<Override PartName="/{name}" ContentType="{kind}"/>')


def _relate(parts: Parts, part: str, identity: str, kind: str, target: str) -> None:
    folder, _, name = part.rpartition("/")
    relation = f'<Relationship Id="{identity}" Type="{kind}" Target="{target}"/>'
    _insert(parts, f"{folder}/_rels/{name}.rels", "</Relationships>", relation)


def _insert(parts: Parts, name: str, before: str, new: str) -> None:
    text = parts[name].decode()
    at = text.index(before)
    parts[name] = (text[:at] + new + text[at:]).encode()
