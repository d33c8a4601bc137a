-- From the manuscript's HTML to Word: paragraph styles of cells, real footnotes, contents field, section breaks.
-- The sizes of pages, headers and footers are set afterwards; breaks only mark where a section ends.

local CELL = { ["table-form"] = "Form Text", ["table-scoring"] = "Small Text", ["table-reasons"] = "Small Text" }
local PARAGRAPH = {
  ["cover-attachment"] = "Cover Attachment", ["cover-title"] = "Cover Title", ["cover-line"] = "Cover Line",
  ["front-title"] = "Front Title", ["commitment-title"] = "Commitment Title", ["commitment-text"] = "Commitment Text", ["sign"] = "Signature", ["sign seal"] = "Seal",
  ["table-note"] = "Table Note",
}

local function escape(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function has(element, class)
  return element.classes:includes(class)
end

-- A plain block would take the writer's own style.
local function styled(blocks, style)
  local paragraphs = blocks:map(function(block) return block.t == "Plain" and pandoc.Para(block.content) or block end)
  return pandoc.Div(paragraphs, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

local function openxml(text)
  return pandoc.RawBlock("openxml", text)
end

-- Cells ---------------------------------------------------------------------

local function cell_style(classes, head)
  for _, class in ipairs(classes) do
    if CELL[class] then return head and CELL[class] .. " Head" or CELL[class] end
  end
  return head and "Table Text Head" or "Table Text"
end

local function align(cell)
  if has(cell, "n") or has(cell, "align-right") then return pandoc.AlignRight end
  if has(cell, "c") or has(cell, "align-center") then return pandoc.AlignCenter end
  return pandoc.AlignDefault
end

-- Rows are copies to Lua: each is handed back.
local function dress(rows, classes, head)
  local labels = classes:includes("table-form")
  return rows:map(function(row)
    local position = 0
    row.cells = row.cells:map(function(cell)
      position = position + 1
      cell.alignment = head and pandoc.AlignCenter or align(cell)
      cell.contents = pandoc.Blocks({ styled(cell.contents, cell_style(classes, head or labels and position % 2 == 1)) })
      return cell
    end)
    return row
  end)
end

function Table(element)
  local head, bodies = element.head, element.bodies
  head.rows = dress(head.rows, element.classes, true)
  for index, body in ipairs(bodies) do
    body.head = dress(body.head, element.classes, true)
    body.body = dress(body.body, element.classes, false)
    bodies[index] = body
  end
  element.head, element.bodies = head, bodies
  return element
end

-- Paragraphs and notes -------------------------------------------------------

function Span(element)
  if has(element, "footnote") then
    return pandoc.Note({ pandoc.Para(element.content) })
  end
  if has(element, "cover-value") then
    return pandoc.Underline(element.content)
  end
end

-- Contents: a field Word brings up to date, filled with its entries already --------------------------------------

local function field(kind, stale)
  return '<w:r><w:fldChar w:fldCharType="' .. kind .. '"' .. (stale and ' w:dirty="true"' or "") .. "/></w:r>"
end

local function instruction(text)
  return '<w:r><w:instrText xml:space="preserve"> ' .. text .. " </w:instrText></w:r>"
end

local function entry(div, start, stop)
  local key, title
  div:walk({ Link = function(link) key, title = link.target:sub(2), pandoc.utils.stringify(link.content) end })
  local number = field("begin") .. instruction("PAGEREF " .. key .. " \\h") .. field("separate") .. "<w:r><w:t> </w:t></w:r>" .. field("end")
  return openxml('<w:p><w:pPr><w:pStyle w:val="TOC' .. div.classes[1]:sub(-1) .. '"/></w:pPr>' .. start .. '<w:hyperlink w:anchor="' .. escape(key)
    .. '" w:history="1"><w:r><w:t xml:space="preserve">' .. escape(title) .. "</w:t></w:r><w:r><w:tab/></w:r>" .. number .. "</w:hyperlink>" .. stop .. "</w:p>")
end

local function contents(div)
  local open = field("begin", true) .. instruction('TOC \\o "1-2" \\h \\z \\u') .. field("separate")
  local blocks = pandoc.List()
  for index, item in ipairs(div.content) do
    blocks:insert(entry(item, index == 1 and open or "", index == #div.content and field("end") or ""))
  end
  return blocks
end

-- Sections --------------------------------------------------------------------

local function prepared(blocks)
  return blocks:walk({
    Div = function(div)
      if has(div, "contents") then return contents(div) end
      local style = PARAGRAPH[table.concat(div.classes, " ")]
      if style then return styled(div.content, style) end
    end,
    Header = function(header)
      if has(header, "form-title") then
        return styled(pandoc.Blocks({ pandoc.Para({ pandoc.Span(header.content, pandoc.Attr(header.identifier)) }) }), "Form Title")
      end
    end,
  })
end

function Pandoc(document)
  local blocks = pandoc.List()
  local pages = document.blocks[1].content
  for index, page in ipairs(pages) do
    blocks:extend(prepared(page.content))
    if index < #pages then
      blocks:insert(openxml('<w:p><w:pPr><w:pStyle w:val="SectionEnd"/><w:sectPr/></w:pPr></w:p>'))
    end
  end
  return pandoc.Pandoc(blocks, document.meta)
end
