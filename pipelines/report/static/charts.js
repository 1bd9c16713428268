/* Draws the charts of a page as SVG: bars, lines, bands, points and rows of intervals in panels on one x axis. Colours
   are those of the style sheet, so a change of theme needs no drawing. Values are told under the pointer, by the arrow
   keys, and in a table below each chart. */
window.guildbookCharts = (function () {
  "use strict";
  const DAY = 86400000;
  const LINE = 15;
  const ROW = 17; // of marks of notes
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const WEEKDAYS = [["Sun", "周日"], ["Mon", "周一"], ["Tue", "周二"], ["Wed", "周三"], ["Thu", "周四"], ["Fri", "周五"], ["Sat", "周六"]];
  const isChinese = () => document.documentElement.dataset.lang === "zh";
  const say = (en, zh) => (isChinese() ? zh : en);
  const word = (text) => (text && typeof text === "object" ? say(text.en, text.zh) : String(text ?? ""));
  const ink = (name) => `var(--${name})`;
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const widthOf = (text) => ruler.measureText(text).width;

  function element(name, attributes, parent, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  // ---- numbers and days in words
  function number(value, axis, decimals) {
    if (value === null || value === undefined) return "–";
    if (axis === "share") return `${(100 * value).toLocaleString("en-US", { maximumFractionDigits: decimals ?? 1 })}%`;
    return value.toLocaleString("en-US", { maximumFractionDigits: decimals ?? 2 });
  }

  const isDay = (value) => typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value);
  const instant = (value) => Date.parse(`${value.slice(0, 10)}T00:00:00Z`);

  function day(at, form) {
    const [date, year] = [new Date(at), new Date(at).getUTCFullYear()];
    const [month, of] = [date.getUTCMonth(), date.getUTCDate()];
    if (form === "month") return say(`${MONTHS[month]} ${year}`, `${year}年${month + 1}月`);
    if (form === "whole") return `${say(`${WEEKDAYS[date.getUTCDay()][0]} ${of} ${MONTHS[month]} ${year}`, `${year}年${month + 1}月${of}日 ${WEEKDAYS[date.getUTCDay()][1]}`)}`;
    return say(`${of} ${MONTHS[month]}`, `${month + 1}月${of}日`);
  }

  // ---- the last days, where the reader wants no more
  /* How many days a chart of days or weeks covers; 0 for any other. */
  function daysOf(figure) {
    const values = figure.series.flatMap((one) => one.x);
    if (!figure.panels.length || !values.length || !values.every(isDay)) return 0;
    const days = Array.from(new Set(values.map(instant))).sort((a, b) => a - b);
    const isMonthly = days.slice(1).every((one, n) => one - days[n] >= 28 * DAY);
    return isMonthly ? 0 : (days[days.length - 1] - days[0]) / DAY + 1;
  }

  function lastDays(figure, n) {
    if (!n || daysOf(figure) <= n) return figure;
    const from = Math.max(...figure.series.flatMap((one) => one.x).map(instant)) - (n - 1) * DAY;
    const series = figure.series.map((one) => {
      const kept = one.x.map((value, place) => place).filter((place) => instant(one.x[place]) >= from);
      const lists = ["x", "y", "low", "notes"].filter((name) => one[name]).map((name) => [name, kept.map((place) => one[name][place])]);
      return { ...one, ...Object.fromEntries(lists) };
    });
    return { ...figure, series, last: n };
  }

  // ---- scales
  function steps(low, high, most) {
    const rough = (high - low) / Math.max(most, 1) || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= rough * 0.999);
    const found = [];
    for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1) found.push(Number((n * step).toPrecision(12)));
    return found;
  }

  /* Where something stands along x: {at(value), places: values to hover, ticks: [[value, words]], wide: room of a bar}. */
  function xScale(figure, left, right) {
    const values = figure.series.flatMap((one) => one.x);
    const hasBars = figure.series.some((one) => one.kind === "bars");
    const room = Math.max(right - left, 1);
    if (values.length && values.every(isDay)) {
      const days = Array.from(new Set(values.map(instant))).sort((a, b) => a - b);
      const apart = days.slice(1).reduce((least, one, n) => Math.min(least, one - days[n]), 31 * DAY);
      const margin = hasBars ? apart / 2 : 0;
      const [first, last] = [days[0] - margin, days[days.length - 1] + margin || 1];
      const at = (value) => left + (room * (instant(value) - first)) / Math.max(last - first, DAY);
      const text = new Map(values.map((one) => [instant(one), one]));
      return { at, apart, places: days.map((one) => text.get(one)), ticks: dayTicks(first, last, room / 74).map(([one, said]) => [new Date(one).toISOString(), said]),
        wide: (room * apart) / Math.max(last - first, DAY), say: (value) => day(instant(value), apart >= 28 * DAY ? "month" : "whole") };
    }
    if (hasBars || !values.every((one) => typeof one === "number")) {
      const key = (value) => (typeof value === "object" ? value.en : value);
      const names = Array.from(new Map(values.map((one) => [key(one), one])).values());
      const wide = room / Math.max(names.length, 1);
      const place = new Map(names.map((one, n) => [key(one), n]));
      const longest = Math.max(...names.slice(0, -1).map((one) => widthOf(word(one))), 1) + 10; // the last may say more
      const every = Math.max(1, Math.ceil(longest / wide));
      return { at: (value) => left + wide * (place.get(key(value)) + 0.5), places: names, wide, say: word,
        ticks: names.map((one, n) => [one, word(one), n]).filter(([, , n]) => (names.length - 1 - n) % every === 0) };
    }
    const share = figure.x.axis === "share";
    const [low, high] = share ? [0, 1] : [Math.min(...values, Infinity), Math.max(...values, -Infinity)];
    const at = (value) => left + (room * (value - low)) / (high - low || 1);
    const places = Array.from(new Set(values)).sort((a, b) => a - b);
    return { at, places, wide: 0, say: (value) => number(value, figure.x.axis, figure.x.decimals), ticks: steps(low, high, Math.max(2, Math.floor(room / 60))).map((one) => [one, number(one, figure.x.axis, share ? 0 : 2)]) };
  }

  function dayTicks(first, last, most) {
    for (const n of [1, 2, 7, 14]) {
      if ((last - first) / (n * DAY) > most) continue;
      const start = n < 7 ? Math.ceil(first / DAY) * DAY : Math.ceil((first / DAY - 4) / 7) * 7 * DAY + 4 * DAY; // Mondays
      return Array.from({ length: Math.floor((last - start) / (n * DAY)) + 1 }, (_, k) => [start + k * n * DAY, day(start + k * n * DAY)]);
    }
    for (const n of [1, 2, 3, 6, 12, 24, 60]) {
      const found = [];
      const from = new Date(first);
      for (let at = Date.UTC(from.getUTCFullYear(), 0, 1), k = 0; at <= last; k += n, at = Date.UTC(from.getUTCFullYear(), k, 1)) if (at >= first) found.push([at, day(at, "month")]);
      if (found.length <= most || n === 60) return found;
    }
    return [];
  }

  function yRange(panel, series, stacked, targets) {
    if (panel.axis === "share") return [0, 1];
    const ends = [0, ...targets.map((one) => one.y)];
    const [up, down] = [new Map(), new Map()];
    for (const one of series) {
      one.y.forEach((value, n) => {
        if (value === null || value === undefined) return;
        if (one.kind === "bars" && stacked) {
          const [sums, key] = [value < 0 ? down : up, JSON.stringify(one.x[n])];
          sums.set(key, (sums.get(key) || 0) + value);
          ends.push(sums.get(key));
        } else ends.push(value);
        if (one.low && one.low[n] !== null && one.low[n] !== undefined) ends.push(one.low[n]);
      });
    }
    return [Math.min(...ends), Math.max(...ends) || 1];
  }

  // ---- drawing
  function path(points) {
    let [said, isOpen] = ["", false];
    for (const [x, y] of points) {
      if (y === null) isOpen = false;
      else {
        said += `${isOpen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
        isOpen = true;
      }
    }
    return said;
  }

  /* Runs of points that are known, each by itself: what is filled ends at a gap. */
  function runs(points) {
    const found = [[]];
    for (const point of points) {
      if (point[1] === null) found.push([]);
      else found[found.length - 1].push(point);
    }
    return found.filter((run) => run.length);
  }

  function drawSeries(svg, one, x, y, base, bar) {
    const isKnown = (value) => value !== null && value !== undefined;
    const points = one.x.map((value, n) => [x.at(value), isKnown(one.y[n]) ? y(one.y[n]) : null, n]);
    if (one.kind === "bars") {
      for (const [at, , n] of points) {
        if (!isKnown(one.y[n]) || one.y[n] === 0) continue;
        const [from, to, left, wide] = bar(one, n, at);
        element("rect", { x: left.toFixed(1), y: Math.min(y(from), y(to)).toFixed(1), width: Math.max(wide, 0.6).toFixed(1), height: Math.max(Math.abs(y(from) - y(to)), 0.5).toFixed(1), fill: ink(one.ink) }, svg);
      }
      return;
    }
    if (one.kind === "band") {
      const lows = new Map(points.map(([, , n]) => [n, isKnown(one.low[n]) ? y(one.low[n]) : null]));
      for (const run of runs(points.map(([at, top, n]) => [at, lows.get(n) === null ? null : top, n]))) {
        const back = run.slice().reverse().map(([at, , n]) => [at, lows.get(n)]);
        element("path", { d: `${path([...run, ...back])}Z`, fill: ink(one.ink), "fill-opacity": 0.25 }, svg);
      }
      return;
    }
    const lined = one.look === "steps" ? points.flatMap(([at, top, n]) => [[at - x.wide / 2, top, n], [at + x.wide / 2, top, n]]) : points;
    if (one.look === "filled" || one.look === "steps") {
      for (const run of runs(lined)) element("path", { d: `${path(run)}L${run[run.length - 1][0].toFixed(1)} ${base}L${run[0][0].toFixed(1)} ${base}Z`, fill: ink(one.ink), "fill-opacity": 0.12 }, svg);
    }
    if (one.kind === "line") {
      element("path", { d: path(lined), fill: "none", stroke: ink(one.ink), "stroke-width": one.look === "thick" ? 3 : one.look === "filled" || one.look === "steps" ? 1.5 : 2, "stroke-linejoin": "round", ...(one.look === "dotted" ? { "stroke-dasharray": "2 3" } : {}) }, svg);
    }
    const lonely = one.kind === "line" && one.look !== "steps" ? runs(points).filter((run) => run.length === 1).flat() : [];
    for (const [at, top] of one.kind === "points" || one.look === "marked" ? points : lonely) if (top !== null) element("circle", { cx: at.toFixed(1), cy: top.toFixed(1), r: 4, fill: ink(one.ink) }, svg);
  }

  /* Where each bar begins and ends, and its place: on each other, those below 0 downwards, or beside each other. */
  function barPlaces(series, x, stacked) {
    const own = series.filter((one) => one.kind === "bars");
    const [up, down] = [new Map(), new Map()];
    const wide = Math.min(0.75 * x.wide, 60);
    return (one, n, at) => {
      if (!stacked) {
        const each = wide / own.length;
        return [0, one.y[n], at - wide / 2 + each * own.indexOf(one), each];
      }
      const [sums, key] = [one.y[n] < 0 ? down : up, JSON.stringify(one.x[n])];
      const from = sums.get(key) || 0;
      sums.set(key, from + one.y[n]);
      return [from, from + one.y[n], at - wide / 2, wide];
    };
  }

  // ---- what a figure should come to
  const targetsOf = (figure) => figure.targets || [];
  const targetSaid = (one, isNamed) => `${isNamed ? `${word(one.of)}${say(": ", "：")}` : ""}${word(one.said)}`;

  function drawTarget(svg, one, left, width, at, isNamed) {
    element("line", { x1: left, x2: width, y1: at.toFixed(1), y2: at.toFixed(1), class: "target", stroke: ink(one.ink) }, svg);
    element("text", { x: left + 4, y: (at < 16 ? at + 13 : at - 4).toFixed(1), class: "target" }, svg, targetSaid(one, isNamed));
  }

  // ---- what the operator says of days, and what the marts know of them
  const plain = (value) => String(value?.en ?? value);
  const isMonth = (value) => /^\d{4}-\d\d(?!-)/.test(plain(value)); // what follows says that it is not over

  /* Notes on days that the axis covers, each at the day, week or month that it falls in; the operator's have numbers. */
  function notesAt(x) {
    const byMonth = x.apart >= 28 * DAY || x.places.every(isMonth);
    if (!x.places.length || !(byMonth || x.places.every(isDay))) return [];
    const isOfOne = document.documentElement.dataset.page.includes("/"); // what others did then says little there
    const told = (window.guildbookAnnotations || []).filter((note) => !(note.isKnown && isOfOne));
    const found = told.map((note) => {
      const place = x.places.findIndex((one) => (byMonth ? plain(one).slice(0, 7) === note.day.slice(0, 7) : one.slice(0, 10) >= note.day));
      return { ...note, place: byMonth || place > 0 || instant(note.day) > instant(x.places[0]) - x.apart ? place : -1 };
    });
    const covered = found.filter((one) => one.place >= 0);
    const named = (isKnown, name) => covered.filter((one) => one.isKnown === isKnown).map((one, n) => ({ ...one, n: name(n), at: x.at(x.places[one.place]) }));
    return [...named(false, (n) => `${n + 1}`), ...named(true, (n) => String.fromCharCode(97 + n))];
  }

  function byPlace(notes) {
    const own = (isKnown) => Array.from(new Set(notes.map((one) => one.place)), (place) => notes.filter((one) => one.place === place && one.isKnown === isKnown));
    return [...own(false), ...own(true)].filter((one) => one.length).sort((one, other) => one[0].place - other[0].place);
  }

  /* At each place a mark for the operator's notes and one for the others, in rows where they would overlap. */
  function marksOf(notes) {
    let [edge, row] = [-Infinity, 0];
    return byPlace(notes).map((own) => {
      const wide = Math.max(15, widthOf(range(own)) + 6);
      row = own[0].at - wide / 2 < edge ? (row + 1) % 3 : 0;
      edge = own[0].at + wide / 2 + 2;
      return { said: range(own), look: own[0].isKnown ? "note known" : "note", at: own[0].at, wide, row };
    });
  }

  const range = (notes) => (notes.length > 1 ? `${notes[0].n}–${notes[notes.length - 1].n}` : notes[0].n);

  function drawNotes(svg, notes, bottom) {
    for (const { said, look, at, wide, row } of marksOf(notes)) {
      element("line", { x1: at.toFixed(1), x2: at.toFixed(1), y1: 0, y2: bottom, class: look }, svg);
      element("rect", { x: (at - wide / 2).toFixed(1), y: ROW * row + 0.5, width: wide.toFixed(1), height: 15, rx: 7, class: look }, svg);
      element("text", { x: at.toFixed(1), y: ROW * row + 12, "text-anchor": "middle", class: look }, svg, said);
    }
  }

  const noteSaid = (one) => `${day(instant(one.day), "whole")}${say(": ", "：")}${say(one.en, one.zh)}`;

  function listNotes(section, notes) {
    const [list, fold] = [section.querySelector(".annotations"), section.querySelector(".known-days")];
    const [own, known] = [notes.filter((one) => !one.isKnown), notes.filter((one) => one.isKnown)];
    const items = (shown) => shown.map((one) => Object.assign(document.createElement("li"), { textContent: noteSaid(one) }));
    [list.hidden, fold.hidden] = [!own.length, !known.length];
    list.replaceChildren(...items(own));
    fold.querySelector("ol").replaceChildren(...items(known));
    if (known.length) fold.querySelector("summary").textContent = `${range(known)}${say(": campaigns and changed prices", "：运营活动与调价")}`;
  }

  function drawAxis(svg, ticks, at, base, right) {
    let edge = Infinity;
    for (const [value, text] of ticks.slice().reverse()) {
      const half = widthOf(text) / 2;
      const x = Math.max(half, Math.min(at(value), right - half));
      if (x + half > edge - 6) continue;
      edge = x - half;
      element("text", { x: x.toFixed(1), y: base + LINE, "text-anchor": "middle" }, svg, text);
    }
  }

  const sumOf = (series) => series.flatMap((one) => one.y).reduce((sum, value) => sum + (value || 0), 0);

  const titleOf = (panel) => word(panel.title) + (panel.sum ? ` · ${number(sumOf(panel.series))}` : "");

  const namesOf = (series) => new Map(series.filter((one) => !(one.kind === "line" && one.look === "dotted")).map((one) => [word(one.of ?? one.name), one]));

  function keyOf(panel, width) { // which ink is what, behind a title; below where there is no room
    const names = namesOf(panel.series);
    if (!panel.title || names.size < 2 || names.has(word(panel.title))) return [];
    let [x, row] = [widthOf(titleOf(panel)) * 1.1 + 16, 0];
    return Array.from(names, ([name, one]) => {
      const wide = widthOf(name) + 28;
      if (x + wide > width) [x, row] = [0, row + 1];
      x += wide;
      return { name, one, row, x: x - wide };
    });
  }

  function drawKey(svg, key, y) {
    for (const { name, one, row, x } of key) {
      element("rect", { x, y: y + row * LINE - 9, width: 9, height: 9, rx: 2, fill: ink(one.ink), opacity: one.kind === "band" ? 0.35 : 1, class: "key" }, svg);
      element("text", { x: x + 14, y: y + row * LINE, class: "key" }, svg, name);
    }
  }

  function drawPanels(svg, figure, width, height, start) {
    const panels = figure.panels.map((panel, place) => ({ ...panel, series: figure.series.filter((one) => (one.panel || 0) === place) }));
    const bottom = height - LINE - 5 - (figure.x.title ? LINE : 0);
    const each = (bottom - start) / panels.length;
    const isOne = panels.length === 1;
    const targets = panels.map((_, n) => targetsOf(figure).filter((one) => one.panel === n));
    const ranges = panels.map((panel, n) => yRange(panel, panel.series, figure.stacked, targets[n]));
    const keys = panels.map((panel) => keyOf(panel, width));
    const heads = panels.map((panel, n) => start + n * each + (panel.title ? LINE + 10 : panel.y_title ? LINE + 8 : 8));
    const tops = heads.map((head, n) => head + LINE * Math.max(0, ...keys[n].map((one) => one.row)));
    const ticks = ranges.map(([low, high], n) => steps(low, high, Math.max(2, Math.floor((start + each * (n + 1) - tops[n]) / (isOne ? 42 : 34)))));
    const said = (n, tick) => number(tick, panels[n].axis, panels[n].axis === "share" ? 0 : 6);
    const left = Math.max(...ticks.flatMap((own, n) => own.map((tick) => widthOf(said(n, tick)))), 10) + 8;
    const x = xScale(figure, left, width - 6);
    panels.forEach((panel, n) => {
      const [top, base] = [tops[n], start + (n + 1) * each - (isOne ? 0 : 8)];
      const [low, high] = ranges[n];
      const y = (value) => base - ((base - top) * (value - low)) / (high - low);
      if (panel.title) element("text", { x: 0, y: heads[n] - 12, class: "title" }, svg, titleOf(panel));
      drawKey(svg, keys[n], heads[n] - 12);
      if (panel.y_title) element("text", { x: 0, y: top - 12 }, svg, word(panel.y_title));
      for (const tick of ticks[n]) {
        element("line", { x1: left, x2: width, y1: y(tick).toFixed(1), y2: y(tick).toFixed(1), class: tick === 0 ? "zero" : "grid" }, svg);
        element("text", { x: left - 6, y: (y(tick) + 4).toFixed(1), "text-anchor": "end" }, svg, said(n, tick));
      }
      const bar = barPlaces(panel.series, x, figure.stacked);
      for (const one of panel.series) drawSeries(svg, one, x, y, y(Math.max(low, 0)).toFixed(1), bar);
      for (const one of targets[n]) drawTarget(svg, one, left, width, y(one.y), panel.series.length > 1);
    });
    drawAxis(svg, x.ticks, x.at, bottom, width);
    if (figure.x.title) element("text", { x: (left + width) / 2, y: height - 3, "text-anchor": "middle" }, svg, word(figure.x.title));
    const notes = notesAt(x);
    drawNotes(svg, notes, bottom);
    return { x, left, notes, places: x.places.map((value, place) => ({ at: x.at(value), title: x.say(value), told: toldAt(figure, panels, value), notes: notes.filter((one) => one.place === place) })) };
  }

  const same = (one, other) => (typeof one === "object" ? one.en === other.en : one === other);

  function toldAt(figure, panels, value) {
    return figure.series.flatMap((one) => {
      const n = one.x.findIndex((each) => same(each, value));
      if (n < 0 || one.look === "dotted") return [];
      const axis = panels[one.panel || 0].axis;
      const ends = one.low ? (one.low[n] ?? null) === null ? "–" : `${number(one.low[n], axis)} – ${number(one.y[n], axis)}` : number(one.y[n], axis);
      return [[one, `${ends}${one.notes ? `, ${one.notes[n]}` : ""}`]];
    });
  }

  function drawIntervals(svg, figure, width, height) {
    const rows = figure.series;
    const names = rows.map((one) => word(one.name));
    const left = Math.min(Math.max(...names.map(widthOf), 10) + 12, width * 0.45);
    const bottom = height - LINE - 5 - LINE;
    const x = xScale({ ...figure, series: [{ kind: "interval", x: rows.flatMap((one) => [...one.x, one.y[0]]) }] }, left + 14, width - 16);
    for (const [tick] of x.ticks) element("line", { x1: x.at(tick).toFixed(1), x2: x.at(tick).toFixed(1), y1: 0, y2: bottom, class: tick === 0 ? "zero" : "grid" }, svg);
    const places = rows.map((one, n) => {
      const at = ((n + 0.5) * bottom) / rows.length;
      let shown = names[n];
      while (widthOf(shown) > left && shown.length > 1) shown = `${shown.replace("…", "").slice(0, -1)}…`;
      element("text", { x: left, y: at + 4, "text-anchor": "end" }, svg, shown);
      element("line", { x1: x.at(one.x[0]).toFixed(1), x2: x.at(one.x[1]).toFixed(1), y1: at, y2: at, stroke: ink(one.ink), "stroke-width": 2 }, svg);
      element("circle", { cx: x.at(one.y[0]).toFixed(1), cy: at, r: 5, fill: ink(one.ink) }, svg);
      const digits = figure.x.decimals;
      return { at, title: names[n], told: [[one, `${number(one.y[0], "", digits)} (${number(one.x[0], "", digits)} – ${number(one.x[1], "", digits)})`]] };
    });
    drawAxis(svg, x.ticks, x.at, bottom, width);
    element("text", { x: (left + width) / 2, y: height - 3, "text-anchor": "middle" }, svg, word(figure.x.title));
    return { isDown: true, left, places, notes: [] };
  }

  // ---- what a pointer, a key or a reader of screens gets
  function legend(holder, figure) {
    const names = namesOf(figure.series);
    const isTold = figure.panels.length > 1 || names.size < 2;
    const shown = figure.last ? [Object.assign(document.createElement("b"), { textContent: say(`shown: the last ${figure.last} days`, `显示：最近 ${figure.last} 天`) })] : [];
    holder.hidden = isTold && !shown.length;
    holder.replaceChildren(...shown, ...Array.from(isTold ? [] : names, ([name, one]) => {
      const [entry, mark] = [document.createElement("span"), document.createElement("i")];
      mark.style.background = ink(one.ink);
      mark.style.opacity = one.kind === "band" ? 0.35 : 1;
      entry.append(mark, name);
      return entry;
    }));
  }

  function fillTable(drawer, figure) {
    const table = document.createElement("table");
    const row = (cells, kind) => {
      const made = document.createElement("tr");
      for (const text of cells) {
        const cell = document.createElement(kind);
        cell.textContent = text;
        made.append(cell);
      }
      return made;
    };
    const { state } = drawer.closest("section").querySelector(".figure").guildbook;
    const names = Array.from(new Set(state.places.flatMap((one) => one.told.map(([series]) => word(series.of ?? series.name)))));
    const head = document.createElement("thead");
    const withNotes = state.notes.length ? [say("notes", "备注")] : [];
    head.append(row(["", ...names, ...withNotes], "th"));
    const body = document.createElement("tbody");
    for (const one of state.places) body.append(row([one.title, ...names.map((name) => (one.told.find(([series]) => word(series.of ?? series.name) === name) || ["", ""])[1]), ...withNotes.map(() => one.notes.map(noteSaid).join(say("; ", "；")))], "td"));
    const own = targetsOf(figure);
    if (own.length) body.append(row([say("target", "目标"), ...names.map((name) => own.filter((one) => word(one.of) === name).map((one) => word(one.said)).join()), ...withNotes.map(() => "")], "td"));
    table.append(head, body);
    drawer.querySelector("div").replaceChildren(table);
  }

  function summary(figure, state) {
    const [first, last] = [state.places[0], state.places[state.places.length - 1]];
    if (!first) return say("nothing to draw", "无数据");
    const said = (one) => one.told.map(([series, text]) => `${word(series.name)} ${text}`).join(say(", ", "，"));
    const goals = targetsOf(figure).map((one) => say("; ", "；") + targetSaid(one, true)).join("");
    const noted = state.notes.length ? say("; notes: ", "；备注：") + state.notes.map(noteSaid).join(say("; ", "；")) : "";
    return state.isDown ? state.places.map((one) => `${one.title} ${one.told[0][1]}`).join(say("; ", "；"))
      : say(`from ${first.title}: ${said(first)}; to ${last.title}: ${said(last)}`, `自${first.title}：${said(first)}；至${last.title}：${said(last)}`) + goals + noted;
  }

  function tell(holder, n) {
    const { state, tip, mark } = holder.guildbook;
    const place = state.places[n];
    holder.guildbook.n = n;
    mark.style.display = place ? "" : "none";
    tip.hidden = !place;
    if (!place) return;
    const along = state.isDown ? { x1: state.left, x2: holder.clientWidth, y1: place.at, y2: place.at } : { x1: place.at, x2: place.at, y1: 0, y2: state.bottom };
    for (const [key, value] of Object.entries(along)) mark.setAttribute(key, value);
    const title = document.createElement("b");
    title.textContent = place.title;
    tip.replaceChildren(title, ...place.told.map(([one, text]) => {
      const [row, dot, said] = [document.createElement("span"), document.createElement("i"), document.createElement("em")];
      dot.style.background = ink(one.ink);
      said.textContent = text;
      row.append(dot, word(one.of ?? one.name), " ", said);
      return row;
    }), ...(place.notes || []).map((one) => Object.assign(document.createElement("span"), { textContent: `${one.n} · ${say(one.en, one.zh)}` })));
    const x = state.isDown ? holder.clientWidth / 2 : place.at;
    tip.style.left = `${Math.max(0, Math.min(x + 12, holder.clientWidth - tip.offsetWidth))}px`;
    if (x + 12 + tip.offsetWidth > holder.clientWidth && !state.isDown) tip.style.left = `${Math.max(0, x - 12 - tip.offsetWidth)}px`;
    tip.style.top = state.isDown ? `${place.at + 10}px` : "8px";
  }

  function nearest(holder, event) {
    const box = holder.querySelector("svg").getBoundingClientRect();
    const { state } = holder.guildbook;
    const at = state.isDown ? event.clientY - box.top : event.clientX - box.left;
    return state.places.reduce((best, one, n) => (best < 0 || Math.abs(one.at - at) < Math.abs(state.places[best].at - at) ? n : best), -1);
  }

  function wire(holder) {
    holder.addEventListener("pointermove", (event) => tell(holder, nearest(holder, event)));
    holder.addEventListener("pointerdown", (event) => tell(holder, nearest(holder, event)));
    holder.addEventListener("pointerleave", () => tell(holder, -1));
    holder.addEventListener("blur", () => tell(holder, -1));
    holder.addEventListener("keydown", (event) => {
      const [step, last] = [{ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], holder.guildbook.state.places.length - 1];
      const n = event.key === "Home" ? 0 : event.key === "End" ? last : step ? Math.max(0, Math.min(last, (holder.guildbook.n ?? -1) < 0 ? last : holder.guildbook.n + step)) : -1;
      if (event.key === "Escape") tell(holder, -1);
      if (n < 0) return;
      event.preventDefault();
      tell(holder, n);
    });
    let before = 0;
    new ResizeObserver(() => {
      if (holder.clientWidth !== before) draw(holder);
      before = holder.clientWidth;
    }).observe(holder);
    const drawer = holder.closest("section").querySelector(".figures");
    drawer.addEventListener("toggle", () => drawer.open && fillTable(drawer, holder.guildbook.figure));
  }

  function draw(holder) {
    const isNew = !holder.guildbook;
    const whole = isNew ? JSON.parse(document.querySelector(`script[data-figure="${holder.id}"]`).textContent) : holder.guildbook.whole;
    const figure = lastDays(whole, window.guildbookFilters?.days() || 0);
    const names = holder.querySelector(".legend") || holder.appendChild(Object.assign(document.createElement("p"), { className: "legend" }));
    legend(names, figure);
    holder.querySelector("svg")?.remove();
    holder.querySelector(".tip")?.remove();
    const width = Math.max(holder.clientWidth, 220);
    const marks = figure.panels.length ? marksOf(notesAt(xScale(figure, 45, width - 6))) : [];
    const start = marks.length ? ROW * (Math.max(...marks.map((one) => one.row)) + 1) + 1 : 0; // they stand above all
    const height = Number(holder.dataset.height) + start;
    const svg = element("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, holder);
    const state = (figure.panels.length ? drawPanels : drawIntervals)(svg, figure, width, height, start);
    state.bottom = height - LINE - 5 - (figure.x.title ? LINE : 0);
    const mark = element("line", { class: "mark" }, svg);
    mark.style.display = "none";
    const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
    tip.setAttribute("role", "status");
    holder.append(tip);
    holder.guildbook = { whole, figure, days: daysOf(whole), state, tip, mark };
    const title = holder.closest("section").querySelector("h2").innerText;
    holder.setAttribute("aria-label", `${title}${say(". Chart ", "。图表：")}${summary(figure, state)}`);
    if (isNew) wire(holder);
    listNotes(holder.closest("section"), state.notes);
    const drawer = holder.closest("section").querySelector(".figures");
    if (drawer.open) fillTable(drawer, figure);
  }

  return { drawAll: () => document.querySelectorAll(".figure").forEach(draw) };
})();
