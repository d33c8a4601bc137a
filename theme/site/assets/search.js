/* The search page: asks the Pagefind bundles for every run of characters, as zcfdocs/site/search.py wrote them, and shows where it stands. */

const AT_ONCE = 10;
const LONGEST = 200;
const EXCERPTS = 3;
const AROUND = 36;

const form = document.querySelector(".zcf-search__form");
const box = form.parentElement;
const field = form.elements.namedItem("q");
const scope = form.elements.namedItem("in");
const count = box.querySelector(".zcf-search__count");
const list = box.querySelector(".zcf-search__results");
const more = box.querySelector(".zcf-search__more");
const root = new URL(form.dataset.root, document.baseURI);
const bundles = form.dataset.bundles.split(" ").filter(Boolean);

/* --- folding: the same as _Fold in search.py --- */

function foldCharacter(character) {
  return /[\p{Z}\p{Cc}\p{Cf}]/u.test(character) ? "" : character.normalize("NFKC").toLowerCase().replace(/\s/gu, "");
}

/* The folded text, and for each of its units where in the text it came from. */
function fold(text) {
  const units = [];
  const from = [];
  let at = 0;
  for (const character of text) {
    for (const unit of foldCharacter(character).split("")) {
      units.push(unit);
      from.push({ start: at, end: at + character.length });
    }
    at += character.length;
  }
  return { text: units.join(""), from };
}

function folded(query) {
  return fold(query.normalize("NFC")).text;
}

function words(needle, prefix) {
  const units = needle.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return units.length === 1 ? [prefix + units[0]] : units.slice(1).map((unit, at) => prefix + units[at] + unit);
}

/* --- asking --- */

/* Pagefind only logs what it could not fetch and goes on without: then a count would be wrong and nobody would know. */
let incomplete = false;
const plainFetch = window.fetch;
window.fetch = async (...request) => {
  try {
    const answer = await plainFetch(...request);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
    return answer;
  } catch (error) {
    incomplete = true;
    throw error;
  }
};

const opened = new Map();

/* One after another: Pagefind's program is loaded once, and instances made meanwhile would lose theirs. */
async function open(paths) {
  for (const path of paths) {
    if (opened.has(path)) continue;
    const { createInstance } = await import(new URL(`${bundles[0]}pagefind.js`, root));
    const instance = createInstance({ basePath: new URL(path, root).href, baseUrl: "/", noWorker: true });
    await instance.filters(); // waits until the index is there, or throws
    opened.set(path, instance);
  }
  return paths.map((path) => opened.get(path));
}

/* The pages in which the words follow one another, by a name of their own. */
async function pages(instances, needle, prefix = "") {
  const found = new Map();
  const phrase = `"${words(needle, prefix).join(" ")}"`;
  const answers = await Promise.all(instances.map((instance) => instance.search(phrase)));
  answers.forEach((answer, at) => answer.results.forEach((result) => found.set(`${at} ${result.id}`, result)));
  return found;
}

/* Pages with the whole query first (in the title before elsewhere), then those with each of its words somewhere. */
async function search(query, paths) {
  const instances = await open(paths);
  const whole = folded(query);
  const terms = [...new Set(query.split(/\s+/u).map(folded).filter(Boolean))];
  const [exact, titled, ...each] = await Promise.all([
    pages(instances, whole),
    pages(instances, whole, "t"),
    ...(terms.length > 1 ? terms.map((term) => pages(instances, term)) : []),
  ]);
  const [first = new Map(), ...others] = each;
  const apart = [...first].filter(([name]) => !exact.has(name) && others.every((other) => other.has(name)));
  const named = [...exact].sort(([left], [right]) => titled.has(right) - titled.has(left));
  return {
    exact: named.length,
    terms,
    hits: [
      ...named.map(([, result]) => ({ result, needles: [whole] })),
      ...apart.map(([, result]) => ({ result, needles: terms })),
    ],
  };
}

/* --- showing --- */

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/* Where in the text any of the needles stands, in order and without overlap. */
function spans(text, needles) {
  const { text: searched, from } = fold(text);
  const all = needles.flatMap((needle) => {
    const found = [];
    for (let at = searched.indexOf(needle); at >= 0; at = searched.indexOf(needle, at + needle.length)) {
      found.push({ start: from[at].start, end: from[at + needle.length - 1].end });
    }
    return found;
  });
  all.sort((left, right) => left.start - right.start || right.end - left.end);
  let reached = 0;
  return all.filter(({ start, end }) => start >= reached && (reached = end));
}

function marked(text, hits, start, end) {
  const pieces = [];
  let at = start;
  for (const hit of hits.filter((span) => span.start < end)) {
    pieces.push(text.slice(at, hit.start), element("mark", "", text.slice(hit.start, hit.end)));
    at = hit.end;
  }
  return [...pieces, text.slice(at, Math.max(at, end))];
}

