"use strict";
// Shows /api/status every second. Only textContent is ever set: what the status says is text, not markup.
const GOOD = ["MIRRORING", "STREAMING", "FOLLOWING", "REACHABLE", "PROMOTED"];
const WAIT = ["STARTING", "RETRYING", "INITIALIZING", "PROMOTING", "STOPPED", "UNKNOWN"];
const KEPT = 300; // points of each line: five minutes
const lines = new Map(); // name -> seconds behind, null where unknown

const byId = (id) => document.getElementById(id);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function stateClass(state) {
  return "state " + (GOOD.includes(state) ? "good" : WAIT.includes(state) ? "wait" : "bad");
}

function setState(target, state) {
  target.textContent = state;
  target.className = stateClass(state);
}

function seconds(value) {
  if (value === null || value === undefined) return "–";
  if (value < 60) return value.toFixed(2) + " s";
  if (value < 3600) return Math.floor(value / 60) + " min " + Math.floor(value % 60) + " s";
  return Math.floor(value / 3600) + " h " + Math.floor((value % 3600) / 60) + " min";
}

function bytes(value) {
  if (value === null || value === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return (unit === 0 ? value : value.toFixed(1)) + " " + units[unit];
}

function line(name, value) {
  const points = lines.get(name) ?? [];
  points.push(value);
  if (points.length > KEPT) points.shift();
  lines.set(name, points);
  const highest = Math.max(1, ...points.filter((point) => point !== null));
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${KEPT} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "highest: " + seconds(highest));
  let run = [];
  const draw = () => {
    if (run.length > 0) {
      const polyline = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
      polyline.setAttribute("points", run.join(" "));
      svg.append(polyline);
    }
    run = [];
  };
  points.forEach((point, i) => {
    if (point === null) draw(); // a gap where nothing is known
    else run.push(`${KEPT - points.length + i},${98 - (96 * point) / highest}`);
  });
  draw();
  return svg;
}

function row(name, state, detail, mark, position, lag) {
  const made = element("tr");
  made.append(element("th", name));
  const stateCell = element("td");
  stateCell.append(element("span", state, stateClass(state)));
  if (detail) stateCell.append(element("span", detail, "detail"));
  made.append(
    stateCell,
    element("td", mark ? mark.sequence : "–"),
    element("td", position ?? "–"),
    element("td", mark ? mark.commitTime.replace("T", " ") : "–"),
    element("td", lag ? seconds(lag.seconds) : ""),
    element("td", lag && lag.transactions !== undefined ? (lag.transactions ?? "–") : ""),
    element("td", lag ? bytes(lag.bytes) : ""));
  const chart = element("td");
  if (lag) chart.append(line(name, lag.seconds));
  made.append(chart);
  return made;
}

function show(status) {
  document.title = status.mirror + ": " + status.state;
  byId("mirror").textContent = status.mirror;
  setState(byId("state"), status.state);
  byId("epoch").textContent = status.epoch ?? "unknown";
  byId("source").textContent = status.source ?? "unknown";
  setState(byId("journal"), status.journal.state);
  byId("at").textContent = status.at.replace("T", " ");
  const reader = status.reader;
  const rows = [
    row(status.source ?? "source", reader.source.state, reader.source.detail, null, reader.source.position, null),
    row("reader", reader.state, reader.detail, reader.journaled, reader.journaled?.position, reader.lag),
  ];
  for (const [name, standby] of Object.entries(status.standbys)) {
    rows.push(row(name, standby.state, standby.detail, standby.applied, standby.applied?.position, standby.lag));
  }
  byId("rows").replaceChildren(...rows);
  trouble(status.journal.detail && "journal: " + status.journal.detail);
}

function trouble(text) {
  byId("trouble").textContent = text;
  byId("trouble").hidden = !text;
}

async function refresh() {
  try {
    const answer = await fetch("/api/status", { signal: AbortSignal.timeout(15000) });
    if (!answer.ok) throw new Error("it answers " + answer.status);
    show(await answer.json());
    document.body.classList.remove("stale");
  } catch (error) {
    document.body.classList.add("stale");
    trouble("Understudy does not answer (" + error.message + "); what is shown below is old.");
  }
  setTimeout(refresh, 1000);
}

refresh();
