"use strict";
// The what-if page: what is chosen (`state`) is all that changes; `redraw` makes the rest from it.

const $ = id => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const WIDEST = 8, THINNEST = 0.8, HAIR = 0.6, ARROW_FROM = 2.4, ONE_WAY = 0.2;  // pixels; share of the flow
const DASHES = {oil_pipeline: [2.6, 1.2], gas_pipeline: [2.6, 1.2], pipeline: [2.6, 1.2], sea: [6, 2], air: [1, 2]};
const KINDS = ["link", "port", "border", "country", "corridor", "shock", "project"];
const ZOOMS = [0.5, 80], NARROW = 450, CROWDED = 13, SOME = 5;  // pixels: a map narrower than this starts closer, and between two crosses; what is offered to try
let D, base, places, pairsOf, ranked, panes = [], view, rows = [], shown = 100, sort = ["loss", -1];
const MOST_CHOSEN = 50;  // of a page that a server answers
const state = {a: {chosen: [], slide: null, moved: []}, b: null, active: "a", goods: -1, show: "flow", kind: "", theme: ""};

const make = (name, attributes = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};
const draw = (name, attributes = {}, parent = null) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
};

// ---- numbers as text

const fixed = (value, digits) => {
  const text = value.toFixed(digits);
  const [whole, part] = text.split(".");
  const many = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return (/^-[0.,]*$/.test(many + (part || "")) ? many.slice(1) : many).replace("-", "−") + (part === undefined ? "" : "." + part);
};
const money = usd => {
  const value = usd / D.money.per, size = Math.abs(value);
  return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
};
const signed = (text, value) => value > 0 ? "+" + text : text;
const tonnes = t => fixed(t / D.flow.per, 3);
const flowText = grains => tonnes(grains * D.flow.grain);
const perTonne = usd => fixed(usd, 2) + " USD/t";

// ---- flows of what is chosen

const unpacked = ({place, value}) => {
  let at = 0;
  return {place: Int32Array.from(place, step => at += step), value: Int32Array.from(value)};
};
const put = (flows, {place, value}) => place.forEach((at, i) => flows[at] = value[i]);
const key = (i, j) => i < j ? i + "+" + j : j + "+" + i;

const isPlain = side => !side.chosen.length && !side.slide && !side.moved.length;
const known = ({chosen, moved}) => moved.length ? null : chosen.length === 1 ? D.choices[chosen[0]] : chosen.length === 2 ? D.pairs[places.get(key(...chosen))] : null;
function answerOf(side) {  // {loss, unmet, losers, flows, closed, opened}, and {wait} or {fault} of a server
  if (side.slide) return slid(D.sliders[side.slide[0]], side.slide[1]);
  const flows = base.slice();
  if (isPlain(side)) return {loss: 0, unmet: 0, losers: [], flows, closed: [], opened: []};
  const choices = side.chosen.map(i => D.choices[i]), {loss, unmet, losers, wait, fault, ...of} = known(side) || asked(side);
  if (of.place) put(flows, of);
  const links = kind => choices.filter(c => (c.kind === "project") === kind).flatMap(c => c.links);
  return {loss, unmet, losers, wait, fault, flows, closed: links(false), opened: links(true)};
}

// ---- what a server answers