/* No surrogate pair is cut in half. */
function uncut(text, at) {
  return /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at;
}

function excerpt(text, hits) {
  const start = uncut(text, Math.max(0, hits[0].start - AROUND));
  const end = uncut(text, Math.min(text.length, hits[0].end + 2 * AROUND));
  return [start > 0 ? "…" : "", ...marked(text, hits, start, end), end < text.length ? "…" : ""];
}

function address(page, anchor) {
  const url = new URL(page.address, root);
  url.hash = anchor;
  return url.href;
}

function link(page, anchor, ...children) {
  const made = element("a", "", ...children);
  made.href = address(page, anchor);
  return made;
}

/* A few places in their order, among them one for each needle. */
function telling(places, needles) {
  const firsts = needles.map((needle) => places.find(({ text }) => fold(text).text.includes(needle))).filter(Boolean);
  const chosen = new Set([...new Set([...firsts, ...places])].slice(0, EXCERPTS));
  return places.filter((place) => chosen.has(place));
}

function shown({ page }, needles) {
  const places = page.sections.flatMap((section) =>
    section.blocks.map((text) => ({ section, text, hits: spans(text, needles) })).filter(({ hits }) => hits.length),
  );
  const total = places.reduce((sum, { hits }) => sum + hits.length, 0);
  const title = element("h2", "zcf-result__title", link(page, "", ...marked(page.title, spans(page.title, needles), 0, page.title.length)));
  const where = element("p", "zcf-result__where", [page.path, `${total} 处`].filter(Boolean).join("　"));
  const excerpts = telling(places, needles).map(({ section, text, hits }) => {
    const heading = section.anchor && text !== section.blocks[0] ? [link(page, section.anchor, section.blocks[0]), "："] : [];
    return element("li", "", ...heading, ...excerpt(text, hits));
  });
  return element("li", "zcf-result", title, where, element("ul", "zcf-result__excerpts", ...excerpts));
}

let running = 0;

/* Does what fetches; where anything could not be had, says so instead of a wrong count. */
async function whileComplete(mine, work) {
  incomplete = false;
  try {
    await work();
    if (incomplete) throw new Error("incomplete");
  } catch (error) {
    console.error(error);
    opened.clear();
    if (mine !== running) return;
    list.replaceChildren();
    more.hidden = true;
    count.textContent = "搜索数据没有取全，没有列出结果。请检查网络后再点“搜索”。";
  }
}

/* A query is overtaken by the next one: only the last may show anything. */
async function run() {
  const mine = ++running;
  const query = field.value.trim();
  list.replaceChildren();
  more.hidden = true;
  if (!folded(query)) {
    count.textContent = query ? "请写要找的字。" : "";
    return;
  }
  if (query.length > LONGEST) {
    count.textContent = `要找的内容有 ${query.length} 个字，请缩短到 ${LONGEST} 个字以内。`;
    return;
  }
  count.textContent = "正在查找…";
  await whileComplete(mine, async () => show(query, await search(query, scope?.value ? [scope.value] : bundles), mine));
}

function summary(query, { exact, hits, terms }) {
  const apart = hits.length - exact;
  const within = scope?.value ? `（${scope.selectedOptions[0].textContent}）` : "";
  const told = exact ? `含有“${query}”的页面：${exact} 个${within}。` : `没有页面含有“${query}”${within}。`;
  return apart ? `${told}分别含有${terms.map((term) => `“${term}”`).join("和")}的页面：${apart} 个。` : told;
}

async function show(query, found, mine) {
  if (mine !== running || incomplete) return;
  let next = 0;
  const page = async () => {
    const part = found.hits.slice(next, next + AT_ONCE);
    const items = await Promise.all(part.map(async ({ result, needles }) => shown(await result.data(), needles)));
    if (mine !== running) return;
    next += part.length;
    list.append(...items);
    more.hidden = next >= found.hits.length;
    if (next > AT_ONCE) items[0].querySelector("a").focus();
  };
  await page();
  if (mine !== running) return;
  count.textContent = summary(query, found);
  more.firstElementChild.onclick = () => whileComplete(mine, page);
}

/* --- the page's state is its address --- */

function read() {
  const state = new URLSearchParams(location.search);
  field.value = state.get("q") ?? "";
  if (scope) scope.value = bundles.includes(state.get("in")) ? state.get("in") : "";
  run();
}

function submit() {
  const state = new URLSearchParams(Object.entries({ q: field.value.trim(), in: scope?.value ?? "" }).filter(([, value]) => value));
  const url = new URL(location.href);
  url.search = state.toString();
  if (url.href !== location.href) history.pushState(null, "", url);
  run();
}

if (/^https?:$/.test(location.protocol) && bundles.length) {
  box.querySelector(".zcf-search__none").hidden = true;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  scope?.addEventListener("change", submit);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    field.value = "";
    submit();
  });
  window.addEventListener("popstate", read);
  read();
  if (!field.value) field.focus();
}
