// Buttons for stages, preferences of somebody's own, and what a switch changed.

import { byId, html } from "page/elements";
import { seconds, stageOf } from "page/words";

const MOST_CHANGES = 12;
const MOST_LETTERS = 60;
const BOTH = "IPv4, IPv6";

const buttons = () => document.querySelectorAll("button[data-stage]");
const choices = () => document.querySelectorAll("#custom select");

/** Tells what has happened; {@code more} is for those who do not see the rest of the page. */
function say(text, more = "") {
  byId("said").replaceChildren(text, html("span", { class: "unseen" }, more));
}

/** Tells which stage runs, and its preferences. */
export function showStages(state) {
  const running = stageOf(state.runs[0]);
  buttons().forEach((button) => button.setAttribute("aria-pressed", button.dataset.stage === running));
  choices().forEach((select) => {
    if (select !== document.activeElement) {
      select.value = state.preferences[select.name];
    }
  });
}

/** Switches where somebody asks for it. */
export function followStages(switchStage) {
  const order = async (body) => {
    try {
      await switchStage(body);
    } catch (refused) {
      say(refused.message);
    }
  };
  buttons().forEach((button) => button.addEventListener("click", () => order({ stage: button.dataset.stage })));
  choices().forEach((select) =>
    select.addEventListener("change", () =>
      order({
        stage: "custom",
        preferences: Object.fromEntries([...choices()].map(({ name, value }) => [name, value])),
      }),
    ),
  );
}

/** What becomes of a switch. */
export function showChange(event) {
  byId("stages").toggleAttribute("aria-busy", event.phase === "switching");
  if (event.phase === "switching") {
    say(`Switching to ${event.stage} …`);
  } else if (event.phase === "failed") {
    say(event.failure);
  } else {
    const took = `${event.stage}: all Envoys had acknowledged it after ${seconds(event.convergedMillis)}.`;
    const cells = merged(event.cells).map(
      ({ request, entry, before, after }) => `${request}${entry === BOTH ? "" : ` through ${entry}`}: ${before} → ${after}`,
    );
    say(took, cells.length ? ` Changed: ${cells.join("; ")}.` : " No request gives anything else.");
    byId("change").hidden = false;
    byId("changes").replaceChildren(
      html("p", {}, html("b", {}, `${event.from} → ${event.stage}`), `. All Envoys had acknowledged it after ${seconds(event.convergedMillis)}.`),
      cellsList(merged(event.cells)),
      ...event.proxies.map(proxy),
    );
  }
}

/** One for each request where the same has changed through both addresses. */
function merged(cells) {
  const result = [];
  for (const cell of cells) {
    const twin = result.find(
      ({ request, before, after }) =>
        request === cell.request && before === cell.before && after === cell.after,
    );
    if (twin) {
      twin.entry = BOTH;
    } else {
      result.push({ ...cell });
    }
  }
  return result;
}

function cellsList(cells) {
  if (!cells.length) {
    return html("p", {}, "No request gives anything else.");
  }
  return html(
    "ul",
    { class: "cells" },
    ...cells.map(({ request, entry, before, after }) => html("li", {}, html("b", {}, request), ` through ${entry}: ${before} → ${after}`)),
  );
}

function proxy({ name, changes }) {
  return html(
    "details",
    { class: "difference" },
    html("summary", {}, `${name}: ${changes.length === 1 ? "1 field" : `${changes.length} fields`}`),
    html(
      "ul",
      {},
      ...changes.slice(0, MOST_CHANGES).map(({ type, resource, field, before, after }) =>
        html(
          "li",
          {},
          html("span", { class: "where" }, `${type} ${resource}`),
          html("span", { title: field }, field.split(".").slice(-2).join(".") || "the whole"),
          html("del", {}, short(before)),
          html("ins", {}, short(after)),
        ),
      ),
      changes.length > MOST_CHANGES ? html("li", {}, `and ${changes.length - MOST_CHANGES} more`) : null,
    ),
  );
}

function short(value) {
  const text = value === null || value === undefined ? "not there" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}
