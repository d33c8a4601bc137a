/* Two to four plans side by side. Their facts come as scripts: a page read from a folder cannot fetch. */
"use strict";

(() => {
  const { MOST, byId, keysOf, make, remember } = zcf;
  const MARK = /^[A-Za-z0-9._-]+$/;
  const PHASES = [["now", "现状"], ["target", "目标"], ["result", "结果"]];
  const loaded = new Map();
  const awaited = new Map();

  function plan(facts) {
    loaded.set(facts.key, facts);
  }

  function load(key) {
    if (!awaited.has(key)) {
      awaited.set(key, new Promise((done) => {
        const script = make("script", { src: `plans/${key}/facts.js` });
        script.addEventListener("load", () => done(loaded.has(key)));
        script.addEventListener("error", () => done(false));
        document.head.append(script);
      }));
    }
    return awaited.get(key);
  }

  /* Half up, and never as high as `below` while under it: the same as on the pages made beforehand. */
  function rounded(text, digits, below) {
    const [, sign, whole, tail = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    const scaled = (BigInt(whole + tail.padEnd(digits + 1, "0").slice(0, digits + 1)) + 5n) / 10n;
    const figures = scaled.toString().padStart(digits + 1, "0");
    const shown = digits ? `${figures.slice(0, -digits)}.${figures.slice(-digits)}` : figures;
    const near = below !== undefined && digits < 30 && text !== below && Number(text) <= Number(below) && Number(shown) >= Number(below);
    return near ? rounded(text, digits + 1, below) : (sign && scaled ? "-" : "") + shown;
  }

  function share(text) {
    const [whole, tail = ""] = text.split(".");
    const moved = tail.padEnd(2, "0");
    return `${rounded(`${BigInt(whole + moved.slice(0, 2))}.${moved.slice(2) || "0"}`, 2, "100.0")}%`;
  }

  const told = (text, show, unit) => (text === null || text === undefined ? "未公开" : `${show(text)}${unit}`);

  function bar(total, line) {
    const at = Math.max(0, Math.min(100, Number(total)));
    return make("svg", { class: "zcf-bar", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
      make("rect", { class: "zcf-bar__all", width: "100", height: "6" }),
      make("rect", { class: "zcf-bar__own", width: at, height: "6" }),
      make("rect", { class: "zcf-bar__line", x: Number(line), width: "0.6", height: "6" }));
  }

  function scoreOf(facts, phase) {
    const score = facts.scores[phase];
    if (!score) return ["—"];
    const met = score.eligible ? "--met" : "";
    return [make("span", { class: `zcf-score zcf-score${met}` }, score.display), " ", make("span", { class: `zcf-word zcf-word${met}` }, score.word), bar(score.total, facts.pass_line)];
  }

  function tableOf(name, caption, heads, rows) {
    const cells = ({ head, cells: shown, differs, note }) => make("tr", differs ? { class: "zcf-differs" } : {},
      make("th", { scope: "row" }, head), note === undefined ? [] : make("td", {}, note), shown.map((cell) => make("td", {}, cell)));
    const table = make("table", { class: `zcf-table zcf-side ${name}` }, make("caption", {}, caption),
      make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, rows.map(cells)));
    return make("div", { class: "zcf-scroll", role: "group", "aria-label": "表格，可左右滚动", tabindex: "0" }, table);
  }

  function overview(plans, nameOf) {
    const year = (phase, read) => plans.map((facts) => (facts.totals[phase] ? read(facts.totals[phase]) : "—"));
    const phases = PHASES.filter(([phase]) => plans.some((facts) => facts.scores[phase]));
    const figures = [["tce", "综合能源消费量", (text) => rounded(text, 2), " tce"], ["emissions", "碳排放量", (text) => rounded(text, 2), " tCO2e"],
      ["renewable_share", "可再生电力占比", share, ""], ["offset_ratio", "抵消比例", share, ""]];
    const rows = [["辖区", (facts) => facts.district.name], ["行业", (facts) => facts.industry.name], ["阶段", (facts) => facts.stage.name],
      ["评价体系", (facts) => facts.catalogue.title], ["合格线", (facts) => `${facts.pass_line} 分`]].map(([head, read]) => ({ head, cells: plans.map(read) }));
    for (const [phase, label] of phases) rows.push({ head: `${label}得分`, cells: plans.map((facts) => scoreOf(facts, phase)) });
    for (const [phase, label] of phases) {
      rows.push({ head: `${label}年份`, cells: year(phase, (found) => `${found.year} 年`) });
      for (const [key, title, show, unit] of figures) rows.push({ head: `${title}，${label}`, cells: year(phase, (found) => told(found[key], show, unit)) });
    }
    rows.push({ head: "项目", cells: plans.map((facts) => `${facts.savings.projects} 个`) });
    for (const [key, title, unit] of [["energy", "承诺的年节能量", " tce"], ["co2", "承诺的年降碳量", " tCO2"], ["water", "承诺的年节水量", " m3"]]) {
      rows.push({ head: title, cells: plans.map((facts) => told(facts.savings[key], (text) => rounded(text, 2), unit)) });
    }
    return tableOf("zcf-overview", "概况", ["内容", ...plans.map(nameOf)], rows);
  }

  /* Points of all phases of one row or group, in one cell: 现状 → 目标. */
  function way(item, max, statuses) {
    const shown = PHASES.filter(([phase]) => phase in item.points);
    const words = item.status ? [...new Set(shown.map(([phase]) => statuses[item.status[phase]] || item.status[phase]))].join(" → ") : "";
    return [shown.map(([phase]) => rounded(item.points[phase], 2, max)).join(" → "), ...(words ? [make("span", { class: "zcf-status" }, words)] : [])];
  }

  function judged(plans, part, statuses) {
    return plans[0][part].map(({ id, title, max = "100" }) => {
      const found = plans.map((facts) => facts[part].find((item) => item.id === id));
      const same = new Set(found.map((item) => item && JSON.stringify([item.points, item.status])));
      const known = MARK.test(plans[0].catalogue.id) && MARK.test(id) && part === "rows";
      const head = known ? make("a", { href: `indicators/${plans[0].catalogue.id}/${id}.html` }, `${id} ${title}`) : `${id} ${title}`;
      return { head, note: same.size > 1 ? "不同" : "相同", differs: same.size > 1, cells: found.map((item) => (item ? way(item, max, statuses) : "—")) };
    });
  }

  function byCatalogue(plans) {
    const groups = new Map();
    for (const facts of plans) groups.set(facts.catalogue.id, [...(groups.get(facts.catalogue.id) || []), facts]);
    return [...groups.values()];
  }

  function compare(place, form) {
    const options = Array.from(byId("zcf-plans").options, (option) => [option.dataset.key, option.value]);
    const labels = new Map(options);
    const keys = new Map(options.map(([key, label]) => [label, key]));
    const statuses = JSON.parse(place.dataset.statuses);
    const say = (text) => { byId("zcf-told").textContent = text; };
    const only = form.elements.diff;
    let chosen = [];

    const write = () => remember([["p", chosen.join(",")], ["diff", only.checked ? "1" : ""]]);

    function without(key) {
      chosen = chosen.filter((one) => one !== key);
      say(`已移出：${labels.get(key)}。`);
      form.elements.plan.focus();
      write();
      show();
    }

    function nameOf(facts) {
      const drop = make("button", { type: "button", "aria-label": `移出对比：${facts.name}` }, "移出");
      drop.addEventListener("click", () => without(facts.key));
      return [make("a", { href: `plans/${facts.key}/index.html` }, facts.name), " ", drop];
    }

    function detailed(plans) {
      const names = plans.map((facts) => facts.name);
      const rows = judged(plans, "rows", statuses);
      const differing = rows.filter((row) => row.differs).length;
      return [tableOf("zcf-bygroup", `各组得分（每组满分 100）：${plans[0].catalogue.title}`, ["指标组", "异同", ...names], judged(plans, "groups", statuses)),
        tableOf("zcf-byrow", `逐项得分：${rows.length} 项中 ${differing} 项不同`, ["指标", "异同", ...names], rows)];
    }

    function narrow() {
      for (const row of place.querySelectorAll(".zcf-byrow tbody tr")) row.hidden = only.checked && !row.classList.contains("zcf-differs");
    }

    async function show() {
      const wanted = chosen;
      const found = await Promise.all(wanted.map(load));
      if (wanted !== chosen) return;
      const failed = wanted.filter((_, index) => !found[index]);
      const plans = wanted.filter((_, index) => found[index]).map((key) => loaded.get(key));
      if (failed.length) say(`没有载入：${failed.map((key) => labels.get(key)).join("、")}。请刷新本页再试。`);
      const catalogues = byCatalogue(plans);
      const notes = [[!plans.length, `还没有选方案。请选 2 至 ${MOST} 份。`], [plans.length === 1, "再选一份即可对比。"],
        [catalogues.length > 1, "所选方案依据不同的评价指标体系：总分和总量并列，逐项得分只在同一体系的方案之间对比。"]];
      place.replaceChildren(...notes.filter(([holds]) => holds).map(([, text]) => make("p", { class: "zcf-note" }, text)),
        ...(plans.length ? [overview(plans, nameOf)] : []), ...catalogues.filter((group) => group.length > 1).flatMap(detailed));
      narrow();
    }

    function add(event) {
      event.preventDefault();
      const typed = form.elements.plan.value.trim();
      const close = options.filter(([, label]) => typed && label.includes(typed));
      const key = keys.get(typed) || (close.length === 1 ? close[0][0] : undefined);
      if (!key) return say(close.length ? `有 ${close.length} 份方案的名称含“${typed}”，请写全。` : `没有名称为“${typed}”的方案。`);
      if (chosen.includes(key)) return say(`${labels.get(key)} 已在对比中。`);
      if (chosen.length >= MOST) return say(`最多同时对比 ${MOST} 份，请先移出一份。`);
      form.elements.plan.value = "";
      say(`已加入：${labels.get(key)}。`);
      chosen = [...chosen, key];
      write();
      return show();
    }

    function restore() {
      const query = new URLSearchParams(location.search);
      const asked = [...new Set((query.get("p") || "").split(",").filter(Boolean))];
      chosen = keysOf(query.get("p"), (key) => labels.has(key));
      only.checked = query.get("diff") === "1";
      const unknown = asked.filter((key) => !labels.has(key));
      const over = asked.length - unknown.length - chosen.length;
      say([unknown.length ? `没有这样的方案：${unknown.join("、").slice(0, 200)}。` : "", over > 0 ? `最多同时对比 ${MOST} 份，其余 ${over} 份未列。` : ""].join(""));
      show();
    }

    form.addEventListener("submit", add);
    only.addEventListener("change", () => {
      narrow();
      write();
    });
    addEventListener("popstate", restore);
    restore();
    form.hidden = false;
  }

  zcf.plan = plan;
  if (byId("zcf-compare")) compare(byId("zcf-compare"), byId("zcf-pick"));
})();