const found = new Map();  // by what is chosen, the last few
function asked(side) {
  const text = sideText(side), none = {loss: 0, unmet: 0, losers: null};
  if (!found.has(text)) {
    found.set(text, {...none, wait: true});
    if (found.size > 200) found.delete(found.keys().next().value);
    ask(side).then(answer => Object.assign(answer, unpacked(answer)), fault => ({...none, fault: fault.message})).then(answer => {
      found.set(text, answer);
      redraw();
      if (answer.fault) found.delete(text);  // the next time it may go well
    });
  }
  return found.get(text);
}
async function ask({chosen, moved}) {
  const body = JSON.stringify({choose: chosen.map(i => [D.choices[i].kind, D.choices[i].id]), move: moved});
  const response = await fetch("answer", {method: "POST", headers: {"Content-Type": "application/json"}, body});
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function slid(slider, value) {
  const last = slider.at.length - 2;
  let piece = slider.at.findIndex((_, i) => i <= last && value <= slider.at[i + 1]);
  piece = piece < 0 ? last : piece;
  const [low, high] = [slider.at[piece], slider.at[piece + 1]], share = high > low ? (value - low) / (high - low) : 0;
  const loss = slider.loss[piece] + share * (slider.loss[piece + 1] - slider.loss[piece]);
  const flows = base.slice();
  if (slider.constant) {
    put(flows, slider.answers[piece]);
    return {loss, unmet: slider.answers[piece].unmet, losers: null, flows, closed: [], opened: []};
  }
  const after = base.slice(), [one, other] = [slider.answers[piece], slider.answers[piece + 1]];
  put(flows, one); put(after, other);
  for (let i = 0; i < flows.length; i++) flows[i] = Math.round(flows[i] + share * (after[i] - flows[i]));
  return {loss, unmet: one.unmet + share * (other.unmet - one.unmet), losers: null, flows, closed: [], opened: []};
}

function loads(flows, goods) {  // [forward, back] of each link, in grains
  const count = D.commodities.length, both = [new Float64Array(D.links.length), new Float64Array(D.links.length)];
  for (let link = 0, at = 0; link < D.links.length; link++)
    for (let good = 0; good < count; good++, at += 2)
      if (goods < 0 || goods === good) { both[0][link] += flows[at]; both[1][link] += flows[at + 1]; }
  return both;
}

// ---- a map

class Pane {
  constructor(side) {
    this.side = side;
    this.box = make("div", {class: "pane"});
    this.svg = draw("svg", {tabindex: 0, role: "group", "aria-label": "Map. Choose links in the table too: it holds all that the map shows."});
    this.world = draw("g", {class: "world"}, this.svg);
    for (const path of D.drawing.land) draw("path", {d: path, class: "land"}, this.world);
    for (const name of ["borders", "disputed"]) draw("path", {d: D.drawing[name].join(""), class: "borders " + name}, this.world);
    const links = draw("g", {class: "links"}, this.world), hit = draw("g", {class: "hit"}, this.world);
    this.links = links;
    this.lines = D.drawing.links.map(({path}) => [draw("path", {d: path, class: "under"}), draw("path", {d: path, class: "line"})]);
    const [there, back] = loads(base, -1), rank = D.links.map((_, i) => i).sort((i, j) => there[i] + back[i] - there[j] - back[j]);
    for (const i of rank) {  // where lines cross, a click is for the one that carries more
      const target = draw("path", {d: D.drawing.links[i].path, "data-link": i}, hit);
      if (!choiceOfLink.has(i)) target.classList.add("fixed");
    }
    this.looks = [];
    this.marks = draw("g", {}, this.svg);
    this.caption = make("p", {class: "caption"});
    this.legend = make("div", {class: "legend", "aria-hidden": "true"});
    const zoom = make("div", {class: "zoom"});
    for (const [sign, name, act] of [["+", "Zoom in", () => zoomBy(1.6)], ["−", "Zoom out", () => zoomBy(1 / 1.6)], ["○", "Show all", fit]]) {
      const button = make("button", {type: "button", "aria-label": name, title: name}, sign);
      button.addEventListener("click", act);
      zoom.append(button);
    }
    this.zoom = zoom;
    this.box.append(this.svg, this.caption, this.legend, zoom);
    listen(this);
  }

  draw(answer) {
    const [now, was] = [loads(answer.flows, state.goods), loads(base, state.goods)];
    const total = now[0].map((f, i) => f + now[1][i]), before = was[0].map((f, i) => f + was[1][i]);
    const change = state.show === "change", size = change ? total.map((t, i) => Math.abs(t - before[i])) : total;
    const top = Math.max(1, ...(change ? size : before)), bare = !D.commodities.length;
    const closed = new Set(answer.closed), order = [], moved = new Set();
    this.arrows = [];
    for (let i = 0; i < D.links.length; i++) {
      const kind = D.drawing.links[i].kind, [under, line] = this.lines[i], carries = size[i] > 0 || bare && D.links[i].status === "operating";
      const width = bare && carries ? 1.2 : carries ? Math.max(THINNEST, WIDEST * Math.sqrt(Math.min(1, size[i] / top))) : change && total[i] > 0 ? 1 : HAIR;
      const color = !change ? `var(--kind-${kind})` : !carries ? "var(--unchanged)" : total[i] > before[i] ? "var(--gained)" : "var(--lost)";
      const dash = !change && carries && DASHES[kind], shut = D.links[i].status !== "operating" && !answer.opened.includes(i);
      const edge = dash ? `color-mix(in srgb, ${color} 45%, var(--halo))` : "var(--halo)", wide = carries ? width + (dash ? 0 : 1.2) : 0;
      const dashes = dash ? dash.map(d => d * (0.75 + 0.25 * width)).join(" ") : shut && !carries ? "1 3" : "none";
      const look = [color, width, carries, dashes, edge, wide].join();
      if (this.looks[i] !== look) {  // most lines stay as they are, and a style that is set is a line that is drawn
        this.looks[i] = look;
        moved.add(i);
        Object.assign(line.style, {stroke: color, strokeWidth: width, strokeOpacity: carries ? 1 : 0.55, strokeDasharray: dashes});
        line.classList.toggle("dashed", Boolean(dash));
        Object.assign(under.style, {stroke: wide ? edge : "none", strokeWidth: wide});
      }
      order.push([carries ? 1 + 1 / (1 + width) : 0, i]);
      const net = now[0][i] - now[1][i];
      if (!change && width >= ARROW_FROM && Math.abs(net) > ONE_WAY * total[i]) this.arrows.push([i, width, net > 0 ? 0 : 180]);
    }
    order.sort((a, b) => a[0] - b[0]);
    for (let at = order.length - 1, next = null; at >= 0; at--) {  // those that look as before are in order among themselves
      const i = order[at][1], [under, line] = this.lines[i];
      if (moved.has(i)) { this.links.insertBefore(line, next); this.links.insertBefore(under, line); }
      next = under;
    }
    const carried = answer.closed.filter(i => before[i] > 0);
    this.closed = carried.length ? carried.sort((i, j) => before[j] - before[i]) : [...closed];
    this.explain(top, change, size.some(s => s > 0));
    this.place();
  }

  explain(top, change, some) {
    const item = (text, width, color, dash = []) => {
      const icon = draw("svg");
      draw("line", {x1: 0, x2: 34, y1: 5, y2: 5, "stroke-width": width, "stroke-dasharray": dash.join(" ")}, icon).style.stroke = color;
      return make("li", {}, icon, text);
    };
    const kinds = () => kindsThere.map(kind => item(D.kinds[kind], 2.4, `var(--kind-${kind})`, DASHES[kind]));
    const lists = (...of) => this.legend.replaceChildren(...of.filter(items => items.length).map(items => make("ul", {}, ...items)));
    if (!D.commodities.length) return lists(kinds());
    if (change && !some) return lists([make("li", {}, "no flow changes")]);
    const power = 10 ** Math.floor(Math.log10(top * D.flow.grain)), most = [5, 2, 1].find(m => m * power <= top * D.flow.grain) * power;
    const sizes = [most, most / 5, most / 50].map(t => {
      const width = Math.max(THINNEST, WIDEST * Math.sqrt(t / D.flow.grain / top)), per = t / D.flow.per;
      return item(`${fixed(per, per < 0.1 ? 2 : per < 1 ? 1 : 0)} ${D.flow.name} a year`, width, change ? "var(--faded)" : "var(--ink)");
    });
    if (!change) sizes.push(make("li", {}, "both directions together"));
    lists(sizes, change ? [item("carries more", 4, "var(--gained)"), item("carries less", 4, "var(--lost)")] : this === panes[0] ? kinds() : []);
  }

  place() {  // what has a size on the screen rather than on the map
    const {width, height} = this.svg.getBoundingClientRect();
    if (!width) return;
    const k = scaleOf(width, height), left = width / 2 - view.x * k, top = height / 2 - view.y * k;
    Object.assign(this, {k, left, top});
    this.world.setAttribute("transform", `translate(${left} ${top}) scale(${k})`);
    const inside = (x, y) => x > -20 && y > -20 && x < width + 20 && y < height + 20;
    const found = document.createDocumentFragment(), over = document.createDocumentFragment(), frame = this.svg.getBoundingClientRect();
    const taken = [this.caption, this.legend, this.zoom].map(box => box.getBoundingClientRect()).map(box => [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top]);
    const free = (x0, y0, x1, y1) => x0 >= 2 && y0 >= 2 && x1 <= width - 2 && y1 <= height - 2 && !taken.some(b => x0 < b[2] && x1 > b[0] && y0 < b[3] && y1 > b[1]);
    for (const [i, wide, turn] of this.arrows) {
      const {at, ahead} = D.drawing.links[i], x = at[0] * k + left, y = at[1] * k + top, r = 0.38 * wide;
      if (inside(x, y)) draw("path", {d: `M${-r} ${-r}L${r / 2} 0L${-r} ${r}`, transform: `translate(${x} ${y}) rotate(${ahead + turn})`, "stroke-width": 0.6 + 0.12 * wide, class: "arrow"}, found);
    }
    const crosses = [];
    for (const i of this.closed) {  // where many links close, a few crosses say so
      const {at, path} = D.drawing.links[i], x = at[0] * k + left, y = at[1] * k + top;
      if (!path || !inside(x, y) || crosses.some(([p, q]) => Math.hypot(x - p, y - q) < CROWDED)) continue;
      crosses.push([x, y]);
      taken.push([x - 6, y - 6, x + 6, y + 6]);
      for (const name of ["cross edge", "cross"]) draw("path", {d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10`, class: name}, over);
    }
    const write = (text, x, y, size, name, wide) => {
      if (!free(x - 2, y - size, x + wide + 2, y + 3)) return false;
      taken.push([x - 2, y - size, x + wide + 2, y + 3]);
      draw("text", {x, y, "font-size": size, class: name}, found).textContent = text;
      return true;
    };
    const most = Math.round(width * height / 16000) + 6;
    let count = 0;
    for (const node of ranked) {
      const x = node.x * k + left, y = node.y * k + top;
      if (count >= most || !inside(x, y) || node.x < 0) continue;
      const size = count < most / 3 ? 12 : 11, wide = wideness(node.label, size);
      if ([[x + 7, y + 4], [x - 7 - wide, y + 4], [x - wide / 2, y - 7], [x - wide / 2, y + 7 + 0.8 * size]].some(([p, q]) => write(node.label, p, q, size, "node", wide))) {
        mark(node.kind, x, y, found);
        taken.push([x - 4, y - 4, x + 4, y + 4]);
        count++;
      }
    }
    for (const {name, kind, x, y} of D.drawing.names) {
      const [px, py] = [x * k + left, y * k + top], land = kind === "country", text = land ? name.toUpperCase() : name, size = land ? 10.5 : 11.5;
      const wide = wideness(text, size) + (land ? 0.14 * size * text.length : 0);
      if (inside(px, py)) write(text, px - wide / 2, py, size, land ? "country" : "sea", wide);
    }
    found.append(over);
    this.marks.replaceChildren(found);
  }

  tell(answer, side) {
    const what = named(side), loss = signed(money(answer.loss), answer.loss) + " " + D.money.name + " a year";
    const said = answer.wait ? "Solving …" : answer.fault ? "No answer" : !isPlain(side) ? `${loss}; ${signed(tonnes(answer.unmet), answer.unmet)} ${D.flow.name} unmet` : D.choices.length ? "Click a link to close it" : "";
    this.caption.hidden = !D.choices.length;  // the heading says it
    this.caption.replaceChildren(make("b", {}, what), said);
    this.box.setAttribute("aria-busy", Boolean(answer.wait));
    this.box.classList.toggle("active", state.active === this.side);
    this.box.classList.toggle("two", panes.length > 1);
  }
}

const widths = new Map(), ruler = make("canvas").getContext("2d");
function wideness(text, size) {  // pixels
  const name = size + text;
  if (!widths.has(name)) {
    ruler.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    widths.set(name, ruler.measureText(text).width);
  }
  return widths.get(name);
}
let kindsThere = [];
function named(side) {
  const names = [...side.chosen.map(i => D.choices[i].name), ...side.moved.map(moveText)];
  if (side.slide) return slideText(side.slide);
  return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(" and ") || "As it is";
}
const MARKS = {port: "M-3 -3h6v6h-6z", border: "M0 -3.6l3.6 3.6l-3.6 3.6l-3.6 -3.6z", terminal: "M0 -3.6l3.8 6.6h-7.6z", junction: "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z"};
const mark = (kind, x, y, parent) => draw("path", {d: MARKS[kind] || MARKS.junction, transform: `translate(${x} ${y})`, class: "mark"}, parent);

// ---- moving the maps

const shares = (width, height) => [width / D.drawing.size[0], height / D.drawing.size[1]].sort((p, q) => p - q);
const scaleOf = (width, height) => {  // all of it fits; on a narrow map the ends may lie outside at first
  const [one, other] = shares(width, height);
  return (width < NARROW ? Math.min(other, 1.35 * one) : one) * view.zoom;
};
const middle = zoom => ({x: D.drawing.size[0] / 2, y: D.drawing.size[1] / 2, zoom});
const fit = () => {
  const {width, height} = panes[0].svg.getBoundingClientRect();
  view = middle(width ? shares(width, height)[0] * view.zoom / scaleOf(width, height) : 1);
  placeAll();
};
let waiting = false;
const placeAll = () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; panes.forEach(pane => pane.place()); saveSoon(); });
};
const within = (value, low, high) => Math.min(high, Math.max(low, value));
const zoomBy = (factor, x = view.x, y = view.y) => {
  const zoom = within(view.zoom * factor, ...ZOOMS), share = 1 - view.zoom / zoom;
  view = {x: view.x + (x - view.x) * share, y: view.y + (y - view.y) * share, zoom};
  placeAll();
};
const moveBy = (dx, dy, pane) => {
  view.x = within(view.x - dx / pane.k, 0, D.drawing.size[0]);
  view.y = within(view.y - dy / pane.k, 0, D.drawing.size[1]);
  placeAll();
};

function listen(pane) {
  const {svg} = pane, fingers = new Map();
  let moved = 0, apart = 0;
  const at = event => {
    const frame = svg.getBoundingClientRect();
    return [(event.clientX - frame.left - pane.left) / pane.k, (event.clientY - frame.top - pane.top) / pane.k];
  };
  const spread = () => { const [p, q] = [...fingers.values()]; return Math.hypot(p.clientX - q.clientX, p.clientY - q.clientY); };
  svg.addEventListener("wheel", event => { event.preventDefault(); zoomBy(Math.exp(-event.deltaY / 400), ...at(event)); }, {passive: false});
  svg.addEventListener("pointerdown", event => {
    fingers.set(event.pointerId, event);
    moved = 0;
    if (fingers.size === 2) apart = spread();
  });
  svg.addEventListener("pointermove", event => {
    const last = fingers.get(event.pointerId);
    if (!last) return point(event);
    fingers.set(event.pointerId, event);
    if (fingers.size === 2) {
      const now = spread();
      zoomBy(now / apart, ...at(event));
      apart = now;
    } else moveBy(event.clientX - last.clientX, event.clientY - last.clientY, pane);
    moved += Math.abs(event.clientX - last.clientX) + Math.abs(event.clientY - last.clientY);
    if (moved > 4) { svg.classList.add("drag"); svg.setPointerCapture(event.pointerId); $("tip").hidden = true; }
  });
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, event => { fingers.delete(event.pointerId); svg.classList.remove("drag"); });
  svg.addEventListener("pointerleave", () => { $("tip").hidden = true; });
  svg.addEventListener("click", event => {
    if (moved > 4) return;
    state.active = pane.side;
    const link = event.target.dataset.link;
    if (link !== undefined) linkShown = +link;
    if (choiceOfLink.has(+link)) choose(choiceOfLink.get(+link)); else redraw();
  });
  svg.addEventListener("keydown", event => {
    const step = {ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60]}[event.key];
    if (step) moveBy(...step, pane);
    else if (event.key === "+" || event.key === "=") zoomBy(1.4);
    else if (event.key === "-") zoomBy(1 / 1.4);
    else if (event.key === "0") fit();
    else return;
    event.preventDefault();
  });
}

function point(event) {
  const link = event.target.dataset.link, tip = $("tip");
  document.querySelectorAll(".hit .over").forEach(path => path.classList.remove("over"));
  tip.hidden = link === undefined;
  if (tip.hidden) return;
  event.target.classList.add("over");
  tip.replaceChildren(...linkText(+link));
  const {width, height} = tip.getBoundingClientRect();
  tip.style.left = within(event.clientX + 14, 4, Math.max(4, innerWidth - width - 4)) + "px";
  tip.style.top = within(event.clientY + 14, 4, Math.max(4, innerHeight - height - 4)) + "px";
}

// ---- what is told of a link

function linkText(i) {
  const link = D.links[i], answer = current(), count = D.commodities.length, lines = [];
  const goods = [];
  for (let good = 0; good < count; good++) {
    const at = 2 * (i * count + good), now = [answer.flows[at], answer.flows[at + 1]], was = [base[at], base[at + 1]];
    if (now[0] || now[1] || was[0] || was[1]) goods.push([D.commodities[good], now, was]);
  }
  lines.push(make("p", {}, make("b", {}, link.name || link.ends)), make("p", {class: "quiet"}, [D.kinds[D.drawing.links[i].kind], link.length && fixed(link.length, 0) + " km", link.status !== "operating" && link.status].filter(Boolean).join(", ")));
  const table = make("table");
  for (const [name, now, was] of goods) {
    const same = now[0] === was[0] && now[1] === was[1];
    table.append(make("tr", {}, make("td", {}, name.replaceAll("_", " ")), make("td", {class: "n"}, `→ ${flowText(now[0])}`), make("td", {class: "n"}, `← ${flowText(now[1])}`), make("td", {class: "n quiet"}, same ? "" : `was ${flowText(was[0])}, ${flowText(was[1])}`)));
  }
  if (goods.length) lines.push(table, make("p", {class: "quiet"}, `${D.flow.name} a year; → from ${link.ends.split(" - ")[0]}`));
  else if (count) lines.push(make("p", {}, "carries nothing"));
  const told = [
    link.capacity !== undefined && `capacity ${tonnes(link.capacity)} ${D.flow.name}${link.capacity_scope === "each" ? " each direction" : ""}`,
    link.rent !== undefined && `rent${D.choices.length ? " in the base" : ""} ${perTonne(link.rent)}`,
    link.tariff !== undefined ? `tariff ${perTonne(link.tariff)}` : "tariff by the rate of its mode",
    link.confidence && `confidence ${link.confidence}`,
  ].filter(Boolean);
  lines.push(make("p", {}, told.join("; ")));
  if (link.source) lines.push(make("p", {class: "quiet"}, "Source: " + link.source));
  return lines;
}

let linkShown = null;
const tellLink = i => { linkShown = i; $("about-rows").replaceChildren(...linkText(i)); };

// ---- choosing

const current = () => answers[state.active];
let answers = {};
const choiceOfLink = new Map();

function choose(i) {
  const side = state[state.active];
  side.slide = null;
  if (side.chosen.includes(i)) side.chosen = side.chosen.filter(j => j !== i);
  else if (D.live) side.chosen = [...side.chosen, i].slice(-MOST_CHOSEN);
  else if (side.chosen.length === 1 && places.has(key(side.chosen[0], i))) side.chosen = [side.chosen[0], i];
  else side.chosen = [i];
  redraw();
}
const clear = () => { Object.assign(state[state.active], {chosen: [], slide: null, moved: []}); redraw(); };

function redraw() {
  answers = {};
  for (const side of state.b ? ["a", "b"] : ["a"]) answers[side] = answerOf(state[side]);
  if (!answers[state.active]) state.active = "a";
  layPanes();
  for (const pane of panes) pane.tell(answers[pane.side], state[pane.side]);
  tellChosen(); tellSummary(); tellSliders(); tellRanking(); tellLosers(); tellMoves();
  if (linkShown !== null) tellLink(linkShown);
  $("show-flow").setAttribute("aria-pressed", state.show === "flow");
  $("show-change").setAttribute("aria-pressed", state.show === "change");
  $("compare").setAttribute("aria-pressed", Boolean(state.b));
  $("goods").value = state.goods;
  for (const pane of panes) pane.draw(answers[pane.side]);  // last: it asks where things lie
  save();
}

function layPanes() {
  const sides = state.b ? ["a", "b"] : ["a"];
  if (panes.length === sides.length) return;
  panes = sides.map(side => panes.find(pane => pane.side === side) || new Pane(side));
  $("maps").replaceChildren(...panes.map(pane => pane.box));
  $("maps").classList.toggle("two", panes.length > 1);
}

// ---- the panel

const slideText = ([k, value]) => `${D.sliders[k].name}: ${slideValue(D.sliders[k], value)}`;
const slideValue = (slider, value) => {
  const text = Math.abs(value) >= 1e4 ? fixed(value / 1e6, 2) + " million" : fixed(value, Math.abs(value) >= 100 ? 0 : 2);
  return text + (slider.unit && slider.unit !== "factor" ? " " + slider.unit : slider.unit === "factor" ? " × today" : "");
};

function tellChosen() {
  const side = state[state.active], chip = (text, name, act) => {
    const button = make("button", {type: "button", "aria-label": `Take back: ${name}`}, "✕");
    button.addEventListener("click", act);
    return make("li", {}, text, button);
  };
  $("chosen").replaceChildren(
    ...side.chosen.map(i => chip(`${D.choices[i].kind}: ${D.choices[i].name}`, D.choices[i].name, () => choose(i))),
    ...side.moved.map(move => chip(moveText(move), moveText(move), () => { side.moved = side.moved.filter(other => other !== move); redraw(); })));
}

// ---- numbers that a server moves

const moveOf = ([field, kind, , operation]) => D.live.moves.find(row => row[0] === field && row[1] === kind && row[2] === operation);
const nameOf = (list, id) => (D.live.names[list].find(row => row[0] === id) || [id, id])[1];
function moveText(move) {
  const [, , , words, unit, list] = moveOf(move), [, , id, operation, value] = move;
  return `${words} ${nameOf(list, id)}: ${operation === "add" && value > 0 ? "+" : ""}${String(value).replace("-", "−")} ${unit}`;
}
function offerMoves() {
  $("compose").hidden = !D.live;
  if (!D.live) return;
  const kinds = {country: "a country", bloc: "a bloc", border: "a border", corridor: "a corridor", link: "a link", node: "a place", commodity: "goods", demand: "from - to"};
  const label = ([id, name]) => name === id ? id : `${name} (${id})`, chosen = () => D.live.moves[$("move-what").value];
  $("move-what").append(...D.live.moves.map(([, kind, , words, unit], i) => make("option", {value: i}, `${words} ${kinds[kind]}, ${unit}`)));
  const offer = () => {
    const [, , operation, , , list] = chosen();
    $("move-names").replaceChildren(...D.live.names[list].map(row => make("option", {value: label(row)})));
    $("move-which").value = "";
    $("move-value").value = {scale: 0.5, add: 10}[operation] ?? "";
  };
  $("move-what").addEventListener("change", offer);
  $("compose").addEventListener("submit", event => {
    event.preventDefault();
    const [field, kind, operation, , , list] = chosen(), text = $("move-which").value.trim(), side = state[state.active];
    const row = D.live.names[list].find(row => [...row, label(row)].includes(text));
    $("move-fault").textContent = row ? "" : `There is no ${kind} of this name; choose one from the list.`;
    if (!row) return;
    const move = [field, kind, row[0], operation, +$("move-value").value];
    const same = other => other.slice(0, 4).every((part, i) => part === move[i]);
    Object.assign(side, {slide: null, moved: [...side.moved.filter(other => !same(other)), move].slice(-MOST_CHOSEN)});
    redraw();
  });
  offer();
}

function tellSummary() {
  const side = state[state.active], answer = current(), parts = [];
  if (!D.choices.length) {
    if (D.loss !== null) parts.push(make("p", {}, `All goods cost ${money(D.loss)} ${D.money.name} a year; ${tonnes(D.unmet)} ${D.flow.name} are not delivered.`));
  } else if (answer.wait || answer.fault) {
    parts.push(make("p", answer.fault ? {class: "more"} : {}, answer.fault || "Solving …"));
  } else if (isPlain(side)) {
    parts.push(make("p", {}, `As it is, all goods cost ${money(D.loss)} ${D.money.name} a year; ${tonnes(D.unmet)} ${D.flow.name} are not delivered. Click a link on the map to close it.`));
    const some = D.choices.map(({kind}, i) => [kind, i]).filter(([kind]) => kind === "shock" || kind === "project").slice(0, SOME);
    if (some.length) parts.push(make("p", {class: "row"}, "Or try", ...some.map(([, i]) => {
      const button = make("button", {type: "button", class: "small"}, D.choices[i].name);
      button.addEventListener("click", () => choose(i));
      return button;
    })));
  } else {
    const word = answer.loss > 0 ? "more" : answer.loss < 0 ? "less" : "";
    parts.push(make("p", {class: `big ${word}`}, `${signed(money(answer.loss), answer.loss)} ${D.money.name} a year`));
    parts.push(make("p", {}, `${signed(tonnes(answer.unmet), answer.unmet)} ${D.flow.name} a year not delivered`));
    const last = side.chosen.length === 2 && !side.moved.length ? side.chosen.map(i => D.choices[i].loss) : null;
    if (last) parts.push(make("p", {class: "quiet"}, `Alone: ${last.map(money).join(" and ")}; together ${signed(money(answer.loss - last[0] - last[1]), answer.loss - last[0] - last[1])} on top`));
  }
  const other = state.b && (state.active === "a" ? "b" : "a"), beside = other && answers[other];
  if (beside && !beside.wait && !beside.fault && !answer.wait && !answer.fault) {
    const more = beside.loss - answer.loss;
    parts.push(make("p", {class: "quiet"}, `Beside: ${named(state[other])}, ${signed(money(beside.loss), beside.loss)}; ${more ? `${money(Math.abs(more))} ${more > 0 ? "more" : "less"}` : "the same"}`));
  }
  $("summary").replaceChildren(...parts);
}

function tellSliders() {
  $("move").hidden = !D.sliders.length;
  if (!$("sliders").children.length) $("sliders").append(...D.sliders.map((slider, k) => {
    const [low, high] = [slider.at[0], slider.at.at(-1)];
    const input = make("input", {type: "range", min: low, max: high, step: (high - low) / 1000, id: "slider-" + k});
    input.addEventListener("input", () => { Object.assign(state[state.active], {chosen: [], moved: [], slide: [k, +input.value]}); redraw(); });
    return make("div", {class: "slider"}, make("label", {for: "slider-" + k}, slider.name + " "), make("output", {for: "slider-" + k}), input);
  }));
  const slide = state[state.active].slide;
  D.sliders.forEach((slider, k) => {
    const value = slide && slide[0] === k ? slide[1] : slider.now ?? slider.at[0], input = $("slider-" + k);
    input.value = value;
    input.previousElementSibling.textContent = slide && slide[0] === k ? slideValue(slider, value) : slider.now === null ? "" : slider.unit === "factor" ? "as today" : "today " + slideValue(slider, slider.now);
  });
}

let listed = "";
function tellRanking() {
  const side = state[state.active], first = side.chosen[0], find = $("find").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const known = side.chosen.length === 1 && pairsOf.has(first), after = known && !state.kind && !find.length;
  $("kind").querySelector("[value='']").textContent = known ? `next, after ${D.choices[first].name}` : "all";
  const alone = $("kind").querySelector("[value=alone]");
  alone.hidden = alone.disabled = !known;
  rows = after
    ? pairsOf.get(first).map(pair => ({i: pair.of.find(j => j !== first), loss: pair.loss, unmet: pair.unmet}))
    : D.choices.map(({loss, unmet}, i) => ({i, loss, unmet})).filter(({i}) => {
      const {kind, name, id} = D.choices[i], text = (kind + " " + name + " " + id).toLowerCase();
      return (!KINDS.includes(state.kind) || kind === state.kind) && find.every(word => text.includes(word));
    });
  const [column, turn] = sort, value = row => column === "name" ? D.choices[row.i].name : row[column];
  rows.sort((p, q) => (value(p) < value(q) ? -1 : value(p) > value(q) ? 1 : 0) * turn || p.i - q.i);
  const now = JSON.stringify([after && first, state.kind, find, sort, shown]);
  if (now !== listed) list(after, first);  // else only what is chosen differs
  listed = now;
  for (const row of $("ranking-rows").children) {
    const on = side.chosen.includes(+row.dataset.choice);
    if (row.classList.toggle("on", on) !== (row.dataset.on === "true")) {
      row.dataset.on = on;
      row.querySelector("button").setAttribute("aria-pressed", on);
    }
  }
}

function list(after, first) {
  $("ranking-title").textContent = after ? `What would be worst next, after ${D.choices[first].name}` : "What costs most in a year";
  const head = [["name", "What", ""], ["loss", D.money.name, "n"], ["unmet", D.flow.name + " unmet", "n"]];
  $("ranking-head").replaceChildren(...head.map(([name, text, look]) => {
    const button = make("button", {type: "button"}, text + (sort[0] === name ? (sort[1] < 0 ? " ▾" : " ▴") : ""));
    button.addEventListener("click", () => { sort = [name, sort[0] === name ? -sort[1] : name === "name" ? 1 : -1]; tellRanking(); save(); });
    return make("th", {scope: "col", class: look, "aria-sort": sort[0] === name ? (sort[1] < 0 ? "descending" : "ascending") : "none"}, button);
  }));
  $("ranking-rows").replaceChildren(...rows.slice(0, shown).map(({i, loss, unmet}) => {
    const {kind, name} = D.choices[i], button = make("button", {type: "button", "aria-pressed": false}, name);
    button.addEventListener("click", () => { if (kind === "link") linkShown = D.choices[i].links[0] ?? null; choose(i); });
    return make("tr", {"data-choice": i, "data-on": false}, make("td", {}, button, " ", make("span", {class: "quiet"}, kind)), make("td", {class: "n"}, money(loss)), make("td", {class: "n"}, tonnes(unmet)));
  }));
  $("ranking-count").textContent = !rows.length ? "Nothing has such a name" : `${Math.min(shown, rows.length)} of ${rows.length}${after ? ", both together" : ""}`;
  $("ranking-more").hidden = rows.length <= shown;
}

function tellLosers() {
  const {losers} = current(), most = Math.max(1, ...(losers || []).map(row => Math.abs(row[2])));
  if (!losers) return $("losers-rows").replaceChildren(make("p", {class: "quiet"}, state[state.active].slide ? "Not known for numbers that are moved." : ""));
  if (!losers.length) return $("losers-rows").replaceChildren(make("p", {class: "quiet"}, "Nobody: nothing is changed."));
  $("losers-rows").replaceChildren(...[false, true].map(end => {
    const body = make("tbody");
    for (const [, country, loss] of losers.filter(row => row[0] === end)) {
      const bar = make("span", {class: loss > 0 ? "bar" : "bar less"});
      bar.style.width = 110 * Math.abs(loss) / most + "px";
      body.append(make("tr", {}, make("td", {}, D.countries[country] || country.replaceAll("_", " ")), make("td", {class: "n"}, signed(money(loss), loss)), make("td", {}, bar)));
    }
    return make("table", {}, make("caption", {class: "quiet"}, `By ${end ? "destination" : "origin"} of the goods, ${D.money.name} a year`), body);
  }));
}

function moves() {
  const now = loads(current().flows, state.goods), was = loads(base, state.goods);
  return D.links.map((_, i) => [i, now[0][i] + now[1][i] - was[0][i] - was[1][i]]).filter(([, change]) => change);
}

function tellMoves() {
  const all = moves().sort((p, q) => q[1] - p[1]), parts = [];
  for (const [text, some] of [["carry more", all.filter(row => row[1] > 0).slice(0, 8)], ["carry less", all.filter(row => row[1] < 0).reverse().slice(0, 8)]]) {
    if (!some.length) continue;
    const body = make("tbody");
    for (const [i, change] of some) {
      const button = make("button", {type: "button"}, D.links[i].name || D.links[i].ends);
      button.addEventListener("click", () => { tellLink(i); goTo(i); $("about").open = true; });
      body.append(make("tr", {}, make("td", {}, button), make("td", {class: "n " + (change > 0 ? "less" : "more")}, signed(flowText(change), change))));
    }
    parts.push(make("table", {}, make("caption", {class: "quiet"}, `Links that ${text}, ${D.flow.name} a year`), body));
  }
  $("moves-rows").replaceChildren(...(parts.length ? parts : [make("p", {class: "quiet"}, "All goods go as they did.")]));
}

const goTo = i => { const {at} = D.drawing.links[i]; view = {x: at[0], y: at[1], zoom: Math.max(view.zoom, 3)}; placeAll(); };

// ---- files, address, look

const cell = value => {
  let text = String(value ?? "");
  if (/^[=+\-@\t\r]/.test(text) && isNaN(text)) text = "'" + text;
  return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
};
function download(name, head, table) {
  const text = [head, ...table].map(row => row.map(cell).join(",")).join("\r\n") + "\r\n";
  const link = make("a", {download: name, href: URL.createObjectURL(new Blob([text], {type: "text/csv"}))});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
const rankingTable = () => rows.map(({i, loss, unmet}) => [D.choices[i].kind, D.choices[i].id, D.choices[i].name, loss, unmet]);
function flowsTable() {
  const count = D.commodities.length, {flows} = current(), found = [];
  for (let at = 0; at < flows.length; at++)
    if (flows[at] || base[at]) found.push([D.links[Math.floor(at / 2 / count)].id, D.commodities[Math.floor(at / 2) % count], at % 2 ? "rev" : "fwd", base[at] * D.flow.grain, flows[at] * D.flow.grain]);
  return found;
}

const sideText = side => side.slide ? `~${side.slide[0]}:${side.slide[1]}` : [
  ...side.chosen.map(i => [D.choices[i].kind, D.choices[i].id]), ...side.moved.map(move => ["move", ...move]),
].map(part => part.map(encodeURIComponent).join(":")).join("+");
function sideOf(text) {
  const slide = /^~(\d+):(-?[\d.e+]+)$/.exec(text || "");
  if (slide && D.sliders[+slide[1]] && isFinite(+slide[2])) {
    const {at} = D.sliders[+slide[1]];
    return {chosen: [], moved: [], slide: [+slide[1], within(+slide[2], at[0], at.at(-1))]};
  }
  const parts = (text || "").split("+").map(part => {
    try { return part.split(":").map(decodeURIComponent); } catch { return []; }
  });
  const chosen = [...new Set(parts.map(([kind, ...id]) => D.choices.findIndex(c => c.kind === kind && c.id === id.join(":"))))].filter(i => i >= 0);
  if (D.live) {
    const moved = parts.filter(part => part[0] === "move" && part.length === 6 && moveOf(part.slice(1)) && isFinite(part[5]));
    return {chosen: chosen.slice(0, MOST_CHOSEN), moved: moved.map(part => [...part.slice(1, 5), +part[5]]).slice(0, MOST_CHOSEN), slide: null};
  }
  return {chosen: chosen.slice(0, chosen.length > 1 && places.has(key(chosen[0], chosen[1])) ? 2 : 1), moved: [], slide: null};
}
let saved = "", from, saving = 0;
const saveSoon = () => { clearTimeout(saving); saving = setTimeout(save, 300); };  // browsers refuse an address a frame
function save() {
  const parts = [];
  if (!isPlain(state.a)) parts.push("what=" + sideText(state.a));
  if (state.b) parts.push("beside=" + sideText(state.b));
  if (state.show !== "flow") parts.push("show=" + state.show);
  if (state.goods >= 0) parts.push("goods=" + encodeURIComponent(D.commodities[state.goods]));
  if (state.theme) parts.push("theme=" + state.theme);
  if (state.kind) parts.push("kind=" + state.kind);
  if ($("find").value.trim()) parts.push("find=" + encodeURIComponent($("find").value.trim()));
  if (sort.join() !== "loss,-1") parts.push("sort=" + sort.join());
  const at = [Math.round(view.x), Math.round(view.y), +view.zoom.toPrecision(3)].join();
  if (at !== from) parts.push("at=" + at);
  const text = parts.join("&");
  if (text === saved) return;
  saved = text;
  if (location.protocol === "about:") return;  // in a notebook there is no address to hold it
  history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
}
function load() {
  const said = Object.fromEntries(location.hash.slice(1).split("&").filter(Boolean).map(part => { const at = part.indexOf("="); return [part.slice(0, at), part.slice(at + 1)]; }));
  state.a = sideOf(said.what);
  state.b = "beside" in said ? sideOf(said.beside) : null;
  state.show = said.show === "change" ? "change" : "flow";
  let goods = "";
  try { goods = decodeURIComponent(said.goods || ""); } catch { /* a broken address shows all goods */ }
  state.goods = D.commodities.indexOf(goods);
  state.kind = said.kind === "alone" || KINDS.includes(said.kind) ? said.kind : "";
  try { $("find").value = decodeURIComponent(said.find || ""); } catch { $("find").value = ""; }
  const [column, turn] = (said.sort || "").split(",");
  sort = ["name", "loss", "unmet"].includes(column) && ["1", "-1"].includes(turn) ? [column, +turn] : ["loss", -1];
  const at = (said.at || "").split(",").map(Number);
  if (at.length === 3 && at.every(isFinite) && at[2] > 0) view = {x: within(at[0], 0, D.drawing.size[0]), y: within(at[1], 0, D.drawing.size[1]), zoom: within(at[2], ...ZOOMS)};
  else view = middle(1);
  if (["dark", "light"].includes(said.theme)) dress(said.theme);
  saved = location.hash.slice(1);
}
function dress(theme) {
  state.theme = theme;
  document.documentElement.dataset.theme = theme;
  $("theme").textContent = theme === "dark" ? "Light" : "Dark";
}

function start() {
  base = new Int32Array(D.links.length * D.commodities.length * 2);
  for (const of of [D, ...D.choices, ...D.pairs, ...D.sliders.flatMap(slider => slider.answers)]) Object.assign(of, unpacked(of === D ? D.flows : of));
  put(base, D);
  places = new Map(D.pairs.map(({of}, i) => [key(...of), i]));
  pairsOf = new Map();
  for (const pair of D.pairs) for (const i of pair.of) pairsOf.set(i, [...(pairsOf.get(i) || []), pair]);
  kindsThere = Object.keys(D.kinds).filter(kind => D.drawing.links.some(link => link.kind === kind));
  D.choices.forEach((choice, i) => { if (choice.kind === "link") choice.links.forEach(link => choiceOfLink.set(link, i)); });
  ranked = D.drawing.nodes.slice().sort((p, q) => p.rank - q.rank);
  view = middle(1);
  from = [view.x, view.y, 1].map(Math.round).join();
  $("source").textContent = D.source;
  $("goods").append(make("option", {value: -1}, "all"), ...D.commodities.map((name, i) => make("option", {value: i}, name.replaceAll("_", " "))));
  const there = new Set(D.choices.map(({kind}) => kind));
  $("kind").append(make("option", {value: ""}, "all"), ...KINDS.filter(kind => there.has(kind)).map(kind => make("option", {value: kind}, kind)), make("option", {value: "alone"}, "all, alone"));
  $("goods").addEventListener("change", () => { state.goods = +$("goods").value; redraw(); });
  $("kind").addEventListener("change", () => { state.kind = $("kind").value; shown = 100; tellRanking(); save(); });
  $("find").addEventListener("input", () => { shown = 100; tellRanking(); saveSoon(); });
  $("show-flow").addEventListener("click", () => { state.show = "flow"; redraw(); });
  $("show-change").addEventListener("click", () => { state.show = "change"; redraw(); });
  $("compare").addEventListener("click", () => {
    state.b = state.b ? null : structuredClone(state.a);
    state.active = state.b ? "b" : "a";
    redraw();
  });
  $("theme").addEventListener("click", () => { const dark = state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches; dress(dark ? "light" : "dark"); save(); });
  $("ranking-more").addEventListener("click", () => { shown += 200; tellRanking(); });
  $("ranking-csv").addEventListener("click", () => download("ranking.csv", ["kind", "id", "name", "loss_usd_per_year", "unmet_t_per_year"], rankingTable()));
  $("flows-csv").addEventListener("click", () => download("flows.csv", ["link", "commodity", "direction", "base_t_per_year", "now_t_per_year"], flowsTable()));
  addEventListener("hashchange", () => { if (location.hash.slice(1) !== saved) { load(); redraw(); } });
  addEventListener("resize", placeAll);
  addEventListener("keydown", event => {
    if (event.key === "Escape") clear();
    else if (event.key === "/" && document.activeElement !== $("find")) { event.preventDefault(); $("find").focus(); }
  });
  offerMoves();
  load();
  document.body.classList.toggle("still", !D.choices.length);
  document.body.classList.toggle("bare", !D.commodities.length);
  if (!state.theme && matchMedia("(prefers-color-scheme: dark)").matches) $("theme").textContent = "Light";
  redraw();
}

(async () => {
  try {
    const packed = Uint8Array.from(atob($("data").textContent.trim()), letter => letter.charCodeAt(0));
    D = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
    start();
  } catch (fault) {
    $("maps").replaceChildren(make("p", {class: "fault"}, "This browser can't show the page (" + fault.message + "); one of 2023 or later can."));
    throw fault;
  }
})();
