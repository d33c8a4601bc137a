/* The list of plans: filtered, sorted, up to four of them chosen to be compared. */
"use strict";

(() => {
  const { MOST, byId, keysOf, make, remember } = zcf;
  // Laying out a thousand rows takes a browser the better part of a second: so many are shown at once, the rest when asked for.
  const NEAR = 100;
  const chinese = new Intl.Collator("zh", { numeric: true });

  function later(action, wait) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(action, wait);
    };
  }

  const folded = (text) => text.normalize("NFKC").toLowerCase();

  function read(row, keys, place) {
    const cells = new Map(keys.map((key, index) => [key, row.cells[index].dataset.value || row.cells[index].textContent.trim()]));
    return { row, place, cells, name: folded(cells.get("name")), data: { ...row.dataset }, link: row.querySelector("a") };
  }

  function points(entry, phase) {
    const found = Number.parseFloat(entry.cells.get(phase));
    return Number.isNaN(found) ? null : found;
  }

  function fits(entry, asked) {
    const { data } = entry;
    if (!asked.words.every((word) => entry.name.includes(word))) return false;
    if (["district", "stage", "year"].some((field) => asked[field] && data[field] !== asked[field])) return false;
    if (asked.industry && !data.industry.startsWith(asked.industry)) return false;
    const met = data.met.split(" ");
    if (asked.met === "none" ? met.includes("target") : asked.met && !met.includes(asked.met)) return false;
    const score = points(entry, asked.of);
    return (asked.min === null || (score !== null && score >= asked.min)) && (asked.max === null || (score !== null && score <= asked.max));
  }

  /* Up, or down with what has no number last either way; equal ones stay as they stood in the page. */
  function sorted(entries, key, down, numeric) {
    const way = down ? -1 : 1;
    const by = (one, other) => {
      if (!numeric) return way * chinese.compare(one.cells.get(key), other.cells.get(key));
      const [first, second] = [points(one, key), points(other, key)];
      if (first === null || second === null) return (first === null) - (second === null);
      return way * (first - second);
    };
    return [...entries].sort((one, other) => by(one, other) || one.place - other.place);
  }

  function list(table, form) {
    const body = table.tBodies[0];
    const heads = new Map(Array.from(table.tHead.rows[0].cells, (head) => [head.dataset.key, head]));
    const entries = Array.from(body.rows, (row, place) => read(row, [...heads.keys()], place));
    const byKey = new Map(entries.map((entry) => [entry.data.key, entry]));
    const fields = ["q", "district", "industry", "stage", "year", "met", "of", "min", "max"].map((name) => form.elements[name]);
    const more = make("button", { type: "button", class: "zcf-more" });
    let order = "";
    let standing = "";
    let lined = entries;
    let near = NEAR;
    let chosen = [];

    function number(field) {
      return field.value === "" || Number.isNaN(field.valueAsNumber) ? null : field.valueAsNumber;
    }

    function asked() {
      const values = Object.fromEntries(fields.map((field) => [field.name, field.value]));
      return { ...values, words: folded(values.q).split(/\s+/).filter(Boolean), min: number(form.elements.min), max: number(form.elements.max) };
    }

    function write() {
      const { min, max, of } = asked();
      const ranged = min !== null || max !== null;
      remember([...fields.map((field) => [field.name, field.name === "of" && (!ranged || of === "target") ? "" : field.value]), ["sort", order], ["p", chosen.join(",")]]);
    }

    function filter() {
      const now = asked();
      let shown = 0;
      for (const entry of lined) {
        const fitting = fits(entry, now);
        if (entry.row.hidden === fitting) entry.row.hidden = !fitting;
        entry.row.classList.toggle("zcf-beyond", fitting && shown >= near);
        shown += fitting;
      }
      more.hidden = shown <= near;
      more.textContent = `显示其余 ${shown - near} 份`;
      const all = entries.length;
      if (shown) byId("zcf-count").textContent = shown === all ? `共 ${all} 份方案。` : `符合条件的 ${shown} 份，共 ${all} 份方案。`;
      else if (now.min !== null && now.max !== null && now.min > now.max) byId("zcf-count").textContent = "没有符合条件的方案：最低分高于最高分。";
      else byId("zcf-count").textContent = `没有符合条件的方案，共 ${all} 份；可清除筛选再看。`;
    }

    function again() {
      near = NEAR;
      filter();
    }

    function sort() {
      const down = order.startsWith("-");
      const key = down ? order.slice(1) : order;
      for (const [name, head] of heads) {
        if (name === key) head.setAttribute("aria-sort", down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      }
      if (order === standing) return;
      standing = order;
      lined = key ? sorted(entries, key, down, heads.get(key).hasAttribute("data-number")) : entries;
      body.append(...lined.map((entry) => entry.row));
      again();
    }

    function choose() {
      for (const entry of entries) entry.box.checked = chosen.includes(entry.data.key);
      const place = byId("zcf-chosen");
      place.hidden = !chosen.length;
      const names = chosen.map((key) => byKey.get(key).link.textContent).join("、");
      const go = make("a", { href: `${table.dataset.compare}?p=${chosen.join(",")}`, class: "zcf-go" }, `对比所选的 ${chosen.length} 份`);
      const drop = make("button", { type: "button" }, "取消选择");
      drop.addEventListener("click", () => {
        chosen = [];
        choose();
        write();
      });
      place.replaceChildren(make("p", {}, `已选：${names}`), chosen.length < 2 ? make("span", {}, "再选一份即可对比") : go, drop);
    }

    function toggle(entry) {
      const { key } = entry.data;
      if (!entry.box.checked) chosen = chosen.filter((one) => one !== key);
      else if (chosen.length < MOST) chosen = [...chosen, key];
      const refused = entry.box.checked && !chosen.includes(key);
      choose();
      if (refused) byId("zcf-chosen").firstChild.append(make("strong", {}, `；最多同时对比 ${MOST} 份，请先取消一份`));
      write();
    }

    function restore() {
      const query = new URLSearchParams(location.search);
      for (const field of fields) {
        const value = query.get(field.name) || "";
        const usual = field.name === "of" ? "target" : "";
        field.value = !field.options || Array.from(field.options, (option) => option.value).includes(value) ? value : usual;
      }
      const wanted = query.get("sort") || "";
      order = heads.has(wanted.replace("-", "")) ? wanted : "";
      chosen = keysOf(query.get("p"), (key) => byKey.has(key));
      sort();
      again();
      choose();
    }

    for (const [key, head] of heads) {
      const button = make("button", { type: "button", class: "zcf-sort" }, head.textContent);
      button.addEventListener("click", () => {
        order = order === key ? `-${key}` : order === `-${key}` ? "" : key;
        sort();
        write();
      });
      head.replaceChildren(button);
    }
    table.tHead.rows[0].prepend(make("th", { scope: "col" }, "对比"));
    for (const entry of entries) {
      entry.box = make("input", { type: "checkbox", "aria-label": `对比：${entry.link.textContent}` });
      entry.box.addEventListener("change", () => toggle(entry));
      entry.row.prepend(make("td", {}, entry.box));
    }
    more.addEventListener("click", () => {
      near = entries.length;
      filter();
    });
    const writeSoon = later(write, 200);
    form.addEventListener("input", (event) => {
      if (event.isComposing) return;
      again();
      writeSoon();
    });
    form.addEventListener("compositionend", again);
    form.addEventListener("change", write);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => {
      again();
      write();
    }));
    addEventListener("popstate", restore);
    addEventListener("pageshow", (event) => event.persisted && restore());
    restore();
    table.classList.add("zcf-live");
    table.parentElement.after(more);
    form.hidden = false;
  }

  if (byId("zcf-list")) list(byId("zcf-list"), byId("zcf-filters"));
})();
