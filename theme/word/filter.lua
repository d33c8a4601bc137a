-- From the manuscript's HTML to Word: styles of paragraphs and tables, real footnotes, contents field, section breaks.
-- Sizes of pages, page numbers and widths of tables are set afterwards; breaks only mark where a section ends.

-- Paragraphs in a div of one of these classes take the style of that name: "cover-line" → Cover Line.
local PARAGRAPHS = {
  "cover-attachment", "cover-title", "cover-line", "front-title", "commitment-title", "commitment-text", "sign", "seal", "table-note",
  "letter-head", "letter-number", "letter-plain", "letter-enclosed", "letter-signer", "letter-date", "seal-line",
}
-- What the style sheet of the PDF sets smaller than other tables, by class.
local TEXTS = {
  ["dense"] = "Small Text", ["tiny"] = "Small Text",
  ["table-form"] = "Form Text", ["table-scoring"] = "Small Text", ["table-reasons"] = "Small Text", ["table-expert"] = "Small Text",
  ["table-readings"] = "Data Text", ["table-projects"] = "Data Text", ["table-evidence_list"] = "Data Text", ["table-factors"] = "Data Text", ["table-comparison"] = "Data Text",
  ["table-intensities"] = "Data Text", ["table-energy"] = "Data Text", ["table-emissions"] = "Data Text",
  ["table-promises"] = "Data Text", ["table-achieved"] = "Data Text",
}
-- A style of tables goes by its id. A plain Table stays on one page; the others may run over it.
local TABLES = { ["table-form"] = "FormTable", ["table-scoring"] = "SmallTable", ["table-reasons"] = "SmallTable" }
local RUNNING = pandoc.List({
  "long", "table-energy", "table-emissions", "table-intensities", "table-comparison", "table-conditions", "table-evidence_list", "table-readings", "table-projects",
  "table-factors", "table-offsets", "table-judged", "table-expert", "table-promises", "table-achieved", "table-visited", "table-findings",
})

local function has(element, class)
  return element.classes:includes(class)
end

-- The first name among those of an element's classes.
local function named(classes, names)
  for _, class in ipairs(classes) do
    if names[class] then return names[class] end
  end
end

local function with_style(style)
  return pandoc.Attr("", {}, { ["custom-style"] = style })
end

-- A plain block would take the writer's own style.
local function styled(blocks, style)
  local paragraphs = blocks:map(function(block) return block.t == "Plain" and pandoc.Para(block.content) or block end)
  return pandoc.Div(paragraphs, with_style(style))
end

-- Cells ---------------------------------------------------------------------

local function align(cell)
  if has(cell, "n") or has(cell, "align-right") then return pandoc.AlignRight end
  if has(cell, "c") or has(cell, "align-center") then return pandoc.AlignCenter end
  return pandoc.AlignDefault
end

-- Cells to write in by hand: Word knows only heights of rows, and takes them from an empty paragraph of a style of that name.
local ROOMS = { ["room-large"] = "RoomLarge", ["room-small"] = "RoomSmall", ["table-visited"] = "RoomLine" }

local function room(name)
  return pandoc.RawBlock("openxml", '<w:p><w:pPr><w:pStyle w:val="' .. name .. '"/></w:pPr></w:p>')
end

-- Rows are copies to Lua: each is handed back.
local function dress(rows, text, roomy)
  return rows:map(function(row)
    row.cells = row.cells:map(function(cell)
      local head = cell.attributes["head"]
      local style = has(cell, "profile") and "Table Text" or text
      cell.alignment = head and pandoc.AlignCenter or align(cell)
      local marked = named(cell.classes, ROOMS) or roomy
      cell.contents = pandoc.Blocks({ styled(cell.contents, head and style .. " Head" or style) })
      if marked then cell.contents:insert(room(marked)) end
      return cell
    end)
    return row
  end)
end

function Table(element)
  local text = named(element.classes, TEXTS) or "Table Text"
  local head, bodies = element.head, element.bodies
  head.rows = dress(head.rows, text)
  for index, body in ipairs(bodies) do
    body.head = dress(body.head, text)
    body.body = dress(body.body, text, named(element.classes, ROOMS))
    bodies[index] = body
  end
  element.head, element.bodies = head, bodies
  local running = element.classes:find_if(function(class) return RUNNING:includes(class) end)
  element.attributes["custom-style"] = named(element.classes, TABLES) or (running and "RunningTable" or "Table")
  return element
end

-- Paragraphs, characters and notes -------------------------------------------

function Span(element)
  if has(element, "footnote") then return pandoc.Note({ pandoc.Para(element.content) }) end
  if has(element, "cover-value") then return pandoc.Underline(element.content) end
end

-- Chinese is never set bold or slanted: 黑体 and 楷体 stand for it.
function Strong(element)
  return pandoc.Span(element.content, with_style("Strong"))
end

function Emph(element)
  return pandoc.Span(element.content, with_style("Emphasis"))
end

function HorizontalRule()
  return pandoc.RawBlock("openxml", '<w:p><w:pPr><w:pStyle w:val="Rule"/></w:pPr></w:p>')
end

function OrderedList(element)
  return pandoc.OrderedList(element.content, pandoc.ListAttributes(element.start, "Decimal", "Period"))
end

-- Contents: a field that Word can bring up to date, filled with its entries already; their page numbers are set afterwards ----

local function openxml(text)
  return pandoc.RawInline("openxml", "<w:r>" .. text .. "</w:r>")
end

local function mark(kind)
  return openxml('<w:fldChar w:fldCharType="' .. kind .. '"/>')
end

local function instruction(text)
  return openxml('<w:instrText xml:space="preserve"> ' .. text .. " </w:instrText>")
end

local function entry(div, first, last)
  local link
  div:walk({ Link = function(found) link = found end })
  local page = { openxml("<w:tab/>"), mark("begin"), instruction("PAGEREF"), mark("separate"), openxml("<w:t/>"), mark("end") }
  local whole = pandoc.Inlines({ pandoc.Link(link.content .. page, link.target) })
  if first then whole = pandoc.Inlines({ mark("begin"), instruction('TOC \\o "1-2" \\h \\z \\u'), mark("separate") }) .. whole end
  if last then whole:insert(mark("end")) end
  return pandoc.Div({ pandoc.Para(whole) }, with_style("TOC " .. div.classes[1]:sub(-1)))
end

local function contents(div)
  local blocks = pandoc.Blocks({})
  for index, item in ipairs(div.content) do
    blocks:insert(entry(item, index == 1, index == #div.content))
  end
  return blocks
end

-- Sections --------------------------------------------------------------------

local STYLES = {}
for _, class in ipairs(PARAGRAPHS) do
  STYLES[class] = class:gsub("-", " "):gsub("%f[%a]%a", string.upper)
end

-- The red lines below a letter's head stand in a paragraph of their own.
local RULE = pandoc.RawBlock("openxml", '<w:p><w:pPr><w:pStyle w:val="LetterRule"/></w:pPr></w:p>')

local function prepared(blocks)
  return blocks:walk({
    Div = function(div)
      if has(div, "contents") then return contents(div) end
      local style = STYLES[div.classes[#div.classes]]
      if style == "Letter Head" then return pandoc.Blocks({ styled(div.content, style), RULE }) end
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
      blocks:insert(pandoc.RawBlock("openxml", '<w:p><w:pPr><w:pStyle w:val="SectionEnd"/><w:sectPr/></w:pPr></w:p>'))
    end
  end
  return pandoc.Pandoc(blocks, document.meta)
end
