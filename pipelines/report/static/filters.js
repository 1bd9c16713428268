/* What the reader wants to see of a page: the last days of its charts, and rows of one kind in its tables. The choice
   stands in the address after #, so a link carries it, and is said beside what it leaves out. */
window.guildbookFilters = (function () {
  "use strict";
  const isChinese = () => document.documentElement.dataset.lang === "zh";
  const say = (en, zh) => (isChinese() ? zh : en);
  const SPANS = [30, 90];

  // ---- the address: #days=30&plan=pro; an anchor such as #withheld is left alone
  const chosen = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");

  function choose(name, value) {
    const all = chosen();
    if (value) all.set(name, value);
    else all.delete(name);
    history.replaceState(null, "", all.toString() ? `#${all}` : location.pathname + location.search);
    if (name === "days") show();
    else showRows();
  }

  // ---- rows of tables
  const inLanguage = (cell, lang) => (cell.querySelector(`[lang="${lang}"]`) || cell).textContent.trim();
  const tables = () => Array.from(document.querySelectorAll("th[data-filter]"), (head) => ({ head, table: head.closest("table"), name: head.dataset.filter }));

  /* The values of a column, each by its English word: [value, shown]. */
  function values({ head, table }) {
    const found = new Map();
    for (const row of table.tBodies[0].rows) {
      const cell = row.cells[head.cellIndex];
      if (cell) found.set(inLanguage(cell, "en"), inLanguage(cell, isChinese() ? "zh-Hans" : "en"));
    }
    found.delete("");
    return Array.from(found).sort((one, other) => one[1].localeCompare(other[1], document.documentElement.lang));
  }

  function fill(label, one) {
    const [name, select] = [label.querySelector("span"), label.querySelector("select")];
    name.textContent = inLanguage(one.head, isChinese() ? "zh-Hans" : "en");
    const options = [["", say("all", "全部")], ...values(one)].map(([value, text]) => new Option(text, value));
    select.replaceChildren(...options);
    select.value = chosen().get(one.name) || "";
    if (select.selectedIndex < 0) select.value = "";
  }

  function filterTable(table) {
    const section = table.closest("section");
    const own = tables().filter((one) => one.table === table);
    const wanted = own.map((one) => [one, section.querySelector(`select[data-filter="${one.name}"]`)?.value || ""]).filter(([, value]) => value);
    const searched = (section.querySelector(".search input")?.value || "").trim().toLowerCase();
    const rows = Array.from(table.tBodies[0].rows);
    for (const row of rows) {
      row.hidden = !wanted.every(([one, value]) => inLanguage(row.cells[one.head.cellIndex], "en") === value) || !row.textContent.toLowerCase().includes(searched);
    }
    const told = section.querySelector(".shown");
    if (!told) return;
    const left = rows.filter((row) => !row.hidden).length;
    const said = wanted.map(([one, value]) => `${inLanguage(one.head, isChinese() ? "zh-Hans" : "en")} = ${new Map(values(one)).get(value)}`).join(say(", ", "，"));
    told.textContent = wanted.length ? say(`Shown: ${said}; ${left} of ${rows.length} rows on this page.`, `显示：${said}；本页 ${rows.length} 行中的 ${left} 行。`) : "";
  }

  function addSelects() {
    for (const one of tables()) {
      const section = one.table.closest("section");
      if (values(one).length < 2) continue;
      let bar = section.querySelector(".filters");
      if (!bar) {
        bar = Object.assign(document.createElement("p"), { className: "filters" });
        const told = Object.assign(document.createElement("span"), { className: "shown" });
        told.setAttribute("role", "status");
        bar.append(told);
        one.table.closest(".scroll").before(bar);
      }
      const label = document.createElement("label");
      const select = document.createElement("select");
      select.dataset.filter = one.name;
      select.addEventListener("change", () => choose(one.name, select.value));
      label.append(document.createElement("span"), select);
      bar.querySelector(".shown").before(label);
    }
  }

  // ---- days of charts
  const days = () => Number(chosen().get("days")) || 0;

  function addSpans() {
    const longest = Math.max(0, ...Array.from(document.querySelectorAll(".figure"), (holder) => holder.guildbook?.days || 0));
    const spans = SPANS.filter((one) => one < longest);
    if (!spans.length || document.querySelector(".spans")) return;
    const group = Object.assign(document.createElement("div"), { className: "spans" });
    group.setAttribute("role", "group");
    for (const one of [...spans, 0]) {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.dataset.days = one;
      button.addEventListener("click", () => choose("days", one ? String(one) : ""));
      group.append(button);
    }
    document.querySelector(".blocks").before(group);
  }

  function labelSpans() {
    const group = document.querySelector(".spans");
    if (!group) return;
    group.setAttribute("aria-label", say("Days in the charts", "图表的天数"));
    for (const button of group.querySelectorAll("button")) {
      const n = Number(button.dataset.days);
      button.textContent = n ? say(`Charts by day: last ${n} days`, `按日图表：最近 ${n} 天`) : say("all days", "全部日期");
      button.setAttribute("aria-pressed", String(n === days()));
    }
  }

  function show() {
    window.guildbookCharts?.drawAll();
    addSpans();
    labelSpans();
    showRows();
  }

  function showRows() {
    for (const one of tables()) {
      const select = one.table.closest("section").querySelector(`select[data-filter="${one.name}"]`);
      if (select) fill(select.parentElement, one);
    }
    const searched = Array.from(document.querySelectorAll(".search input"), (input) => input.closest("section").querySelector("table"));
    for (const table of new Set([...tables().map((one) => one.table), ...searched])) filterTable(table);
  }

  addSelects();
  addEventListener("hashchange", show);
  return { show, days, filterTable };
})();
