/* What the pages do in the browser: switch language and theme, sort tables, copy SQL, keep days on one line, show the
   banner. Everything is on the page already; nothing is fetched. */
(function () {
  "use strict";
  const root = document.documentElement;
  const isChinese = () => root.dataset.lang === "zh";
  const say = (en, zh) => (isChinese() ? zh : en);

  function remember() {
    try {
      localStorage.setItem("guildbook", JSON.stringify({ lang: root.dataset.lang, theme: root.dataset.theme }));
    } catch (error) {
      // storage is off: the choice lasts for this page
    }
  }

  // ---- tables
  const key = (row, index) => {
    const cell = row.cells[index];
    return "sort" in cell.dataset ? cell.dataset.sort : cell.innerText;
  };

  function sort(header) {
    const index = header.cellIndex;
    const body = header.closest("table").tBodies[0];
    const isNumber = header.classList.contains("number");
    const before = header.getAttribute("aria-sort");
    const isDown = before ? before === "ascending" : isNumber;
    for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const compare = (a, b) => {
      const [left, right] = [key(a, index), key(b, index)];
      const [x, y] = [parseFloat(left), parseFloat(right)];
      const order = Number.isNaN(x) || Number.isNaN(y) || !isNumber ? left.localeCompare(right, root.lang, { numeric: true }) : x - y;
      return isDown ? -order : order;
    };
    body.append(...Array.from(body.rows).sort(compare));
  }

  async function copy(button) {
    const text = button.nextElementSibling.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {
      getSelection().selectAllChildren(button.nextElementSibling); // pages opened from disk may not write the clipboard
      document.execCommand("copy");
    }
    button.classList.add("good");
  }

  // ---- banner: the data's age by this browser's clock, and how the last run ended
  function ageInDays(throughDay) {
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: root.dataset.timezone }).format(new Date());
    return Math.round((Date.parse(today) - Date.parse(throughDay)) / 86400000);
  }

  const moment = (iso) => new Date(iso).toLocaleString(say("en-GB", "zh-CN"), { dateStyle: "medium", timeStyle: "short", timeZone: root.dataset.timezone });

  function link(href, text) {
    const anchor = document.createElement("a");
    anchor.href = href;
    anchor.textContent = text;
    return anchor;
  }

  // What the pages said of themselves was true when they were published; a run that stopped knows more.
  function distrust(throughDay) {
    for (const claim of document.querySelectorAll("[data-trust]")) {
      claim.textContent = say(
        `As of ${throughDay}, as published then. The last run stopped, and what it found is not on these pages.`,
        `仅就 ${throughDay} 及当时发布的内容而言。最近一次运行已中止，其发现不在这些页面上。`);
    }
  }

  function showBanner() {
    const status = window.guildbookStatus;
    const throughDay = root.dataset.throughDay;
    const age = ageInDays(throughDay);
    const isOld = age > 2 && !("sample" in root.dataset);
    const parts = [];
    let tone = isOld ? "warn" : "";
    if (status && !status.runSucceeded) {
      tone = "bad";
      parts.push(say(`The last run stopped (${moment(status.runFinishedAt)})`, `最近一次运行中止（${moment(status.runFinishedAt)}）`)
        + (status.failedGate ? say(` at ${status.failedGate}`, `，位于${status.failedGateZh || status.failedGate}`) : "")
        + (status.reason ? say(`: ${status.reason}`, `：${status.reasonZh || status.reason}`) : "") + say(".", "。"));
      parts.push(say("You are reading the last good publication.", "当前显示的是上一次成功的发布。"));
    }
    if ("sample" in root.dataset) {
      parts.push(say(`This is the sample community: its members are made up, and its last day is ${throughDay}.`, `这是示例社区：成员均为虚构，数据止于 ${throughDay}。`));
    } else if (isOld || tone === "bad") {
      const days = age.toLocaleString("en");
      parts.push(say(`The data ends ${days} days ago, on ${throughDay}.`, `数据截至 ${throughDay}，距今 ${days} 天。`));
    } else if (status && status.publishedAt) {
      parts.push(say(`Up to date: data through ${throughDay}, published ${moment(status.publishedAt)}.`, `数据已更新至 ${throughDay}，发布于 ${moment(status.publishedAt)}。`));
    }
    const banner = document.getElementById("banner");
    banner.textContent = parts.join(say(" ", ""));
    if (status && !status.runSucceeded) {
      if (status.page) banner.append(" ", link(status.page, say("What stopped it, and what to do", "中止原因与处理办法")));
      distrust(throughDay);
    }
    banner.className = tone;
    banner.hidden = parts.length === 0;
  }

  // ---- the page of the running day: written after these pages, and replaced by the next publication
  function showToday() {
    const nav = document.querySelector("nav");
    if (!window.guildbookToday || nav.querySelector('[href="today.html"]')) return;
    const anchor = link("today.html", "");
    for (const [lang, text] of Object.entries(window.guildbookToday.title)) {
      const word = document.createElement("span");
      word.lang = lang;
      word.textContent = text;
      anchor.append(word);
    }
    nav.firstElementChild.after(anchor);
  }

  // ---- the groups of the menu close where somebody looks elsewhere
  function closeMenu(event) {
    for (const group of document.querySelectorAll("nav details[open]")) {
      if (event.key === "Escape") group.querySelector("summary").focus();
      if (event.key === "Escape" || !group.contains(event.target)) group.open = false;
    }
  }

  // ---- days such as 2026-02-04 in running text: a browser would break them behind a hyphen
  function keepDaysWhole() {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walk.nextNode()) {
      const text = walk.currentNode;
      if (/\d{4}-\d\d-\d\d/.test(text.data) && !text.parentElement.closest("script, style, svg, pre, option, .unbroken")) found.push(text);
    }
    for (const text of found) {
      text.replaceWith(...text.data.split(/(\d{4}-\d\d-\d\d)/).map((part, index) => {
        if (index % 2 === 0) return part;
        const day = document.createElement("span");
        day.className = "unbroken";
        day.textContent = part;
        return day;
      }));
    }
  }

  // ---- wiring
  function show() {
    root.lang = isChinese() ? "zh-Hans" : "en";
    const here = document.querySelector("nav [aria-current]") || document.querySelector(".question");
    const word = here.querySelector(`[lang="${root.lang}"]`) || here;
    document.title = `${word.textContent} · ${document.querySelector(".brand").innerText}`;
    showBanner();
    window.guildbookFilters.show();
    keepDaysWhole();
  }

  document.getElementById("switch-language").addEventListener("click", () => {
    root.dataset.lang = isChinese() ? "en" : "zh";
    remember();
    show();
  });
  document.getElementById("switch-theme").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    remember();
    show();
  });
  for (const button of document.querySelectorAll("th button")) button.addEventListener("click", () => sort(button.closest("th")));
  for (const input of document.querySelectorAll(".search input")) input.addEventListener("input", () => window.guildbookFilters.filterTable(input.closest("section").querySelector("table")));
  for (const button of document.querySelectorAll(".copy")) button.addEventListener("click", () => copy(button));
  document.addEventListener("click", closeMenu);
  document.addEventListener("focusin", closeMenu);
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenu(event));
  showToday();
  show();
})();
